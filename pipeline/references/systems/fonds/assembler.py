"""Puts the parts of references of the Russian kind together.

Tokens are taken in order. One that goes further down the ladder belongs to the reference at hand;
one that goes up again begins the next, which inherits what it does not restate. What stands
between two tokens decides: stops and commas bind, prose parts, anything else is a doubt.
"""

import re
from collections.abc import Sequence

from pipeline.references.archives import CITY
from pipeline.references.leaves import MONTH, YEAR, expand_range_end, parse_leaves
from pipeline.references.place import ArchivePlace
from pipeline.references.systems.fonds.candidate import ReferenceCandidate, TokenGap
from pipeline.references.systems.fonds.levels import RANKS, VALUE, normalize_fond_value
from pipeline.references.systems.fonds.tokens import Token, TokenKind, find_tokens

_BINDING = re.compile(r"[\s.,:()\[\]]*(?:\([^()0-9]{1,60}\)[\s.,:]*)?")
_LIST_SEPARATOR = re.compile(
    r"[\s.,:()]*(?:[;&]|\b(?:and|и|й|та|і|see also)\b)[\s.,:;()]*(?:and|и)?\s*"
)
_PROSE = re.compile(r"[^\W\d_]{3}")
_DOUBTFUL_REST = re.compile(  # half a range, a level we do not know, one more file
    rf"-|\s+[си]\s+об(?!\w)|[\s.,;:]*(?!no\.|{MONTH})[^\W\d_]{{1,3}}\.\s*[0-9]|[\s,;]*(?:and\b|и\b|&|[,;])"
    rf"\s*(?!{YEAR})[0-9]+(?:-[0-9]+)?(?![./]?[0-9])\s*(?:[.,;&)\]]|and\b|и\b|$)|/\s*[0-9]",
    re.IGNORECASE,
)
_CITY = re.compile(CITY, re.IGNORECASE)
_BARE_NUMBERS = re.compile(r"[\s,.:]*[0-9]+\s*/\s*[0-9]+")


class ReferenceAssembler:
    """Puts tokens together; one text, one use."""

    def __init__(self, text: str, context: ArchivePlace | None) -> None:
        self._text, self._context = text, context
        self._tokens = list(find_tokens(text))
        self._candidates: list[ReferenceCandidate] = []
        self._current: ReferenceCandidate | None = None

    def find_candidates(self) -> list[ReferenceCandidate]:
        """Return all references of the text, whole or not."""
        for place, token in enumerate(self._tokens):
            self._handle_token(token, self._tokens[place + 1 : place + 2])
        self._finish_current(len(self._text))
        return self._candidates

    def _handle_token(self, token: Token, following: Sequence[Token]) -> None:
        match token.kind:
            case TokenKind.ARCHIVE:
                self._handle_archive(token, following)
            case TokenKind.IBID:
                self._handle_ibid(token)
            case TokenKind.LEVEL:
                self._handle_level(token)
            case TokenKind.PAGES if self._is_papka(token, following):
                self._handle_level(token)
            case _:
                self._handle_leaves(token)

    def _gap_before(self, token: Token) -> TokenGap:
        between = self._text[self._current.end if self._current else 0 : token.start]
        if _BINDING.fullmatch(between):
            return TokenGap.BOUND
        if _LIST_SEPARATOR.fullmatch(between):
            return TokenGap.LISTED
        return TokenGap.PROSE if _PROSE.search(between) else TokenGap.ODD

    def _handle_archive(self, token: Token, following: Sequence[Token]) -> None:
        now = self._current
        if now is not None and now.archive == token.name and not now.path:
            now.end = token.end  # its name, and its letters in brackets
            return
        if now is not None and now.path and now.archive is None and not now.is_ibid:
            self._handle_late_archive(token, now)
            return
        self._finish_current(token.start)
        seat = _CITY.match(self._text, token.end)
        draft = ReferenceCandidate(token.name, token.start, seat.end() if seat else token.end)
        next_one = following[0] if following else None
        numbers = _BARE_NUMBERS.match(self._text, token.end)
        if numbers:
            draft.mark_suspect(
                "numbers-alone", "Numbers without their levels can be read in many ways."
            )
            draft.end = numbers.end()
            self._candidates.append(draft)
        elif (
            next_one is not None
            and next_one.kind in {TokenKind.LEVEL, TokenKind.ARCHIVE}
            and _BINDING.fullmatch(self._text[draft.end : next_one.start])
        ):
            self._current = draft

    def _handle_late_archive(self, token: Token, now: ReferenceCandidate) -> None:
        """Take an archive that is named behind the ladder, as some do."""
        if self._gap_before(token) is TokenGap.BOUND:
            now.archive, now.end = token.name, token.end
        self._finish_current(token.end)

    def _handle_ibid(self, token: Token) -> None:
        self._finish_current(token.start)
        base = (
            self._candidates[-1]
            if self._candidates
            else ReferenceCandidate.from_place(self._context)
        )
        if base is None:
            self._current = ReferenceCandidate(None, token.start, token.end, is_ibid=True)
            return
        again = ReferenceCandidate(
            base.archive, token.start, token.end, dict(base.path), is_ibid=True, is_bare_ibid=True
        )
        again.unit, again.leaves, again.is_suspect = base.unit, base.leaves, base.is_suspect
        self._current = again

    def _handle_level(self, token: Token) -> None:
        now = self._current
        if now is None:
            if not token.is_bare_letter:
                self._current = self._set_level(
                    ReferenceCandidate(None, token.start, token.end), token
                )
            return
        gap, rank = self._gap_before(token), RANKS[token.name]
        if now.is_bare_ibid and gap is not TokenGap.PROSE:
            heir = now.make_successor(token, rank)
            heir.start, heir.is_ibid = now.start, True
            self._current = self._set_level(heir, token)
        elif rank > now.rank and not now.leaves:
            self._descend_to(token, now, gap)
        else:
            self._start_next(token, now, gap)

    def _descend_to(self, token: Token, now: ReferenceCandidate, gap: TokenGap) -> None:
        if gap is TokenGap.PROSE:
            if token.is_bare_letter:
                return
            self._finish_current(token.start)
            self._current = self._set_level(ReferenceCandidate(None, token.start, token.end), token)
            return
        if gap is TokenGap.ODD:
            now.mark_suspect(
                "unread-part", f"Between its parts stands “{self._text_before(token)}”."
            )
        self._set_level(now, token)

    def _start_next(self, token: Token, now: ReferenceCandidate, gap: TokenGap) -> None:
        rank = RANKS[token.name]
        if gap is TokenGap.PROSE and token.is_bare_letter:
            return
        between = self._text[now.end : token.start]
        sure = (
            gap is TokenGap.LISTED
            or (gap is TokenGap.BOUND and "," in between)
            or token.name == "fond"
        )
        strange = token.name in {"part", "papka", "volume"} and token.name not in now.path
        if strange or (gap is TokenGap.ODD) or not (sure or gap is TokenGap.PROSE):
            now.mark_suspect(
                "level-out-of-order", f"“{token.value}” stands where it cannot belong."
            )
            now.end = token.end
            return
        self._finish_current(token.start)
        heir = now.make_successor(token, rank)
        if gap is TokenGap.PROSE and token.name != "fond":
            heir.mark_suspect("far-apart", "Words stand between this and what it may belong to.")
        self._current = self._set_level(heir, token)

    def _handle_leaves(self, token: Token) -> None:
        now = self._current
        if now is None:
            return
        gap, unit = self._gap_before(token), "p" if token.kind is TokenKind.PAGES else "l"
        if now.is_bare_ibid and gap is not TokenGap.PROSE:
            now.leaves = ()
        if gap is TokenGap.PROSE and (token.is_bare_letter or not self._may_follow(now, unit)):
            return
        if now.leaves and gap in {TokenGap.BOUND, TokenGap.ODD}:
            now.mark_suspect("two-leaf-groups", "Two groups of leaves with nothing between them.")
        elif now.leaves:
            self._finish_current(token.start)
            now = self._current = now.make_successor(token, len(RANKS))
        elif gap is TokenGap.ODD:
            now.mark_suspect(
                "unread-part", f"Between its parts stands “{self._text_before(token)}”."
            )
        now.unit, now.end, now.is_bare_ibid, now.leaves = unit, token.end, False, ()
        try:
            now.leaves = parse_leaves(token.value, unit)
        except ValueError as error:
            now.mark_suspect("leaves", f"The leaves cannot be right: {error}.")

    def _may_follow(self, now: ReferenceCandidate, unit: str) -> bool:
        """Return whether leaves behind prose are the next of a file; doubt it if the first."""
        if not now.leaves and unit == "l" and "delo" in now.path:
            now.mark_suspect("far-apart", "Words stand between the file and leaves it may go with.")
        return bool(now.leaves) and unit == now.unit == "l"

    def _set_level(self, draft: ReferenceCandidate, token: Token) -> ReferenceCandidate:
        value = expand_range_end(token.value) if token.is_plural else token.value
        draft.end = token.end
        try:
            draft.path[token.name] = normalize_fond_value(draft.archive or "", token.name, value)
        except ValueError as error:
            draft.mark_suspect("value", f"{error}.")
        return draft

    def _is_papka(self, token: Token, following: Sequence[Token]) -> bool:
        now = self._current
        if now is None or "delo" in now.path or "opis" not in now.path or not following:
            return False
        return following[0].name == "delo" and bool(re.fullmatch(VALUE, token.value))

    def _text_before(self, token: Token) -> str:
        assert self._current is not None
        return self._text[self._current.end : token.start].strip(" .,;")

    def _finish_current(self, before: int) -> None:
        draft, self._current = self._current, None
        if draft is None or not (draft.path or draft.is_ibid):
            return  # an archive's name alone cites nothing
        if draft.archive is None and not draft.is_ibid and not {"fond"} < draft.path.keys():
            return
        if draft.path and _DOUBTFUL_REST.match(self._text[draft.end : before]):
            draft.mark_suspect("unread-rest", "More follows that may belong to it.")
        self._candidates.append(draft)
