r"""From what the engine read to a text for reading, by small named steps that can be undone.

A step never hands back a new text: it hands back *edits* of the one it was given. The edits are
published with the record, so that any program, without this code, can replay them to get the
reading text, undo them to get the raw reading byte for byte, and follow any word back.

Nothing is invented: a step may remove, join or exchange look-alike letters, never add a word.
The roles of the lines (``pipeline.layout``) say where paragraphs begin and what is left out for its
place on the page; that is done first (``LAYOUT_STEPS``). All other steps see only text
(``TEXT_STEPS``).
Only NFC: NFKC would lose ſ, № and superscripts.

A new step is a function in ``letters``, ``habits`` or ``lineends``, an entry in ``TEXT_STEPS``, its
cases and its "must not change" cases in ``tests/cases/clean.json``, and a row in
``docs/cleaning.md``. Its key in ``TEXT_STEPS`` is published with every record and never changes,
whatever the function is called.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from pipeline.cleaning.edits import CleanText, Edit
from pipeline.cleaning.layout_edits import leave_out_furniture, set_paragraphs
from pipeline.cleaning.letters import compose, drop_invisible, type_in_cyrillic, unmix_scripts
from pipeline.cleaning.lineends import join_broken_words
from pipeline.cleaning.pageends import PAGE_END_STEP, PAGE_START_STEP
from pipeline.cleaning.typewriter import close_up_letters, drop_marks, mend_numbers, name_points
from pipeline.text import Role

#: What the layout asks for, by published name; done once and first.
LAYOUT_STEPS: Mapping[str, Callable[[str, Sequence[Role]], Iterator[Edit]]] = {
    "leave-out-furniture": leave_out_furniture,
    "set-paragraphs": set_paragraphs,
}
#: What the text itself asks for, by published name; in this order, until none has anything to do.
TEXT_STEPS: Mapping[str, Callable[[str], Iterator[Edit]]] = {
    "drop-invisible": drop_invisible,
    "compose": compose,
    "drop-marks": drop_marks,
    "close-up-letters": close_up_letters,
    "unmix-scripts": unmix_scripts,
    "type-in-cyrillic": type_in_cyrillic,
    "mend-numbers": mend_numbers,
    "name-points": name_points,
    "join-broken-words": join_broken_words,
}


def clean(raw: str, roles: Sequence[Role] = ()) -> CleanText:
    """Shape the text by its layout, then apply the steps until none of them changes it.

    Args:
        raw: as the engine read it.
        roles: of its lines that are not empty, in order; none where the layout is unknown.
    """
    text = CleanText(raw)
    for name, shape in LAYOUT_STEPS.items() if roles else ():
        text = text.after_step(name, shape(text.text, roles))
    while True:
        before = text
        for name, step in TEXT_STEPS.items():
            text = text.after_step(name, step(text.text))
        if text is before:
            return text


def step_names() -> tuple[str, ...]:
    """Return the published names of all steps, in their order; those of page ends come last."""
    return (*LAYOUT_STEPS, *TEXT_STEPS, PAGE_END_STEP, PAGE_START_STEP)
