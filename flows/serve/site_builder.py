"""Keeps the reading room fresh while ``opis serve`` runs: a child builds it anew after each run."""

import sys
from pathlib import Path

from flows.serve.child_process import ChildProcess
from flows.serve.prefect_server import prefect_home
from pipeline.settings import Settings


class SiteBuilder:
    """Builds the site when it is wanted, one build at a time."""

    def __init__(self, settings: Settings) -> None:
        """Want the first build, if the house has a reading room."""
        opis = str(Path(sys.executable).with_name("opis"))
        self._process = ChildProcess(
            [opis, "site", "--output", str(settings.output)], prefect_home() / "opis-site.log"
        )
        self._is_enabled = self._is_requested = settings.site
        self._is_building = False

    def request(self) -> None:
        """Have it built once more: there may be something new."""
        self._is_requested = self._is_enabled

    def poll(self) -> list[str]:
        """Begin a build that is wanted; return what went wrong with the last one, if it did."""
        if self._process.is_running:
            return []
        failed, self._is_building = self._is_building and self._process.exit_code != 0, False
        if self._is_requested:
            self._is_requested, self._is_building = False, True
            self._process.start()
        words = f"The reading room could not be built; its words are in {self._process.log}."
        return [words] if failed else []

    def stop(self) -> None:
        """End a build that is under way: the next one goes on from there."""
        self._process.stop()
