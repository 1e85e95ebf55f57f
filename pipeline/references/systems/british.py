"""References to the National Archives in Kew: class, series, piece, item.

TNA, FO 371/56763; CAB 128/17, f. 3; PREM 11/1234
"""

import re
from collections.abc import Iterator

from pipeline.references.leaves import LEAF_LIST
from pipeline.references.match import CitingText, ReferenceMatch
from pipeline.references.place import ArchivePlace, LevelPath
from pipeline.references.signatures import match_from_regex
from pipeline.references.system import Level, ReferenceSystem

_ARCHIVE = "TNA"
#: Codes of the departments; a single letter needs the archive's name before it.
_CLASSES = (
    "ADM|AIR|ASSI|AVIA|BT|BW|CAB|CAOG|CO|COAL|CRIM|CSC|DEFE|DO|ED|ES|FCO|FD|FO|GFM|HLG|HO|HS|HW|"
    "INF|IR|KV|LAB|LCO|MAF|MEPO|MH|MT|NSC|OD|PF|PIN|POWE|PREM|PRO|RAIL|SUPP|TS|UGC|WO|J|T"
)
_REFERENCE = re.compile(
    r"(?<![\w/])(?P<named>(?:TNA|PRO|UKNA|The National Archives(?: of the UK)?|National Archives, "
    r"Kew|Public Record Office)(?: \((?:TNA|PRO)\))?"
    r"(?:, (?:London|Kew))?[\s:,/(]*(?:PRO[\s:,/]+)?)?"
    rf"(?P<class>{_CLASSES})[ /]?(?P<series>[0-9]{{1,4}})(?:[/-](?P<piece>[0-9]{{1,6}}[A-Z]?"
    r"(?:-[0-9]{1,6})?)(?:/(?P<item>[A-Z]{0,3}[0-9]{1,6}[A-Z]?(?:/[0-9]{1,6}[A-Z]?)*))?)?"
    rf"(?![\w/]|-\w)(?:,? (?:ff?|fols?)\.? ?(?P<leaves>{LEAF_LIST}))?"
)
#: In a file name another sign stands for the stroke: FO371_21747.
_NAMED_PIECE = re.compile(
    rf"(?<![^\W_])(?P<class>{_CLASSES})[ -]?(?P<series>[0-9]{{1,4}})[ -]"
    r"(?P<piece>[0-9]{1,6}[A-Z]?)(?![^\W_])"
)


class BritishSystem(ReferenceSystem):
    """The British system: the archive may be omitted before class, series and piece."""

    def find(self, text: CitingText, context: ArchivePlace | None) -> Iterator[ReferenceMatch]:
        """Yield the references of a text; "Ibid." is not supported."""
        del context
        for match in _REFERENCE.finditer(text.normalized):
            needs_archive = (
                len(match["class"]) == 1 or not match["piece"] or match["class"] == "PRO"
            )
            if match["named"] or not needs_archive:
                names = [level.name for level in self.levels if match[level.name]]
                path = tuple((name, match[name]) for name in names)
                yield match_from_regex(self, match, _ARCHIVE, path)

    def cite_file_name(self, name: str) -> str:
        """Return a file name with a stroke between series and piece."""
        return _NAMED_PIECE.sub(r"\g<class> \g<series>/\g<piece>", name)

    def format_path(self, path: LevelPath) -> list[str]:
        """Return class and numbers as one step: FO 371/56763."""
        first, *rest = (value for _, value in path)
        return [f"{first} {'/'.join(rest)}"]


SYSTEMS = (
    BritishSystem(
        key="uk",
        levels=(
            Level("class", description_level="class"),
            Level("series", description_level="series"),
            Level("piece"),
            Level("item", description_level="item"),
        ),
        levels_pattern="class series piece( item)?",
        leaf_unit=("f", "ff"),
    ),
)
