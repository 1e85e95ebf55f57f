"""Records pushed to a folder and to an S3 server, checked there, broken off and begun again."""

from collections.abc import Iterator
from pathlib import Path

import boto3
import fsspec
import pytest
from moto.server import ThreadedMotoServer

from pipeline.errors import MachineError, SetupError
from pipeline.repository.bag import Damage
from pipeline.repository.replication import Mirror, PushResult, check_mirror, push_versions
from pipeline.settings import Settings
from tests.factories import publish_sample
from tests.workspace import Workspace, free_port

pytestmark = pytest.mark.slow  # most start a server of S3


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """A bucket on an S3 server of this machine."""
    port = free_port()
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
    server.start()
    address = f"http://127.0.0.1:{port}"
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {
            "AWS_ACCESS_KEY_ID": "opis", "AWS_SECRET_ACCESS_KEY": "opis",
            "AWS_DEFAULT_REGION": "us-east-1", "AWS_ENDPOINT_URL": address,
        }.items():  # fmt: skip
            patch.setenv(name, value)
        boto3.client("s3").create_bucket(Bucket="archive")
        yield "s3://archive"
    server.stop()


@pytest.fixture(params=["file", "s3"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "file":
        return f"file://{tmp_path}/copy"
    return f"{request.getfixturevalue('s3')}/{tmp_path.name}"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    publish_sample(tmp_path)
    return Settings(inbox=tmp_path / "inbox", output=tmp_path / "output")


def _push(settings: Settings, url: str) -> list[PushResult]:
    results: list[PushResult] = []
    assert push_versions(settings, url, results.append) == len(results)
    return results


def test_what_is_pushed_is_there_whole_and_is_not_sent_twice(settings: Settings, url: str) -> None:
    (first,) = _push(settings, url)
    here = [path for path in settings.records.rglob("*") if path.is_file()]
    assert (first.files_sent, first.bytes_sent) == (
        len(here),
        sum(path.stat().st_size for path in here),
    )
    assert check_mirror(settings, url) == (1, [])
    (again,) = _push(settings, url)
    assert (again.files_sent, again.bytes_sent) == (0, 0)
    fs, root = fsspec.core.url_to_fs(url)
    for path in here:
        assert fs.cat_file(f"{root}/{path.relative_to(settings.records)}") == path.read_bytes()


def test_a_push_that_breaks_off_is_no_version_and_goes_on(settings: Settings, url: str) -> None:
    (version,) = settings.records.rglob("v1")
    fs = fsspec.core.url_to_fs(url)[0]
    put, sent = fs.put_file, list[str]()

    def put_some(source: str, target: str) -> None:
        if len(sent) >= 4:
            raise ConnectionResetError(104, "the line is cut")
        sent.append(target)
        put(source, target)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fs, "put_file", put_some)  # fsspec lends each url the same object
        with pytest.raises(MachineError, match="the line is cut"):
            _push(settings, url)
    assert not Mirror(url).has_version(version.relative_to(settings.records).as_posix())
    _, findings = check_mirror(settings, url)
    assert findings
    (result,) = _push(settings, url)
    assert result.files_sent == sum(path.is_file() for path in version.rglob("*")) - len(sent)
    assert check_mirror(settings, url) == (1, [])


@pytest.mark.parametrize("damage", [Damage.CHANGED, Damage.MISSING, Damage.UNLISTED])
def test_damage_there_is_found_there(settings: Settings, url: str, damage: Damage) -> None:
    _push(settings, url)
    fs, root = fsspec.core.url_to_fs(url)
    (text,) = (name for name in fs.find(root) if name.endswith("/data/text.txt"))
    if damage is Damage.CHANGED:
        fs.pipe_file(text, fs.cat_file(text) + b"!")
    elif damage is Damage.MISSING:
        fs.rm_file(text)
    else:
        fs.pipe_file(text.replace("text.txt", "more.txt"), b"!")
    checked, findings = check_mirror(settings, url)
    assert checked == 1
    assert [finding.damage for finding in findings] == [damage]
    assert findings[0].path.endswith("more.txt" if damage is Damage.UNLISTED else "text.txt")


def test_what_was_not_pushed_is_missed(settings: Settings, url: str) -> None:
    checked, findings = check_mirror(settings, url)
    assert (checked, [one.damage for one in findings]) == (0, [Damage.MISSING])


def test_a_place_that_cannot_be_reached_is_reported_in_a_sentence(settings: Settings) -> None:
    with pytest.raises(SetupError, match="cannot be reached"):
        _push(settings, "gopher://archive/records")
    with pytest.raises(MachineError, match="a next push goes on"):
        _push(settings, "file:///proc/nowhere")


def test_the_commands_push_and_verify(settings: Settings, s3: str) -> None:
    workspace = Workspace(settings.output.parent)
    push_run = workspace.opis("push", f"{s3}/by-hand")
    assert push_run.returncode == 0, push_run.stderr
    assert push_run.stdout.endswith(f"1 version at {s3}/by-hand; 1 sent now.\n")
    verify_run = workspace.opis("verify", f"{s3}/by-hand")
    assert (verify_run.returncode, verify_run.stdout) == (0, "1 version checked, 0 findings\n")
    assert workspace.opis("verify", f"{s3}/nothing").returncode == 4
