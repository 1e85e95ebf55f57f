"""The environment of a worker: what decodes untrusted files must not hold passwords and keys."""

from collections.abc import Mapping
from pathlib import Path

#: where programs, libraries, fonts and models are, and how text is written
_PASSED_ON = frozenset((
    "FONTCONFIG_FILE", "FONTCONFIG_PATH", "HOME", "LANG", "LANGUAGE", "LD_LIBRARY_PATH",
    "LD_PRELOAD", "LOCPATH", "PATH", "PYTHONDONTWRITEBYTECODE", "PYTHONHOME", "PYTHONPATH",
    "TESSDATA_PREFIX", "TZ", "VIRTUAL_ENV",
))  # fmt: skip
_PASSED_ON_PREFIX = "LC_"


def worker_environ(environ: Mapping[str, str], scratch: Path) -> dict[str, str]:
    """Return the environment of a worker.

    >>> worker_environ({"PATH": "/bin", "OPIS_AUTH": "me:secret", "LC_ALL": "C"}, Path("/tmp/w"))
    {'PATH': '/bin', 'LC_ALL': 'C', 'TMPDIR': '/tmp/w', 'OMP_THREAD_LIMIT': '1'}

    Args:
        environ: of the parent.
        scratch: the worker's folder for temporary files.
    """
    passed_on = {
        name: value
        for name, value in environ.items()
        if name in _PASSED_ON or name.startswith(_PASSED_ON_PREFIX)
    }
    return {**passed_on, "TMPDIR": str(scratch), "OMP_THREAD_LIMIT": "1"}
