import gc
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from flows.serve.prefect_server import PrefectServer
from pipeline.settings import Settings
from tests.workspace import Workspace, database, free_port, prepare_database

# A busy machine is no broken law.
hypothesis.settings.register_profile(
    "opis", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("opis")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite-golden", action="store_true", help="write golden files anew")


def _waits(item: pytest.Item) -> bool:
    return any(item.get_closest_marker(name) for name in ("prefect", "browser"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that wait longest: of `opis serve`, of servers, of browsers."""
    waits = {item.path for item in items if _waits(item)}
    serves = {path for path in waits if path.stem.startswith("test_serve")}
    items.sort(key=lambda item: (item.path not in serves, item.path not in waits))


def pytest_collection() -> None:
    """Import the tests without garbage collection: it takes time, and finds nothing."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Exempt the collected tests from garbage collection: thousands, and all live to the end."""
    gc.freeze()
    gc.enable()


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A developer's own settings must not decide whether a test passes."""
    for name in ("OPIS_LANGUAGES", "OPIS_JOBS", "OPIS_INBOX", "OPIS_OUTPUT", "SOURCE_DATE_EPOCH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OMP_THREAD_LIMIT", "1")  # as the reading children have it


@pytest.fixture(scope="session")
def shared_pages(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A page cache for tests in which reading is not the point: the same page is read once."""
    folder = tmp_path_factory.getbasetemp()
    return (folder if worker_id == "master" else folder.parent) / "shared-pages"


@pytest.fixture
def workspace(tmp_path: Path, shared_pages: Path) -> Workspace:
    """A folder with an inbox; its pages are read once in the whole run of the tests."""
    workspace = Workspace(tmp_path, shared_pages)
    workspace.inbox.mkdir()
    return workspace


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Prefect server of a module's own, its database in a folder of its own: where its API is."""
    home = tmp_path_factory.mktemp("server")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PREFECT_HOME", str(home))
        patch.setenv("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
        patch.setenv("DO_NOT_TRACK", "1")
        prepare_database(home)
        for name, value in database(home).items():
            patch.setenv(name, value)
        server = PrefectServer(Settings(port=free_port()), home / "log.txt")
        server.start()
        try:
            yield server.api_url
        finally:
            server.stop()
