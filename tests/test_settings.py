from pathlib import Path

import pytest

from pipeline.errors import SetupError
from pipeline.settings import Settings, check_folders, merge_settings, to_environ


def test_the_nearest_source_wins() -> None:
    found = merge_settings({"jobs": 1, "dpi": 200}, {"OPIS_JOBS": "2", "HOME": "/"}, {"jobs": 3})
    assert (found.jobs, found.dpi) == (3, 200)
    assert merge_settings({"jobs": 1}, {"OPIS_JOBS": "2"}, {}).jobs == 2


def test_languages_keep_the_order_given() -> None:
    assert merge_settings({}, {"OPIS_LANGUAGES": "rus+eng"}, {}).languages == ("rus", "eng")
    assert merge_settings({"languages": ["eng", "rus"]}, {}, {}).languages == ("eng", "rus")


def test_a_misspelt_setting_is_refused_with_the_nearest() -> None:
    with pytest.raises(SetupError, match=r"langauges.*Did you mean languages"):
        merge_settings({}, {"OPIS_LANGAUGES": "rus"}, {})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("nightly", "at two"), ("weekly", "0 25 * * *"), ("timezone", "Moscow"),
        ("notify_url", "log"), ("auth", "nobody"), ("auth", "me:short"),
    ],
)  # fmt: skip
def test_what_serve_cannot_do_is_refused_at_once(name: str, value: str) -> None:
    with pytest.raises(SetupError, match=f"setting {name}: ") as refusal:
        merge_settings({}, {f"OPIS_{name.upper()}": value}, {})
    assert (value in str(refusal.value)) is (name != "auth")


def test_a_password_is_never_shown() -> None:
    settings = merge_settings({}, {"OPIS_AUTH": "me:eight888"}, {})
    assert (
        "eight888"
        not in f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"
    )


def test_another_process_gets_the_same_settings() -> None:
    values = {"languages": ("deu", "fra"), "auth": "me:eight888", "events": False, "dpi": 250}
    settings = merge_settings({}, {}, {**values, "inbox": Path("/in"), "sidecar_seconds": 0.5})
    assert merge_settings({}, to_environ(settings), {}) == settings
    assert merge_settings({}, to_environ(Settings()), {}) == Settings()


@pytest.mark.parametrize("value", ["many", "-1", "1.5"])
def test_an_impossible_value_is_refused_by_name(value: str) -> None:
    with pytest.raises(SetupError, match="setting jobs"):
        merge_settings({}, {"OPIS_JOBS": value}, {})


@pytest.mark.parametrize(
    ("inbox", "output"), [("a", "a"), ("a", "a/out"), ("out/inbox", "out"), ("a/../b", "b")]
)
def test_inbox_and_output_must_not_contain_each_other(inbox: str, output: str) -> None:
    with pytest.raises(SetupError, match="must not contain each other"):
        check_folders(Settings(inbox=Path(inbox), output=Path(output)))


def test_folders_side_by_side_are_fine() -> None:
    check_folders(Settings(inbox=Path("data/in"), output=Path("data/out")))
