from pathlib import Path

import pytest

from pipeline.errors import SetupError
from pipeline.settings import Settings, check_folders, settings_from


def test_the_nearest_source_wins() -> None:
    found = settings_from({"jobs": 1, "dpi": 200}, {"OPIS_JOBS": "2", "HOME": "/"}, {"jobs": 3})
    assert (found.jobs, found.dpi) == (3, 200)
    assert settings_from({"jobs": 1}, {"OPIS_JOBS": "2"}, {}).jobs == 2


def test_languages_keep_the_order_given() -> None:
    assert settings_from({}, {"OPIS_LANGUAGES": "rus+eng"}, {}).languages == ("rus", "eng")
    assert settings_from({"languages": ["eng", "rus"]}, {}, {}).languages == ("eng", "rus")


def test_a_misspelt_setting_is_refused_with_the_nearest() -> None:
    with pytest.raises(SetupError, match=r"langauges.*Did you mean languages"):
        settings_from({}, {"OPIS_LANGAUGES": "rus"}, {})


@pytest.mark.parametrize("value", ["many", "-1", "1.5"])
def test_an_impossible_value_is_refused_by_name(value: str) -> None:
    with pytest.raises(SetupError, match="setting jobs"):
        settings_from({}, {"OPIS_JOBS": value}, {})


@pytest.mark.parametrize(
    ("inbox", "output"), [("a", "a"), ("a", "a/out"), ("out/inbox", "out"), ("a/../b", "b")]
)
def test_inbox_and_output_must_not_contain_each_other(inbox: str, output: str) -> None:
    with pytest.raises(SetupError, match="must not contain each other"):
        check_folders(Settings(inbox=Path(inbox), output=Path(output)))


def test_folders_side_by_side_are_fine() -> None:
    check_folders(Settings(inbox=Path("data/in"), output=Path("data/out")))
