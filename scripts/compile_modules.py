"""Compiles the modules that Opis imports, now: workers may write only scratch files.

Else each worker would compile all again. To compile every file of every library would take 60 MB
more. ``.venv/compiled`` says when it was done; nothing is done if no source is newer.
"""

import compileall
import importlib
import pkgutil
import sys
from importlib.util import find_spec
from pathlib import Path

import flows
import pipeline

ROOT = Path(__file__).resolve().parent.parent
MARK = ROOT / ".venv" / "compiled"
#: libraries that import some of their modules when they are used
LATE = ("PIL", "edtf", "langcodes", "onnxruntime", "pikepdf", "pyparsing", "pypdf", "wordfreq")


def is_up_to_date() -> bool:
    """Return whether no source of Opis and no set of packages is newer than the mark."""
    if not MARK.exists():
        return False
    sources = [ROOT / "uv.lock", *ROOT.glob("pipeline/**/*.py"), *ROOT.glob("flows/**/*.py")]
    packages = Path(sys.prefix).glob("lib/python*/site-packages")
    done = MARK.stat().st_mtime
    return all(path.stat().st_mtime <= done for path in [*sources, *packages])


def compile_modules() -> None:
    """Import every module of Opis, and compile the libraries that import late."""
    for package in (pipeline, flows):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            try:
                importlib.import_module(module.name)
            except ModuleNotFoundError as error:  # an optional engine without its library
                if (error.name or "").partition(".")[0] in {"pipeline", "flows"}:
                    raise
    for library in LATE:
        spec = find_spec(library)
        for folder in (spec and spec.submodule_search_locations) or ():
            compileall.compile_dir(folder, quiet=2)
    MARK.touch()


if not is_up_to_date():
    compile_modules()
