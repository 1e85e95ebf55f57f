r"""Clean the engine's text into a reading text, by small named steps that can be undone.

A step does not return a new text but *edits* of its input. The edits are published with the
record, so that any program, without this code, can replay them to get the reading text, undo them
to get the raw text byte for byte, and trace any word.

Nothing is invented: a step may remove, join or exchange look-alike letters, never add a word.
The layout steps (``LAYOUT_STEPS``) come first: the roles of the lines (``pipeline.layout``) define
where paragraphs begin and which lines are furniture. The other steps (``TEXT_STEPS``) use only
text. Only NFC: NFKC would lose ſ, № and superscripts.

A new step is a function in ``letters``, ``typewriter`` or ``lineends``, an entry in ``TEXT_STEPS``,
its cases and its "must not change" cases in ``tests/cases/clean.json``, and a row in
``docs/cleaning.md``. Its key in ``TEXT_STEPS`` is published with every record and never changes,
even if the function is renamed.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from pipeline.cleaning.edits import (
    CORRECTION_STEP,
    Change,
    CleanText,
    Edit,
    protected_spans,
    shift_spans,
)
from pipeline.cleaning.layout_edits import leave_out_furniture, set_paragraphs
from pipeline.cleaning.letters import compose, drop_invisible, type_in_cyrillic, unmix_scripts
from pipeline.cleaning.lineends import CompoundWords, join_broken_words
from pipeline.cleaning.pageends import PAGE_END_STEP, PAGE_START_STEP
from pipeline.cleaning.typewriter import close_up_letters, drop_marks, mend_numbers, name_points
from pipeline.text import Role

_JOIN_STEP = "join-broken-words"
#: Steps that use the layout, by published name; applied first, and once.
LAYOUT_STEPS: Mapping[str, Callable[[str, Sequence[Role]], Iterator[Edit]]] = {
    "leave-out-furniture": leave_out_furniture,
    "set-paragraphs": set_paragraphs,
}
#: Steps that use only the text, by published name; repeated in this order until none has edits.
TEXT_STEPS: Mapping[str, Callable[[str], Iterator[Edit]]] = {
    "drop-invisible": drop_invisible,
    "compose": compose,
    "drop-marks": drop_marks,
    "close-up-letters": close_up_letters,
    "unmix-scripts": unmix_scripts,
    "type-in-cyrillic": type_in_cyrillic,
    "mend-numbers": mend_numbers,
    "name-points": name_points,
    _JOIN_STEP: join_broken_words,
}


def clean(
    raw: str,
    roles: Sequence[Role] = (),
    compounds: CompoundWords | None = None,
    corrections: Sequence[Edit] = (),
) -> CleanText:
    """Return the reading text: apply the layout steps, then the text steps until none has edits.

    The corrections of people come first. No step changes a word of a person, but words that are
    broken at a line end are joined.

    Args:
        raw: the text as the engine read it.
        roles: of its non-empty lines, in order; empty if the layout is unknown.
        compounds: the words that keep their hyphen at a line end; None if unknown.
        corrections: edits of the raw text, inside its lines.
    """
    steps = dict(TEXT_STEPS)
    steps[_JOIN_STEP] = partial(join_broken_words, compounds=compounds)
    text = _TextOfPeople.corrected(raw, corrections)
    for name, layout_step in LAYOUT_STEPS.items() if roles else ():
        text = text.after_step(name, layout_step(text.text, roles), protect=False)
    while True:
        before = text
        for name, step in steps.items():
            text = text.after_step(name, step(text.text), protect=name != _JOIN_STEP)
        if text is before:
            return text.cleaned


@dataclass(frozen=True, slots=True)
class _TextOfPeople:
    """A text, and where in it the words of people stand."""

    cleaned: CleanText
    spans: tuple[tuple[int, int], ...] = ()

    @classmethod
    def corrected(cls, raw: str, corrections: Sequence[Edit]) -> "_TextOfPeople":
        spans = protected_spans(Change(CORRECTION_STEP, tuple(corrections)))
        return cls(CleanText(raw).after_step(CORRECTION_STEP, corrections), spans)

    @property
    def text(self) -> str:
        return self.cleaned.text

    def after_step(self, name: str, edits: Iterable[Edit], *, protect: bool) -> "_TextOfPeople":
        """Return the text after a step; the same object if nothing is left to edit."""
        kept = [edit for edit in edits if not (protect and self._touches_words_of_people(edit))]
        if not kept:
            return self
        return _TextOfPeople(self.cleaned.after_step(name, kept), shift_spans(self.spans, kept))

    def _touches_words_of_people(self, edit: Edit) -> bool:
        end = edit.start + len(edit.removed)
        return any(edit.start < after and end > start for start, after in self.spans)


def step_names() -> tuple[str, ...]:
    """Return the published names of all steps in their order; those of page ends come last."""
    return (*LAYOUT_STEPS, *TEXT_STEPS, PAGE_END_STEP, PAGE_START_STEP)
