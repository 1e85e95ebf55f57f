"""Archival references of the Russian system: read as people cite them, printed in one form.

    RGASPI, f. 558, op. 11, d. 330, ll. 0110-0113
    archive fond    opis    delo    leaves

Read are Russian, transliterated and English forms. A wrong reference is worse than none: what
is incomplete, or can be read in two ways, is None. "p." is a papka between opis and delo, and
pages after the delo. The number stamped on a leaf may be padded: its label keeps the zeros, its
identity does not. A value of the path keeps them: fonds 129 and 0129 are different fonds.
"""

import re
import tomllib
import unicodedata
from dataclasses import dataclass, field, replace
from functools import cache, total_ordering
from hashlib import sha256
from importlib.resources import files
from itertools import pairwise
from typing import Self

_LETTER = "[A-Za-z\u0400-\u04ff]"
_VALUE = rf"(?:{_LETTER}{{1,2}}-?)?[0-9]{{1,12}}+(?:-[0-9]{{1,12}}+)*+(?:-?{_LETTER}{{1,3}})?+"
_VALUE += r"(?![^\W_]|/|-\w|\.\d)"
_SIDE = r"(?P<verso>\s*(?:об|ob|зв|verso)(?:\.|(?!\s*\w))|v)|r"  # "5 об отправке" is no verso
_LEAF = rf"(?>[0-9]{{1,6}}+{_LETTER}{{0,2}}?(?:{_SIDE})?(?!\w))"
_LEAF_PARTS = re.compile(
    rf"(?P<digits>[0-9]{{1,6}}+)(?P<suffix>{_LETTER}{{0,2}}?)(?:{_SIDE})?", re.IGNORECASE
)
_YEAR = r"(?:1[5-9]|20)[0-9]{2}(?![0-9])"
_NO_DATE = (  # "l. 5, 14 January 1949" names one leaf
    r"(?![./][0-9]|\s*(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|янв|фев|мар|апр|ма[йя]|"
    r"июн|июл|авг|сен|окт|ноя|дек|г\.|year|copies|pages|экз|стр|док))"
)
_UNNAMED = re.compile(r"\(\?P<\w+>")
_RANGE = _UNNAMED.sub("(?:", rf"{_LEAF}(?:\s*-\s*{_LEAF}{_NO_DATE})?")
_COMMA = rf"\s*(?:;|,(?!\s*{_YEAR})|\sand\s|\sи\s)\s*"
_LIST = rf"{_RANGE}(?:{_COMMA}{_RANGE}{_NO_DATE})*(?![^\W_]|/|-\w)"

_LEVELS = {  # level: (how it is printed, how it is cited)
    "fond": ("f", r"фонд|ф|fonds?|f"),
    "opis": ("op", r"опись|оп?|opis['’ʹ]?|op?|inventory"),
    "perechen": ("per", r"перечень|пер|perechen['’ʹ]?|per"),
    "part": ("ch", r"часть|ч|chast['’ʹ]?|ch|part|pt"),
    "papka": ("p", r"папка|п|papka|p"),
    "delo": ("d", r"дело|дд?|delo|dd?|file|ед\.?\s?хр|ed\.?\s?khr|спр|кн|док|dok"),
    "volume": ("t", r"том|т|tom|t|vol"),
}
_LADDER = re.compile("fond (opis|perechen)( part)?( papka)? delo( volume)?")
_LEAVES = rf"(?:(?:лл?|ll?|лист[ыа]?|list[ya]?|sheets?)|(?P<pages>pp?|сс?|стр|pages?))\.?\s*(?P<leaves>{_LIST})"
_GAP = r"[\s.,;:)]+"
