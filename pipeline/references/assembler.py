"""Puts the parts of references of the Russian kind together.

Tokens are taken in order. One that goes further down the ladder belongs to the reference at hand;
one that goes up again begins the next, which inherits what it does not restate. What stands
between two tokens decides: stops and commas bind, prose parts, anything else is a doubt.
"""

import re
from collections.abc import Sequence

from pipeline.references.archives import CITY
from pipeline.references.candidate import Draft, Gap
from pipeline.references.leaves import MONTH, YEAR, full_end, read_leaves
from pipeline.references.levels import RANKS, VALUE, value_of
from pipeline.references.reference import ArchivalReference
from pipeline.references.tokens import Kind, Token, tokens

_BOUND = re.compile(r"[\s.,:()\[\]]*(?:\([^()0-9]{1,60}\)[\s.,:]*)?")
_LISTED = re.compile(r"[\s.,:()]*(?:[;&]|\b(?:and|и|й|та|і|see also)\b)[\s.,:;()]*(?:and|и)?\s*")
_PROSE = re.compile(r"[^\W\d_]{3}")
_DOUBT = re.compile(  # right after a reference: half a range, a level we do not know, one more file
    rf"-|\s+[си]\s+об(?!\w)|[\s.,;:]*(?!no\.|{MONTH})[^\W\d_]{{1,3}}\.\s*[0-9]|[\s,;]*(?:and\b|и\b|&|[,;])"
    rf"\s*(?!{YEAR})[0-9]+(?:-[0-9]+)?(?![./]?[0-9])\s*(?:[.,;&)\]]|and\b|и\b|$)|/\s*[0-9]",
    re.IGNORECASE,
)
_SEAT = re.compile(CITY, re.IGNORECASE)
_NUMBERS = re.compile(r"[\s,.:]*[0-9]+\s*/\s*[0-9]+")


class Assembler:
    """Puts tokens together; one text, one use."""

    def __init__(self, text: str, context: ArchivalReference | None) -> None:
        self._text, self._context = text, context
        self._tokens = list(tokens(text))
        self._done: list[Draft] = []
        self._now: Draft | None = None

    def drafts(self) -> list[Draft]:
        """Return all references of the text, whole or not."""
        for place, token in enumerate(self._tokens):
            self._take(token, self._tokens[place + 1 : place + 2])
        self._finish(len(self._text))
        return self._done

    def _take(self, token: Token, following: Sequence[Token]) -> None:
        match token.kind:
            case Kind.ARCHIVE:
                self._archive(token, following)
            case Kind.IBID:
                self._ibid(token)
            case Kind.LEVEL:
                self._level(token)
            case Kind.PAGES if self._is_papka(token, following):
                self._level(token)
            case _:
                self._leaves(token)

    def _gap(self, token: Token) -> Gap:
        between = self._text[self._now.end if self._now else 0 : token.start]
        if _BOUND.fullmatch(between):
            return Gap.BOUND
        if _LISTED.fullmatch(between):
            return Gap.LISTED
        return Gap.PROSE if _PROSE.search(between) else Gap.ODD

    def _archive(self, token: Token, following: Sequence[Token]) -> None:
        now = self._now
        if now is not None and now.archive == token.name and not now.path:
            now.end = token.end  # its name, and its letters in brackets
            return
        if now is not None and now.path and now.archive is None and not now.ibid:
            self._name_behind(token, now)
            return
        self._finish(token.start)
        seat = _SEAT.match(self._text, token.end)
        draft = Draft(token.name, token.start, seat.end() if seat else token.end)
        next_one = following[0] if following else None
        numbers = _NUMBERS.match(self._text, token.end)
        if numbers:
            draft.doubt("numbers-alone", "Numbers without their levels can be read in many ways.")
            draft.end = numbers.end()
            self._done.append(draft)
        elif (
            next_one is not None
            and next_one.kind in {Kind.LEVEL, Kind.ARCHIVE}
            and _BOUND.fullmatch(self._text[draft.end : next_one.start])
        ):
            self._now = draft

    def _name_behind(self, token: Token, now: Draft) -> None:
        """Take an archive that is named behind the ladder, as some do."""
        if self._gap(token) is Gap.BOUND:
            now.archive, now.end = token.name, token.end
        self._finish(token.end)

    def _ibid(self, token: Token) -> None:
        self._finish(token.start)
        base = self._done[-1] if self._done else Draft.of(self._context)
        if base is None:
            self._now = Draft(None, token.start, token.end, ibid=True)
            return
        again = Draft(base.archive, token.start, token.end, dict(base.path), ibid=True, fresh=True)
        again.unit, again.leaves, again.suspect = base.unit, base.leaves, base.suspect
        self._now = again

    def _level(self, token: Token) -> None:
        now = self._now
        if now is None:
            if not token.plain_mark:
                self._now = self._with(Draft(None, token.start, token.end), token)
            return
        gap, rank = self._gap(token), RANKS[token.name]
        if now.fresh and gap is not Gap.PROSE:
            heir = now.heir(token, rank)
            heir.start, heir.ibid = now.start, True
            self._now = self._with(heir, token)
        elif rank > now.rank and not now.leaves:
            self._down(token, now, gap)
        else:
            self._up(token, now, gap)

    def _down(self, token: Token, now: Draft, gap: Gap) -> None:
        if gap is Gap.PROSE:
            if token.plain_mark:
                return
            self._finish(token.start)
            self._now = self._with(Draft(None, token.start, token.end), token)
            return
        if gap is Gap.ODD:
            now.doubt("unread-part", f"Between its parts stands “{self._between(token)}”.")
        self._with(now, token)

    def _up(self, token: Token, now: Draft, gap: Gap) -> None:
        rank = RANKS[token.name]
        if gap is Gap.PROSE and token.plain_mark:
            return
        between = self._text[now.end : token.start]
        sure = gap is Gap.LISTED or (gap is Gap.BOUND and "," in between) or token.name == "fond"
        strange = token.name in {"part", "papka", "volume"} and token.name not in now.path
        if strange or (gap is Gap.ODD) or not (sure or gap is Gap.PROSE):
            now.doubt("level-out-of-order", f"“{token.value}” stands where it cannot belong.")
            now.end = token.end
            return
        self._finish(token.start)
        heir = now.heir(token, rank)
        if gap is Gap.PROSE and token.name != "fond":
            heir.doubt("far-apart", "Words stand between this and what it may belong to.")
        self._now = self._with(heir, token)

    def _leaves(self, token: Token) -> None:
        now = self._now
        if now is None:
            return
        gap, unit = self._gap(token), "p" if token.kind is Kind.PAGES else "l"
        if now.fresh and gap is not Gap.PROSE:
            now.leaves = ()
        if gap is Gap.PROSE and (token.plain_mark or not self._may_follow(now, unit)):
            return
        if now.leaves and gap in {Gap.BOUND, Gap.ODD}:
            now.doubt("two-leaf-groups", "Two groups of leaves with nothing between them.")
        elif now.leaves:
            self._finish(token.start)
            now = self._now = now.heir(token, len(RANKS))
        elif gap is Gap.ODD:
            now.doubt("unread-part", f"Between its parts stands “{self._between(token)}”.")
        now.unit, now.end, now.fresh, now.leaves = unit, token.end, False, ()
        try:
            now.leaves = read_leaves(token.value, unit)
        except ValueError as error:
            now.doubt("leaves", f"The leaves cannot be right: {error}.")

    def _may_follow(self, now: Draft, unit: str) -> bool:
        """Return whether leaves behind prose are the next of a file; doubt it if the first."""
        if not now.leaves and unit == "l" and "delo" in now.path:
            now.doubt("far-apart", "Words stand between the file and leaves it may go with.")
        return bool(now.leaves) and unit == now.unit == "l"

    def _with(self, draft: Draft, token: Token) -> Draft:
        value = full_end(token.value) if token.several else token.value
        draft.end = token.end
        try:
            draft.path[token.name] = value_of(draft.archive or "", token.name, value)
        except ValueError as error:
            draft.doubt("value", f"{error}.")
        return draft

    def _is_papka(self, token: Token, following: Sequence[Token]) -> bool:
        now = self._now
        if now is None or "delo" in now.path or "opis" not in now.path or not following:
            return False
        return following[0].name == "delo" and bool(re.fullmatch(VALUE, token.value))

    def _between(self, token: Token) -> str:
        assert self._now is not None
        return self._text[self._now.end : token.start].strip(" .,;")

    def _finish(self, before: int) -> None:
        draft, self._now = self._now, None
        if draft is None or not (draft.path or draft.ibid):
            return  # an archive's name alone cites nothing
        if draft.archive is None and not draft.ibid and not {"fond"} < draft.path.keys():
            return
        if draft.path and _DOUBT.match(self._text[draft.end : before]):
            draft.doubt("unread-rest", "More follows that may belong to it.")
        self._done.append(draft)
