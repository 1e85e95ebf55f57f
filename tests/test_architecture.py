"""The architecture of the code: imports point down, modules stay small, names are unique."""

import ast
import importlib
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from flows.cli.app import COMMANDS
from tests.factories import publish_sample

ROOT = Path(__file__).parent.parent
PIPELINE = sorted(ROOT.glob("pipeline/**/*.py"))
FLOWS = sorted(ROOT.glob("flows/**/*.py"))
SOURCES = [path for path in [*PIPELINE, *FLOWS] if path.name != "__init__.py"]

#: Packages and modules of pipeline/, lowest layer first. Each imports from lower layers alone, and
#: a package from itself. Add a new one here first.
LAYERS = (
    {"errors", "fixity", "owner_lock", "references", "text", "wording"},
    {"cleaning", "dates", "layout", "model", "system"},
    {"imaging", "settings", "text_metrics"},
    {"inbox", "ocr"},
    {"corrections", "description", "doubt", "searchable_pdf"},
    {"scan"},
    {"record", "workers"},
    {"citation", "evaluation"},
    {"exports"},
    {"repository"},
    {"ingest", "site"},
    {"review"},
    {"certification"},
)
#: Each does one thing to a scan or a page; only what stands above puts them together.
STAGES = {
    "pipeline.cleaning.clean",
    "pipeline.imaging.inspect",
    "pipeline.layout.page",
    "pipeline.imaging.page_image",
    "pipeline.ocr.preprocess",
    "pipeline.ocr.tesseract",
}
MODULE_LINES = 300  #: most lines of a module
FUNCTION_LINES = 40  #: most lines of a function


def name_of(path: Path) -> str:
    """Return a module's dotted name."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


MODULES = {name_of(path): path for path in SOURCES}


def imports(path: Path) -> Iterator[str]:
    """Yield the modules a file imports, wherever and however it does so: by string, too."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            both = (f"{module}.{alias.name}" for alias in node.names)
            yield from {full if full in MODULES else module for full in both}
        elif isinstance(node, ast.Constant) and node.value in MODULES:  # import_module, python -m
            yield node.value


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    """Yield the functions and methods of a file."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef):
            yield node


def package_of(module: str) -> str:
    """Return the package, or the module at the top, that a module of the pipeline belongs to."""
    return module.split(".")[1]


def layer_of(module: str) -> int:
    """Return the layer of a module of the pipeline; 0 is the lowest."""
    return next(number for number, names in enumerate(LAYERS) if package_of(module) in names)


def test_the_pipeline_imports_neither_prefect_nor_flows() -> None:
    foreign = {"prefect", "flows", "typer"}
    found = {
        name_of(path): names
        for path in PIPELINE
        if (names := {name.partition(".")[0] for name in imports(path)} & foreign)
    }
    assert found == {}


#: what no command that only looks something up waits for
HEAVY = {
    "prefect", "dask", "matplotlib", "numpy", "wordfreq", "edtf", "pikepdf", "langcodes", "lxml",
    "filelock", "regex", "rapidfuzz", "yaml", "PIL", "rich.console",
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("command", ["--help", "list", "search мы", "show ID", "cite ID"])
def test_a_command_imports_only_what_it_uses(tmp_path: Path, command: str) -> None:
    sample = publish_sample(tmp_path)
    words = [sample.record_id if word == "ID" else word for word in command.split()]
    if command != "--help":
        words += ["--output", str(tmp_path / "output")]
    needed = {"rich.console"} if command == "--help" else set[str]()  # Typer draws with it
    code = f"""
import atexit, sys
from flows.cli.app import main
atexit.register(lambda: print(sorted({HEAVY - needed!r} & set(sys.modules))))
sys.argv = ["opis", *{words!r}]
main()
"""
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_says_what_the_command_says_of_itself(name: str) -> None:
    entry = COMMANDS[name]
    documented = getattr(importlib.import_module(entry.module), entry.function).__doc__
    assert entry.help == " ".join(documented.partition("\n\n")[0].split())


def test_every_package_of_the_pipeline_is_in_one_layer() -> None:
    listed = [name for names in LAYERS for name in names]
    assert sorted(listed) == sorted({package_of(name) for name in MODULES if "pipeline." in name})


def test_imports_point_down() -> None:
    upward = [
        f"{module} imports {name}"
        for module, path in MODULES.items()
        if module.startswith("pipeline.")
        for name in imports(path)
        if name.startswith("pipeline.")
        and package_of(name) != package_of(module)
        and layer_of(name) >= layer_of(module)
    ]
    assert upward == []


def test_no_import_runs_in_a_circle() -> None:
    graph = {
        name: {i for i in imports(path) if i in MODULES and i != name}
        for name, path in MODULES.items()
    }
    assert set(TopologicalSorter(graph).static_order()) >= set(MODULES)


def test_imports_by_string_count() -> None:
    known = {
        "flows.cli.app": "flows.cli.ingest",
        "flows.cli.ingest": "flows.ingest",
        "flows.cli.reread": "flows.revise",
        "flows.serve.serve": "flows.serve.flow_runs",
        "pipeline.workers.start_worker": "pipeline.workers.worker",
    }
    for importer, imported in known.items():
        assert imported in set(imports(MODULES[importer]))


def test_a_module_name_stands_once_in_the_tree() -> None:
    counts = Counter(name.rpartition(".")[2] for name in MODULES if "flows.cli." not in name)
    assert {name for name, count in counts.items() if count > 1} == set()


def test_each_command_is_a_module_of_its_name() -> None:
    helpers = {"__init__", "app", "charts", "console", "exit_codes", "options", "selection_options"}
    modules = {path.stem for path in ROOT.glob("flows/cli/*.py")} - helpers
    assert modules == {name.replace("-", "_") for name in COMMANDS}


def test_a_class_name_stands_once_in_the_pipeline() -> None:
    counts = Counter(
        node.name
        for path in PIPELINE
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ClassDef)
    )
    assert {name for name, count in counts.items() if count > 1} == set()


def test_the_top_of_the_pipeline_holds_packages_and_few_modules() -> None:
    assert len([path for path in ROOT.glob("pipeline/*.py") if path.name != "__init__.py"]) < 10


def test_stages_never_import_each_other() -> None:
    assert set(MODULES) >= STAGES
    assert {stage: STAGES & set(imports(MODULES[stage])) for stage in STAGES} == {
        stage: set() for stage in STAGES
    }


def test_no_module_is_longer_than_the_limit() -> None:
    lengths = {name: len(path.read_text("utf-8").splitlines()) for name, path in MODULES.items()}
    assert {name: lines for name, lines in lengths.items() if lines > MODULE_LINES} == {}


def test_no_function_is_longer_than_a_screen() -> None:
    lengths = {
        f"{name}.{function.name}": (function.end_lineno or 0) - function.lineno + 1
        for name, path in MODULES.items()
        for function in functions(path)
    }
    assert {name: lines for name, lines in lengths.items() if lines > FUNCTION_LINES} == {}
