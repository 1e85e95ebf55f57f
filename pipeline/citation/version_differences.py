"""The differences between two versions of a record, in lines for a person."""

from collections.abc import Iterator, Mapping, Sequence

from pipeline.citation.pin import word_differences
from pipeline.cleaning.edits import apply_edits
from pipeline.record.changes import VersionChanges
from pipeline.record.record import Record
from pipeline.wording import one_line

_MAX_CHARS = 100  #: of a value in a line; of a longer text only the words that differ are shown
_INDENT = "    "


def difference_lines(changes: VersionChanges, old: Record) -> list[str]:
    """Return lines on the description, the settings and the words of each page that differ."""
    lines: list[str] = []
    for change in (*changes.fields, *changes.settings):
        lines += value_differences(change.field.replace("_", " "), change.before, change.after)
    texts = {page.number: page.reading_text for page in old.pages}
    for page in changes.pages:
        leaf = f", leaf {page.leaf}" if page.leaf else ""
        before = texts.get(page.page, "")
        lines.append(f"page {page.page}{leaf}")
        lines += _indented(word_differences(before, apply_edits(before, page.edits)))
    return lines or ["There is no difference."]


def value_differences(name: str, before: object, after: object) -> Iterator[str]:
    """Yield lines on two JSON values of a name.

    >>> list(value_differences("title", None, "Cable")), list(value_differences("n", [1], [1, 2]))
    (['title: none → Cable'], ['n: added 2'])
    """
    if before == after:
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in dict.fromkeys([*before, *after]):
            yield from value_differences(f"{name}, {key}", before.get(key), after.get(key))
    elif isinstance(before, list) and isinstance(after, list):
        yield from _list_differences(name, before, after)
    elif isinstance(before, str) and isinstance(after, str) and _is_long(before + after):
        yield f"{name}:"
        yield from _indented(word_differences(before, after))
    else:
        yield f"{name}: {_shown(before)} → {_shown(after)}"


def _list_differences(name: str, before: list[object], after: list[object]) -> Iterator[str]:
    removed = [item for item in before if item not in after]
    added = [item for item in after if item not in before]
    if len(removed) == len(added):
        for old, new in zip(removed, added, strict=True):
            yield from value_differences(_name_of(name, old, new), old, new)
        if not removed:
            yield f"{name}: in another order"
        return
    yield from (f"{name}: removed {_shown(item)}" for item in removed)
    yield from (f"{name}: added {_shown(item)}" for item in added)


def _name_of(name: str, old: object, new: object) -> str:
    """Return the name of an item: that of its list, and what both versions of it share."""
    if not (isinstance(old, Mapping) and isinstance(new, Mapping)):
        return name
    shared = (value for key, value in old.items() if value and new.get(key) == value)
    text = next((value for value in shared if isinstance(value, str)), "")
    return f"{name} ({text})" if text and not _is_long(text) else name


def _shown(value: object) -> str:
    """Return a JSON value as a person writes it, on one line."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        pairs = [f"{key.replace('_', ' ')} {_shown(item)}" for key, item in value.items() if item]
        return _shorten(", ".join(pairs))
    if isinstance(value, Sequence) and not isinstance(value, str):
        return _shorten("; ".join(map(_shown, value)))
    return "none" if value is None else _shorten(str(value))


def _shorten(text: str) -> str:
    line = one_line(text)
    return f"{line[:_MAX_CHARS]}…" if _is_long(line) else line or "none"


def _is_long(text: str) -> bool:
    return len(text) > _MAX_CHARS or "\n" in text


def _indented(lines: Sequence[str]) -> Iterator[str]:
    return (f"{_INDENT}{line}" for line in lines)
