"""``prefect.yaml`` repeats the deployments of the code for a work pool: both say the same."""

import re
from typing import Any

import pytest
import yaml
from prefect.automations import Automation
from prefect.events.schemas.automations import EventTrigger

from flows.deployments import ON_ARRIVAL_DEPLOYMENT, build_deployments
from pipeline.settings import Settings
from tests.workspace import ROOT

BUILT = {f"{one.entrypoint} {one.name}": one for one in build_deployments(Settings())}
PROJECT: dict[str, Any] = yaml.safe_load((ROOT / "prefect.yaml").read_text("utf-8"))


def entrypoint_of(written: dict[str, Any]) -> str:
    """Return the module and function of a deployment in ``prefect.yaml``."""
    path, _, function = written["entrypoint"].partition(":")
    assert (ROOT / path).is_file()
    return f"{path.removesuffix('.py').replace('/', '.')}.{function}"


WRITTEN = {f"{entrypoint_of(one)} {one['name']}": one for one in PROJECT["deployments"]}


def test_both_have_the_same_deployments() -> None:
    assert list(WRITTEN) == list(BUILT)
    assert len(WRITTEN) == len(PROJECT["deployments"])


def test_each_is_explained_for_people() -> None:
    page = (ROOT / "docs" / "serve.md").read_text("utf-8")
    explained = set(re.findall(r"`([a-z-]+/[a-z-]+)`", page)) | {"ingest-inbox/nightly"}
    assert {f"{one.flow_name}/{one.name}" for one in BUILT.values()} <= explained


def test_the_automation_that_is_explained_is_one() -> None:
    page = (ROOT / "docs" / "serve.md").read_text("utf-8")
    (written,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    automation = Automation.model_validate(yaml.safe_load(written))
    assert isinstance(automation.trigger, EventTrigger)
    assert automation.trigger.expect == {"opis.record.published"}


def test_the_watcher_starts_a_deployment_that_there_is() -> None:
    assert ON_ARRIVAL_DEPLOYMENT in {f"{one.flow_name}/{one.name}" for one in BUILT.values()}


@pytest.mark.parametrize("name", BUILT)
def test_a_deployment_is_the_same_in_both(name: str) -> None:
    built, written = BUILT[name], dict(WRITTEN[name])
    assert written.pop("work_pool") == {"name": "opis"}
    written["entrypoint"] = entrypoint_of(written)
    schedules = [one.model_dump()["schedule"] for one in built.schedules or []]
    expected = {
        "name": built.name,
        "entrypoint": built.entrypoint,
        "description": built.description,
        "tags": built.tags,
        "concurrency_limit": built.concurrency_limit,
        "schedules": [{key: one[key] for key in ("cron", "timezone")} for one in schedules],
    }
    assert {"schedules": [], "concurrency_limit": None, **written} == expected


def test_the_container_has_what_the_set_up_has() -> None:
    """It cannot be built here; so at least its words are those of other files."""
    container = (ROOT / "Containerfile").read_text("utf-8")
    ignored = (ROOT / ".dockerignore").read_text("utf-8")
    setup = (ROOT / "scripts" / "setup.sh").read_text("utf-8")
    (version,) = re.findall(r"UV_VERSION=(\S+)", setup)
    assert f"/uv:{version} " in container
    copied = re.findall(r"^COPY (?!--)(.+) \S+$", container, re.MULTILINE)
    for name in " ".join(copied).split():
        assert (ROOT / name).exists(), name
        assert f"!{name}\n" in ignored
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
    assert compose["services"]["opis"]["build"]["dockerfile"] == "Containerfile"
    assert {"database", "opis"} == compose["services"].keys()
