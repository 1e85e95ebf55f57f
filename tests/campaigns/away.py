"""Unmount the disks of inbox and output while ``opis serve`` reads, and mount them again.

    python -m tests.campaigns.away

The disks are FUSE mounts (``bindfs``, of the distribution): when its process is killed, as when a
file server dies, every access fails; an unmounted disk leaves an empty folder. This needs root.
Exits with 1 if a scan is lost, published twice or refused, or if a file is on an empty mount point.
"""

import random
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from tests.campaigns.faults import ScanDropper, finish_and_check
from tests.campaigns.opis_serve import OpisServe, run_campaign
from tests.workspace import Workspace

_ROUNDS = 12


@dataclass
class Disk:
    """A folder that is mounted from a store."""

    store: Path
    mount: Path

    def attach(self) -> None:
        """Mount the disk."""
        for folder in (self.store, self.mount):
            folder.mkdir(parents=True, exist_ok=True)
        _run("bindfs", "--no-allow-other", str(self.store), str(self.mount))

    def kill(self) -> None:
        """Kill the file server: the mount stays, but every access fails."""
        _run("pkill", "-KILL", "-f", f"bindfs .*{self.mount}")

    def detach(self) -> None:
        """Unmount the disk, even if it is busy."""
        _run("umount", "--lazy", str(self.mount))


def _run(*words: str) -> None:
    subprocess.run(words, check=True, stdin=subprocess.DEVNULL)


def campaign(folder: Path) -> list[str]:
    """Run the campaign and return the problems."""
    disks = {name: Disk(folder / "store" / name, folder / name) for name in ("inbox", "output")}
    for disk in disks.values():
        disk.attach()
    rng = random.Random(5)
    serve = OpisServe(Workspace(folder), {"OPIS_RESCAN_SECONDS": "2", "OPIS_RETRY_SECONDS": "5"})
    serve.start()
    serve.wait_for_output("Watching")
    dropper = ScanDropper(folder / "store" / "inbox", 60, rng, _ROUNDS * 20.0)
    dropper.thread.start()
    problems: list[str] = []
    for _ in range(_ROUNDS):
        time.sleep(rng.uniform(2, 24))
        name, failure = rng.choice(list(disks)), rng.choice(["kill", "detach"])
        problems += _run_without_disk(serve, disks[name], failure)
        print(f"{name}: {failure}", flush=True)
    problems += finish_and_check(serve, dropper)
    for disk in disks.values():
        disk.detach()
    return problems


def _run_without_disk(serve: OpisServe, disk: Disk, failure: str) -> list[str]:
    """Detach a disk for a while; return the problems that this caused."""
    if failure == "kill":
        disk.kill()
        time.sleep(6)
        disk.detach()
    else:
        disk.detach()
        time.sleep(6)
    stray = sorted(disk.mount.iterdir())
    output = serve.output_text()
    problems = [f"on the empty mount point: {path.name}" for path in stray]
    if "goes on when" not in output:
        problems.append(f"no message about {disk.mount.name}")
    if stray:  # bindfs would refuse to cover it
        disk.mount.rename(disk.mount.with_name(f"{disk.mount.name}-stray-{time.time():.0f}"))
    disk.attach()
    return problems


def main() -> None:
    """Run the campaign."""
    run_campaign("away", campaign)


if __name__ == "__main__":
    main()
