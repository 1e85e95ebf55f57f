"""The cheapest architecture document there is: imports point down, modules stay small."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PIPELINE = sorted(ROOT.glob("pipeline/**/*.py"))
FLOWS = sorted(ROOT.glob("flows/**/*.py"))

#: From the ground up. A module imports only from floors below its own; within a floor, nothing.
FLOORS: dict[str, tuple[str, ...]] = {
    "values": ("errors", "model"),
    "letters": ("archives", "dates", "leaves", "scripts", "search", "sidecar", "bag"),
    "pure": ("clean", "description", "provenance", "quality", "reference", "settings"),
    "stages": ("describing", "images", "ocr", "prepare"),
}
CEILING = 250  #: lines of a module
TALL = 40  #: lines of a function


def imports(path: Path) -> Iterator[str]:
    """Yield the modules a file imports, wherever it does so."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    """Yield the functions and methods of a file."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef):
            yield node


@pytest.mark.parametrize("path", PIPELINE, ids=lambda path: path.stem)
def test_the_pipeline_knows_neither_prefect_nor_flows(path: Path) -> None:
    assert not {name.partition(".")[0] for name in imports(path)} & {"prefect", "flows", "typer"}


@pytest.mark.parametrize("path", [*PIPELINE, *FLOWS], ids=lambda path: path.stem)
def test_no_module_is_longer_than_the_ceiling(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= CEILING


@pytest.mark.parametrize("path", [*PIPELINE, *FLOWS], ids=lambda path: path.stem)
def test_no_function_is_longer_than_a_screen(path: Path) -> None:
    tall = {f.name: (f.end_lineno or 0) - f.lineno + 1 for f in functions(path)}
    assert {name: lines for name, lines in tall.items() if lines > TALL} == {}
