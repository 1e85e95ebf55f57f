"""Takes the disks of inbox and output away while ``opis serve`` reads, and brings them back.

    python -m tests.campaigns.away

The disks are FUSE mounts (``bindfs``, of the distribution): a server that dies is a process that is
killed, after which every access fails; an unmounted one leaves an empty folder. Root alone can do
that. Exits with 1 where a scan is lost, published twice or refused, or anything lies on an empty
mount point.
"""

import random
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from tests.campaigns.faults import Drops, outcome
from tests.campaigns.served import Served, run_in_a_folder
from tests.workspace import Workspace

_ROUNDS = 12


@dataclass
class Disk:
    """A folder that is served from elsewhere."""

    store: Path
    mount: Path

    def bring(self) -> None:
        """Mount it."""
        for folder in (self.store, self.mount):
            folder.mkdir(parents=True, exist_ok=True)
        _run("bindfs", "--no-allow-other", str(self.store), str(self.mount))

    def kill(self) -> None:
        """Let its server die: the mount stays and answers nothing."""
        _run("pkill", "-KILL", "-f", f"bindfs .*{self.mount}")

    def take(self) -> None:
        """Unmount it, busy or not."""
        _run("umount", "--lazy", str(self.mount))


def _run(*words: str) -> None:
    subprocess.run(words, check=True, stdin=subprocess.DEVNULL)


def campaign(folder: Path) -> list[str]:
    """Run it, and return what is amiss."""
    disks = {name: Disk(folder / "store" / name, folder / name) for name in ("inbox", "output")}
    for disk in disks.values():
        disk.bring()
    chance = random.Random(5)
    served = Served(Workspace(folder), {"OPIS_RESCAN_SECONDS": "2", "OPIS_RETRY_SECONDS": "5"})
    served.start()
    served.until_said("Watching")
    drops = Drops(folder / "store" / "inbox", 60, chance, _ROUNDS * 20.0)
    drops.thread.start()
    found: list[str] = []
    for _ in range(_ROUNDS):
        time.sleep(chance.uniform(2, 24))
        name, way = chance.choice(list(disks)), chance.choice(["kill", "take"])
        found += _without(served, disks[name], way)
        print(f"{name}: {way}", flush=True)
    found += outcome(served, drops)
    for disk in disks.values():
        disk.take()
    return found


def _without(served: Served, disk: Disk, way: str) -> list[str]:
    """Take a disk away for a while; return what was put in its place."""
    if way == "kill":
        disk.kill()
        time.sleep(6)
        disk.take()
    else:
        disk.take()
        time.sleep(6)
    stray = sorted(disk.mount.iterdir())
    said = served.said()
    found = [f"on the empty mount point: {path.name}" for path in stray]
    if "goes on when" not in said:
        found.append(f"nothing was said of {disk.mount.name}")
    if stray:  # bindfs would refuse to cover it
        disk.mount.rename(disk.mount.with_name(f"{disk.mount.name}-stray-{time.time():.0f}"))
    disk.bring()
    return found


def main() -> None:
    """Run the campaign."""
    run_in_a_folder("away", campaign)


if __name__ == "__main__":
    main()
