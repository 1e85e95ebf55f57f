"""Archival references: parse them in texts and file names, validate them, format them.

>>> find_references("RGASPI, f. 558, op. 11, d. 330, ll. 0110-0113").references[0].reference.normal
'RGASPI, f. 558, op. 11, d. 330, ll. 110-113'
"""

from pipeline.references.file_names import FileNameReading, read_file_name
from pipeline.references.finder import find_references, parse_reference, parse_references
from pipeline.references.leaves import Leaf, LeafRange
from pipeline.references.match import Problem, ReferenceStatus
from pipeline.references.reference import ArchivalReference
from pipeline.references.reference_styles import ReferenceStyle, format_reference
from pipeline.references.result import ParsedReference, ParseResult

__all__ = [
    "ArchivalReference",
    "FileNameReading",
    "Leaf",
    "LeafRange",
    "ParseResult",
    "ParsedReference",
    "Problem",
    "ReferenceStatus",
    "ReferenceStyle",
    "find_references",
    "format_reference",
    "parse_reference",
    "parse_references",
    "read_file_name",
]
