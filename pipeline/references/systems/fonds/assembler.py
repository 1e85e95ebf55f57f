"""Assemble tokens into references of the Russian kind.

Tokens are read in order. A token of a deeper level belongs to the current reference; one of the
same or a higher level begins the next reference, which inherits the levels above it. The text
between two tokens decides: stops and commas bind, prose separates, anything else is a doubt.
"""

import re
from collections.abc import Mapping, Sequence

from pipeline.references.archives import CITY, find_archive
from pipeline.references.leaves import MONTH, YEAR, expand_range_end
from pipeline.references.place import ArchivePlace
from pipeline.references.systems.fonds.candidate import ReferenceCandidate
from pipeline.references.systems.fonds.gaps import (
    GapPlace,
    TokenGap,
    gap_of,
    with_commas_at_joints,
)
from pipeline.references.systems.fonds.levels import RANKS, VALUE, normalize_fond_value
from pipeline.references.systems.fonds.tokens import Token, TokenKind, find_tokens

#: Half a range, an unknown level, or one more file.
_DOUBTFUL_REST = re.compile(
    rf"-|\s+[си]\s+об(?!\w)|[\s.,;:]*(?!no\.|{MONTH})[^\W\d_]{{1,3}}\.\s*[0-9]|[\s,;]*(?:and\b|и\b|&|[,;])"
    rf"\s*(?!{YEAR})[0-9]+(?:-[0-9]+)?(?![./]?[0-9])\s*(?:[.,;&)\]]|and\b|и\b|$)|/\s*[0-9]",
    re.IGNORECASE,
)
_CITY = re.compile(CITY, re.IGNORECASE)
_BARE_NUMBERS = re.compile(r"[\s,.:]*[0-9]+(?:\s*/\s*[0-9]+|\s*-\s*[0-9]+\s*-\s*[0-9]+)")


_AFTER_ARCHIVE = {TokenKind.LEVEL, TokenKind.LEVEL_OR_LEAVES, TokenKind.ARCHIVE}
_BETWEEN_OTHERS = {"section", "part", "papka", "karton", "volume"}  #: levels that few files have


class ReferenceAssembler:
    """Assembles the tokens of one text; use each instance once."""

    def __init__(self, text: str, context: ArchivePlace | None) -> None:
        self._text, self._context = with_commas_at_joints(text), context
        self._tokens = list(find_tokens(self._text))
        self._candidates: list[ReferenceCandidate] = []
        self._current: ReferenceCandidate | None = None

    def find_candidates(self) -> list[ReferenceCandidate]:
        """Return all references of the text, complete or not."""
        for index, token in enumerate(self._tokens):
            self._handle_token(token, self._tokens[index + 1 : index + 2])
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
            case TokenKind.LEVEL_OR_LEAVES if "delo" not in self._current_path():
                self._handle_level(token)
            case _:
                self._handle_leaves(token)

    def _current_path(self) -> Mapping[str, str]:
        return self._current.path if self._current else {}

    def _is_file_before(self, token: Token) -> bool:
        """Return whether a token may be the first leaves of a file."""
        current = self._current
        return (
            current is not None
            and "delo" in current.path
            and not current.leaves
            and token.kind is not TokenKind.LEVEL
        )

    def _gap_before(self, token: Token) -> TokenGap:
        place = GapPlace.BEFORE_LEVEL
        if not self._current_path():
            place = GapPlace.AFTER_ARCHIVE
        elif self._is_file_before(token):
            place = GapPlace.FILE_TO_LEAVES
        return gap_of(self._text[self._current.end if self._current else 0 : token.start], place)

    def _handle_archive(self, token: Token, following: Sequence[Token]) -> None:
        current = self._current
        if current is not None and not current.path and _are_one(current.archive, token.name):
            current.end = token.end  # the archive's name, then its code in brackets
            return
        if current is not None and current.path and current.archive is None and not current.is_ibid:
            self._handle_late_archive(token, current)
            return
        self._finish_current(token.start)
        city = _CITY.match(self._text, token.end)
        candidate = ReferenceCandidate(token.name, token.start, city.end() if city else token.end)
        next_token = following[0] if following else None
        numbers = _BARE_NUMBERS.match(self._text, token.end)
        if numbers:
            candidate.mark_suspect(
                "numbers-alone", "Numbers without their levels can be read in many ways."
            )
            candidate.end = numbers.end()
            self._candidates.append(candidate)
        elif (
            next_token is not None
            and next_token.kind in _AFTER_ARCHIVE
            and gap_of(self._text[candidate.end : next_token.start], GapPlace.AFTER_ARCHIVE)
            is TokenGap.BOUND
        ):
            self._current = candidate

    def _handle_late_archive(self, token: Token, current: ReferenceCandidate) -> None:
        """Add an archive that is named after its levels."""
        if self._gap_before(token) is TokenGap.BOUND:
            current.archive, current.end = token.name, token.end
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
        ibid = ReferenceCandidate(
            base.archive, token.start, token.end, dict(base.path), is_ibid=True, is_bare_ibid=True
        )
        ibid.unit, ibid.leaves, ibid.is_suspect = base.unit, base.leaves, base.is_suspect
        self._current = ibid

    def _handle_level(self, token: Token) -> None:
        current = self._current
        if current is None:
            if not token.is_bare_letter:
                self._current = self._set_level(
                    ReferenceCandidate(None, token.start, token.end), token
                )
            return
        gap, rank = self._gap_before(token), RANKS[token.name]
        if current.is_bare_ibid and gap is not TokenGap.PROSE:
            successor = current.make_successor(token, rank)
            successor.start, successor.is_ibid = current.start, True
            self._current = self._set_level(successor, token)
        elif rank > current.rank and not current.leaves:
            self._descend_to(token, current, gap)
        else:
            self._start_next(token, current, gap)

    def _descend_to(self, token: Token, current: ReferenceCandidate, gap: TokenGap) -> None:
        if gap is TokenGap.PROSE:
            if token.is_bare_letter:
                return
            self._finish_current(token.start)
            self._current = self._set_level(ReferenceCandidate(None, token.start, token.end), token)
            return
        if gap is TokenGap.ODD:
            current.mark_suspect(
                "unread-part", f"Between its parts stands “{self._text_before(token)}”."
            )
        self._set_level(current, token)

    def _start_next(self, token: Token, current: ReferenceCandidate, gap: TokenGap) -> None:
        rank = RANKS[token.name]
        if gap is TokenGap.PROSE and token.is_bare_letter:
            return
        between = self._text[current.end : token.start]
        is_certain = (
            gap is TokenGap.LISTED
            or (gap is TokenGap.BOUND and "," in between)
            or token.name == "fond"
        )
        is_unexpected = token.name in _BETWEEN_OTHERS and token.name not in current.path
        if is_unexpected or (gap is TokenGap.ODD) or not (is_certain or gap is TokenGap.PROSE):
            current.mark_suspect(
                "level-out-of-order", f"“{token.value}” stands where it cannot belong."
            )
            current.end = token.end
            return
        self._finish_current(token.start)
        successor = current.make_successor(token, rank)
        if gap is TokenGap.PROSE and token.name != "fond":
            successor.mark_suspect(
                "far-apart", "Words stand between this and what it may belong to."
            )
        self._current = self._set_level(successor, token)

    def _handle_leaves(self, token: Token) -> None:
        current = self._current
        if current is None:
            return
        gap, unit = self._gap_before(token), "p" if token.kind is TokenKind.PAGES else token.unit
        if current.is_bare_ibid and gap is not TokenGap.PROSE:
            current.leaves = ()
        if gap is TokenGap.PROSE and (token.is_bare_letter or not self._may_follow(current, unit)):
            return
        if current.leaves and gap in {TokenGap.BOUND, TokenGap.ODD}:
            current.mark_suspect(
                "two-leaf-groups", "Two groups of leaves with nothing between them."
            )
        elif current.leaves:
            self._finish_current(token.start)
            current = self._current = current.make_successor(token, len(RANKS))
        elif gap is TokenGap.ODD:
            current.mark_suspect(
                "unread-part", f"Between its parts stands “{self._text_before(token)}”."
            )
        current.set_leaves(token, unit)

    def _may_follow(self, current: ReferenceCandidate, unit: str) -> bool:
        """Return whether leaves after prose continue earlier leaves; doubt a file without any."""
        if not current.leaves and unit == "l" and "delo" in current.path:
            current.mark_suspect(
                "far-apart", "Words stand between the file and leaves it may go with."
            )
        return bool(current.leaves) and unit == current.unit == "l"

    def _set_level(self, candidate: ReferenceCandidate, token: Token) -> ReferenceCandidate:
        value = expand_range_end(token.value) if token.is_plural else token.value
        candidate.end = token.end
        try:
            candidate.path[token.name] = normalize_fond_value(
                candidate.archive or "", token.name, value
            )
        except ValueError as error:
            candidate.mark_suspect("value", f"{error}.")
        return candidate

    def _is_papka(self, token: Token, following: Sequence[Token]) -> bool:
        current = self._current
        if current is None or "delo" in current.path or "opis" not in current.path or not following:
            return False
        return following[0].name == "delo" and bool(re.fullmatch(VALUE, token.value))

    def _text_before(self, token: Token) -> str:
        assert self._current is not None
        return self._text[self._current.end : token.start].strip(" .,;")

    def _finish_current(self, before: int) -> None:
        candidate, self._current = self._current, None
        if candidate is None or not (candidate.path or candidate.is_ibid):
            return  # an archive's name alone cites nothing
        if (
            candidate.archive is None
            and not candidate.is_ibid
            and not {"fond"} < candidate.path.keys()
        ):
            return
        if candidate.path and _DOUBTFUL_REST.match(self._text[candidate.end : before]):
            candidate.mark_suspect("unread-rest", "More follows that may belong to it.")
        self._candidates.append(candidate)


def _are_one(code: str | None, other: str) -> bool:
    """Return whether an archive in words and one in letters, perhaps shared by others, are one."""
    archive = find_archive(code or "")
    return code == other or (archive is not None and other in archive.shared_letters)
