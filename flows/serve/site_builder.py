"""Rebuilds the reading room after each run of ``opis serve``, in a child process."""

import sys
from pathlib import Path

from flows.prefect_env import prefect_home
from flows.serve.child_process import ChildProcess
from pipeline.settings import Settings


class SiteBuilder:
    """Builds the site on request, one build at a time."""

    def __init__(self, settings: Settings) -> None:
        """Request a first build, if the settings have a site."""
        opis = str(Path(sys.executable).with_name("opis"))
        self._process = ChildProcess(
            [opis, "site", "--output", str(settings.output)], prefect_home() / "opis-site.log"
        )
        self._is_enabled = self._is_requested = settings.site
        self._is_building = False

    def request(self) -> None:
        """Request a build, if the settings have a site."""
        self._is_requested = self._is_enabled

    def poll(self) -> list[str]:
        """Start a requested build; return a sentence if the last build failed."""
        if self._process.is_running:
            return []
        failed, self._is_building = self._is_building and self._process.exit_code != 0, False
        if self._is_requested:
            self._is_requested, self._is_building = False, True
            self._process.start()
        message = f"The reading room could not be built; the output is in {self._process.log}."
        return [message] if failed else []

    def stop(self) -> None:
        """End a build that is under way; the next one continues it."""
        self._process.stop()
