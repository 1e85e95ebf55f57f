"""What the text between two parts of a reference of the Russian kind means.

Stops and commas bind, a semicolon or "and" begins the next reference, prose separates, and anything
else is a doubt. Between a file and its leaves may stand its title, its extent or its kind of copy.
"""

import re
from enum import Enum, auto

from pipeline.references.leaves import LETTER
from pipeline.references.systems.fonds.levels import FOND_LEVELS, RANKS
from pipeline.references.systems.fonds.marks import LEAF_MARKS

#: What is said of a document itself, in Russian, Ukrainian and English.
_COPY_WORDS = (
    r"(?:(?:не)?заверенн\w+ |засвідчен\w+ |завірен\w+ |certified |carbon |signed |electrographic )?"
    r"(?:подлинник\w*|оригинал|копи[яи]|отпуск|черновик|автограф|рукопись|машинопись|ксерокопия|"
    r"фотокопия|микрофильм|телетайп|(?:шифро?)?телеграмма|стенограмма|перевод|бланк|проект|"
    r"машинописн\w+ (?:текст|копия|экз\w*)|рукописный текст|"
    r"(?:типографск\w+|печатн\w+|[0-9]+-й) экз\w*|подпись ?- ?автограф|"
    r"оригінал|копія|машинопис|рукопис|чернетка|"
    r"original|copy|photocopy|facsimile|draft|typescript|manuscript|handwritten|autograph|"
    r"teletype|telegram|transcript|translation|"
    r"(?:typewritten|handwritten) (?:text|copy)|"
    r"signature-autograph(?: in \w+ (?:\w+ )?(?:ink|pen))?)"
)
_EXTENT = (
    r"(?:на |всего )?[0-9]{1,5} ?(?:листах|листов|листа|лл|л|аркушах|арк|стр|с|leaves|sheets|"
    r"folios?|ll|pages|pp|bl)"
)
_QUOTED_TITLE = r"[«“\"„][^«»“”\"]{1,200}[»”\"]"
_WORDS_IN_BRACKETS = r"\([^()0-9]{1,60}\)"
_REMARK_IN_BRACKETS = r"\((?=[^()]*[^\W\d_]{2})[^()]{1,80}\)"
_SIGNS = r"[\s.,:()\[\]»”\"]*"
_BINDING = re.compile(rf"{_SIGNS}(?:(?:{_WORDS_IN_BRACKETS}|{_QUOTED_TITLE})[\s.,:]*)?")
_LIST_SEPARATOR = re.compile(
    r"[\s.,:()]*(?:[;&]|\b(?:and|и|й|та|і|see also)\b)[\s.,:;()]*(?:and|и)?\s*"
)
_REMARK = f"{_EXTENT}|{_REMARK_IN_BRACKETS}|{_QUOTED_TITLE}|{_COPY_WORDS}"
_SIGNS_BESIDE_REMARK = r"[\s.,:;)\]]*+"  # possessive: each sign can be read in one way
_REMARKS = rf"(?:(?:{_REMARK})(?!\w){_SIGNS_BESIDE_REMARK})"
_REMARKS_ON_FILE = re.compile(rf"{_SIGNS_BESIDE_REMARK}{_REMARKS}+\(?", re.IGNORECASE)
#: "…, 93 л.; register of names - лл.": a part of the file and where in it.
_PART_OF_FILE = re.compile(
    rf"{_SIGNS_BESIDE_REMARK}{_REMARKS}*(?<=[;,] )[^.;/]{{3,80}}? - ", re.IGNORECASE
)
_PROSE = re.compile(r"[^\W\d_]{3}")

_AFTER_ARCHIVE = re.compile(rf"{_SIGNS}(?:-\s*)?")
_RANKED_MARKS = (
    *((RANKS[level.name], re.sub(r"\?P<\w+>", "?:", level.pattern)) for level in FOND_LEVELS),
    (len(RANKS), LEAF_MARKS),
)
_ANY_MARK = "|".join(f"(?:{marks})" for _, marks in _RANKED_MARKS)
_JOINED_STEP = re.compile(
    rf"(?<![^\W_])(?P<mark>{_ANY_MARK})[.:]? ?(?:№ ?)?(?:[RPАAРП][. -]{{0,2}}|{LETTER}{{1,2}}-?)?"
    rf"[0-9]{{1,12}}{LETTER}{{0,3}}\.?(?P<joint> ?[-/] ?)"
    rf"(?=(?P<next>{_ANY_MARK})[.:]? ?(?:№ ?)?(?:[RPРП][. -]*)?[0-9])",
    re.IGNORECASE,
)


class TokenGap(Enum):
    """The kind of text between two tokens."""

    BOUND = auto()  #: stops, commas, brackets
    LISTED = auto()  #: a semicolon or "and"
    PROSE = auto()  #: words
    ODD = auto()  #: anything else


class GapPlace(Enum):
    """Where a gap is."""

    AFTER_ARCHIVE = auto()
    BEFORE_LEVEL = auto()
    FILE_TO_LEAVES = auto()  #: between a file and its leaves, or two groups of them


def gap_of(text: str, place: GapPlace) -> TokenGap:
    """Return the kind of a text between two tokens.

    >>> gap_of(". Подлинник. ", GapPlace.FILE_TO_LEAVES), gap_of(", см. ", GapPlace.BEFORE_LEVEL)
    (<TokenGap.BOUND: 1>, <TokenGap.ODD: 4>)
    """
    if _BINDING.fullmatch(text):
        return TokenGap.BOUND
    if _LIST_SEPARATOR.fullmatch(text):
        return TokenGap.LISTED
    if place is GapPlace.AFTER_ARCHIVE and _AFTER_ARCHIVE.fullmatch(text):
        return TokenGap.BOUND
    if place is GapPlace.FILE_TO_LEAVES and _REMARKS_ON_FILE.fullmatch(text):
        return TokenGap.BOUND
    if place is GapPlace.FILE_TO_LEAVES and _PART_OF_FILE.fullmatch(text):
        return TokenGap.LISTED
    return TokenGap.PROSE if _PROSE.search(text) else TokenGap.ODD


def with_commas_at_joints(text: str) -> str:
    """Return a text of the same length with a comma where a dash or stroke joins two levels.

    >>> with_commas_at_joints("ф.558-оп.11-д.330, ф. Р-1 / оп. 2")
    'ф.558,оп.11,д.330, ф. Р-1 , оп. 2'
    """
    return _JOINED_STEP.sub(_with_comma, text)


def _with_comma(match: re.Match[str]) -> str:
    if _rank_of(match["next"]) <= _rank_of(match["mark"]):
        return match[0]  # "дд. 5-д. 7" may be a range
    start = match.start("joint") - match.start()
    return match[0][:start] + re.sub("[-/]", ",", match["joint"])


def _rank_of(mark: str) -> int:
    return next(rank for rank, marks in _RANKED_MARKS if re.fullmatch(marks, mark, re.IGNORECASE))
