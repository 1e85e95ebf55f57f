"""Fetches the JavaScript libraries of the site and of the tests from the npm registry.

Versions and digests are pinned in ``libraries.json``; neither Node.js nor npm is needed. A library
that is installed is not fetched again.
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
    """Return the content of a URL, after up to four tries."""
    for attempt in range(1, TRIES + 1):
        try:
            with urllib.request.urlopen(url, timeout=60) as response:
                content: bytes = response.read()
                return content
        except OSError as error:
            if attempt == TRIES:
                sys.exit(f"setup: {url} cannot be fetched ({error}); try again later")
            time.sleep(2**attempt)
    raise AssertionError


def install(name: str, version: str, integrity: str, target: Path, files: list[str]) -> None:
    """Unpack the files of a package into ``target``, if its digest is the pinned one."""
    stamp = target / "integrity"
    if stamp.is_file() and stamp.read_text("utf-8") == integrity:
        return
    print(f"setup: fetching {name} {version} from npm", flush=True)  # noqa: T201
    packed = fetch(f"{REGISTRY}/{name}/-/{Path(name).name}-{version}.tgz")
    digest = base64.b64encode(hashlib.sha512(packed).digest()).decode()
    if f"sha512-{digest}" != integrity:
        sys.exit(f"setup: {name} {version} does not have the pinned digest: sha512-{digest}")
    target.mkdir(parents=True, exist_ok=True)
    with tarfile.open(fileobj=io.BytesIO(packed), mode="r:gz") as archive:
        for path in files:
            file = archive.extractfile(f"package/{path}")
            assert file is not None, path
            (target / Path(path).name).write_bytes(file.read())
    stamp.write_text(integrity, "utf-8")


def main() -> None:
    """Install all libraries of ``libraries.json``."""
    pinned = json.loads((HOME / "scripts" / "libraries.json").read_text("utf-8"))
    for name, pin in pinned.items():
        install(name, pin["version"], pin["integrity"], HOME / pin["to"], pin["files"])


if __name__ == "__main__":
    main()
