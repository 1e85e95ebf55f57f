"""Reads references that have no fond: British, German, Polish, Hungarian and Chinese ones.

Their signatures are opaque: what stands between archive and leaves is kept as it is written.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from pipeline.references.archives import CITY, all_spellings, find_archive
from pipeline.references.leaves import LEAF_LIST, LeafRange, parse_leaves
from pipeline.references.reference import ArchivalReference
from pipeline.references.result import ParsedReference, Problem, ReferenceStatus

LevelPath = tuple[tuple[str, str], ...]

#: Letters of the departments in Kew; a single letter needs the archive's name before it.
_KEW_CLASSES = (
    "ADM|AIR|ASSI|AVIA|BT|BW|CAB|CAOG|CO|COAL|CRIM|CSC|DEFE|DO|ED|ES|FCO|FD|FO|GFM|HLG|HO|HS|HW|"
    "INF|IR|KV|LAB|LCO|MAF|MEPO|MH|MT|NSC|OD|PF|PIN|POWE|PREM|PRO|RAIL|SUPP|TS|UGC|WO|J|T"
)
_KEW = re.compile(
    r"(?<![\w/])(?P<named>(?:TNA|PRO|UKNA|The National Archives(?: of the UK)?|National Archives, "
    r"Kew|Public Record Office)(?: \((?:TNA|PRO)\))?"
    r"(?:, (?:London|Kew))?[\s:,/(]*(?:PRO[\s:,/]+)?)?"
    rf"(?P<class>{_KEW_CLASSES})[ /]?(?P<series>[0-9]{{1,4}})(?:[/-](?P<piece>[0-9]{{1,6}}[A-Z]?"
    r"(?:-[0-9]{1,6})?)(?:/(?P<item>[A-Z]{0,3}[0-9]{1,6}[A-Z]?(?:/[0-9]{1,6}[A-Z]?)*))?)?"
    rf"(?![\w/]|-\w)(?:,? (?:ff?|fols?)\.? ?(?P<leaves>{LEAF_LIST}))?"
)
#: Templates: the archives of the system and a list of leaves are put in.
_GERMAN = (
    r"{archive}[\s,:]+(?P<bestand>[A-Z][A-Za-z]{{0,5}}(?: ?[0-9]{{1,5}}[a-z]?)?"
    r"(?: [IVX]+(?![\w.]))?)(?:(?:/| /|, (?:Nr\. )?(?=(?:[A-C] ?)?[0-9]))"
    r"(?P<signatur>[^\s,;.]+(?: [0-9A-Z/]+)*))?"
    r"(?:,? (?:Bd|Band|Bände)\.? (?P<volume>[0-9]+[A-Za-z]?))?"
    r"(?:,? (?:Bl|Blatt|S|fol)\.? ?(?P<leaves>{leaves}))?"
)
_POLISH = (
    r"{archive}[\s,:]+(?:(?P<zespol>(?!sygn)[^,;]{{2,80}}?), )?"
    r"(?:sygn\.|sygnatura)? ?(?P<sygnatura>(?:[A-Z]{{1,3}} ?)*"
    r"[IVXL]*(?: ?[A-Z]/)?[0-9][0-9A-Z/.-]*[0-9A-Za-z]?)(?:, (?:t|tom)\. ?(?P<volume>[0-9]+))?"
    r"(?:, (?:k|karta|s|str)\. ?(?P<leaves>{leaves}))?"
)
_TECZKA = (
    r"{archive}[\s,:]+(?:z\.|zesp\.|zespół)? ?(?P<zespol>[0-9]{{1,4}}(?:/[0-9]{{1,4}})?)"
    r"(?:,? (?:w\.|wiązka) ?(?P<wiazka>[0-9]{{1,4}}))?"
    r",? (?:t\.|teczka) ?(?P<teczka>[0-9]{{1,5}}[a-z]?)"
    r"(?:,? (?:kk?\.|karta|karty|s\.|str\.) ?(?P<leaves>{leaves}))?"
)
_HUNGARIAN = (
    r"{archive}[\s,:-]+(?P<signatura>[A-Z]{{1,6}}[ -]?[0-9A-Za-z][\w.-]*"
    r"(?:[ -][\w./-]*[0-9][\w./-]*)*[\w](?:(?<=\.-[0-9]{{2}})\.|(?<=\.-[0-9])\.)?)"
    r"(?:, (?P<box>[0-9]{{1,5}})\. ?doboz)?"
)
_CHINESE = (
    r"(?:{archive}[\s,:]+(?:No\.? ?|File ?)?)?(?P<signatura>[12][0-9]{{2}}-[0-9]{{5}}-"
    r"[0-9]{{2}}(?:\([0-9]+\))?)(?:,? (?:(?:pp?|ll?)\.? ?)?(?P<leaves>{leaves}))?"
)
_LONG_SIGNATURES = {"pl", "hu"}  #: systems whose signatures boxes, bundles and files may follow
#: After a signature: a box, a bundle or a file that we do not read.
_TRAILING_PART = re.compile(
    r"[\s,.]+(?:(?:f|z|w|t|cs|box|teczka|wiązka|doboz)\b\.? ?[0-9]|(?:[^,;]{1,20}, )?"
    r"[0-9]+(?:[/-]\w|\. ?(?:doboz|cs|d|tétel|t|ő|őe|f)\b))",
    re.IGNORECASE,
)


def find_signature_references(text: str) -> Iterator[ParsedReference]:
    """Yield the references of a text that ``leaves.plain`` gave."""
    for found in _KEW.finditer(text):
        yield from _parse_kew(found)
    for system, pattern, unit in (
        ("de", _GERMAN, "Bl"), ("pl", _POLISH, "k"), ("pl", _TECZKA, "k"),
        ("hu", _HUNGARIAN, ""), ("cn", _CHINESE, "l"),
    ):  # fmt: skip
        for found in _system_pattern(system, pattern).finditer(text):
            reading = _parse_signature(found, unit)
            yield _doubt_if_continued(reading, found) if system in _LONG_SIGNATURES else reading


def _parse_kew(found: re.Match[str]) -> Iterator[ParsedReference]:
    named = bool(found["named"])
    if not named and (len(found["class"]) == 1 or not found["piece"] or found["class"] == "PRO"):
        return
    levels = ("class", "series", "piece", "item")
    path = tuple((level, found[level]) for level in levels if found[level])
    yield reference_from_match(found, "TNA", path, "f")


def _parse_signature(found: re.Match[str], unit: str) -> ParsedReference:
    archive = find_archive(found["archive"] or "")
    levels = [name for name in found.groupdict() if name not in {"archive", "leaves"}]
    path = tuple((level, found[level].strip()) for level in levels if found[level])
    return reference_from_match(found, archive.code if archive else None, path, unit)


def _doubt_if_continued(reading: ParsedReference, found: re.Match[str]) -> ParsedReference:
    """Doubt a reading behind which more of a reference seems to stand."""
    if reading.reference is None or not _TRAILING_PART.match(found.string, found.end()):
        return reading
    more = Problem("unread-rest", "More follows that may belong to it.")
    return replace(reading, status=ReferenceStatus.SUSPECT, reference=None, problems=(more,))


def reference_from_match(
    found: re.Match[str], archive: str | None, path: LevelPath, unit: str
) -> ParsedReference:
    """Return the reading of a match; incomplete where the path is no whole one."""
    given = found.groupdict().get("leaves")
    unit, place = unit if given else "", None
    leaves: tuple[LeafRange, ...] = ()
    problems: tuple[Problem, ...] = ()
    status = ReferenceStatus.OK if archive else ReferenceStatus.INCOMPLETE
    try:
        leaves = parse_leaves(given, unit) if given else ()
    except ValueError as error:
        status, problems = (
            ReferenceStatus.SUSPECT,
            (Problem("leaves", f"It cannot be right: {error}."),),
        )
    if status is ReferenceStatus.OK and archive is not None:
        try:
            place = ArchivalReference(archive, path, unit, leaves)
        except ValueError:
            status, problems = (
                ReferenceStatus.INCOMPLETE,
                (Problem("incomplete", "A level is missing."),),
            )
    if archive is None:
        problems = (Problem("no-archive", "No archive that Opis knows is named."),)
    return ParsedReference(
        status, archive, path, unit, leaves, found[0], place, problems, found.start()
    )  # fmt: skip


@cache
def _system_pattern(system: str, pattern: str) -> re.Pattern[str]:
    names = "|".join(re.escape(text).replace(r"\ ", "[ -]?") for text in all_spellings(system))
    archive = rf"(?P<archive>{names})(?: \((?:{names})\))?{CITY}"
    return re.compile(
        rf"(?<![\w-])(?:{pattern.format(archive=archive, leaves=LEAF_LIST)})(?![\w/])"
    )
