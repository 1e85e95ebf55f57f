"""Brings the JavaScript libraries that the site carries and the tests use, from the npm registry.

Versions and digests are pinned in ``libraries.json``; neither Node.js nor npm is needed, and what
is there already is not fetched again.
"""

import base64
import hashlib
import io
import json
import os
import sys
import tarfile
import time
import urllib.request
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent
REGISTRY = os.environ.get("NPM_CONFIG_REGISTRY", "https://registry.npmjs.org").rstrip("/")
TRIES = 4


def fetch(url: str) -> bytes:
    """Return what lies at an address; a registry that stumbles is asked again."""
    for attempt in range(1, TRIES + 1):
        try:
            with urllib.request.urlopen(url, timeout=60) as answer:
                content: bytes = answer.read()
                return content
        except OSError as error:
            if attempt == TRIES:
                sys.exit(f"setup: {url} cannot be fetched ({error}); try again later")
            time.sleep(2**attempt)
    raise AssertionError


def bring(name: str, version: str, integrity: str, target: Path, files: list[str]) -> None:
    """Unpack some files of a package, if its bytes are those that were pinned."""
    stamp = target / "integrity"
    if stamp.is_file() and stamp.read_text("utf-8") == integrity:
        return
    print(f"setup: fetching {name} {version} from npm", flush=True)  # noqa: T201
    packed = fetch(f"{REGISTRY}/{name}/-/{Path(name).name}-{version}.tgz")
    digest = base64.b64encode(hashlib.sha512(packed).digest()).decode()
    if f"sha512-{digest}" != integrity:
        sys.exit(f"setup: {name} {version} is not what was pinned: sha512-{digest}")
    target.mkdir(parents=True, exist_ok=True)
    with tarfile.open(fileobj=io.BytesIO(packed), mode="r:gz") as archive:
        for path in files:
            inside = archive.extractfile(f"package/{path}")
            assert inside is not None, path
            (target / Path(path).name).write_bytes(inside.read())
    stamp.write_text(integrity, "utf-8")


def main() -> None:
    """Bring all of them."""
    pinned = json.loads((HOME / "scripts" / "libraries.json").read_text("utf-8"))
    for name, one in pinned.items():
        bring(name, one["version"], one["integrity"], HOME / one["to"], one["files"])


if __name__ == "__main__":
    main()
