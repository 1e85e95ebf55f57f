"""Keeps the reading room fresh while ``opis serve`` runs: a child builds it anew after each run."""

import sys
from pathlib import Path

from flows.serve.child_process import Held
from flows.serve.prefect_server import home
from pipeline.settings import Settings


class Keeper:
    """Builds the site when it is wanted, one build at a time."""

    def __init__(self, settings: Settings) -> None:
        """Want the first build, if the house has a reading room."""
        opis = str(Path(sys.executable).with_name("opis"))
        self._held = Held(
            [opis, "site", "--output", str(settings.output)], home() / "opis-site.log"
        )
        self._kept = self._wanted = settings.site
        self._builds = False

    def want(self) -> None:
        """Have it built once more: there may be something new."""
        self._wanted = self._kept

    def look(self) -> list[str]:
        """Begin a build that is wanted; return what went wrong with the last one, if it did."""
        if self._held.runs:
            return []
        failed, self._builds = self._builds and self._held.code != 0, False
        if self._wanted:
            self._wanted, self._builds = False, True
            self._held.start()
        words = f"The reading room could not be built; its words are in {self._held.log}."
        return [words] if failed else []

    def stop(self) -> None:
        """End a build that is under way: the next one goes on from there."""
        self._held.stop()
