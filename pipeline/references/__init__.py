"""The public door to archival references: read them, render them, name them.

>>> read("RGASPI, f. 558, op. 11, d. 330, ll. 0110-0113").references[0].place.normal
'RGASPI, f. 558, op. 11, d. 330, ll. 110-113'
"""

from pipeline.references.filename import from_file_name
from pipeline.references.leaves import Leaf, LeafRange
from pipeline.references.parse import parse, parse_all, read
from pipeline.references.reference import ArchivalReference
from pipeline.references.result import Problem, Reading, Readings, Status
from pipeline.references.styles import Style, render

__all__ = [
    "ArchivalReference",
    "Leaf",
    "LeafRange",
    "Problem",
    "Reading",
    "Readings",
    "Status",
    "Style",
    "from_file_name",
    "parse",
    "parse_all",
    "read",
    "render",
]
