"""The cheapest architecture document there is: imports point down, modules stay small."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
#: From the ground up; a module imports only from floors below its own.
FLOORS: tuple[set[str], ...] = ()
MODULES = sorted(ROOT.glob("pipeline/**/*.py"))
FLOWS = sorted(ROOT.glob("flows/*.py"))
