"""Fetches uv from PyPI without pip, for bare Debian, which has python3 alone.

    python3 scripts/fetch_uv.py VERSION FOLDER

The SHA-256 of each wheel is pinned below.
"""

import hashlib
import io
import json
import os
import platform
import sys
import urllib.parse
import urllib.request
import zipfile
from pathlib import Path

_JSON = "application/vnd.pypi.simple.v1+json"  # PEP 691
_WHEELS = {
    "aarch64": (
        "uv-0.13.9-py3-none-manylinux_2_28_aarch64.whl",
        "ecb6028d79dc96fbeafffe5c8af62a7099487ebc05a701e76714eebcffd06375",
    ),
    "x86_64": (
        "uv-0.13.9-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
        "d7f459fe4fd247d830351c75686d3996ace3c6f3f728eb0e85a30b7ada0cef19",
    ),
}


def main(version: str, folder: Path) -> None:
    """Write the program ``uv`` into ``folder``."""
    machine = platform.machine()
    if machine not in _WHEELS:
        sys.exit(f"setup: no uv is pinned for {machine}; install uv {version} by hand.")
    name, sha256 = _WHEELS[machine]
    index = os.environ.get("PIP_INDEX_URL", "https://pypi.org/simple").rstrip("/") + "/uv/"
    request = urllib.request.Request(index, headers={"Accept": _JSON})
    with urllib.request.urlopen(request, timeout=60) as response:
        files = json.load(response)["files"]
    url = next(file["url"] for file in files if file["filename"] == name)
    with urllib.request.urlopen(urllib.parse.urljoin(index, url), timeout=300) as response:
        wheel = response.read()
    if hashlib.sha256(wheel).hexdigest() != sha256:
        sys.exit(f"setup: {name} does not have the pinned SHA-256; nothing was installed.")
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        program = next(entry for entry in archive.namelist() if entry.endswith("/scripts/uv"))
        content = archive.read(program)
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / "uv"
    target.write_bytes(content)
    target.chmod(0o755)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
