"""The people and bodies whom a record names: their roles, and the order of their names."""

from collections.abc import Iterable

from pipeline.description.name_parts import is_body, split_name
from pipeline.record.record import Name, Record
from pipeline.wording import join_names


def all_names(record: Record) -> tuple[Name, ...]:
    """Return all names, including those only in plain fields; each name once per role.

    Each has kind and parts, as described or else as far as its form tells them.
    """
    named = {(name.role, name.as_given) for name in record.names}
    plain = [("creator", record.creator), ("recipient", record.recipient)]
    plain += [("contributor", name) for name in record.contributors]
    plain += [("translator", translation.translator) for translation in record.translations]
    more = dict.fromkeys(pair for pair in plain if pair[1] and pair not in named)
    others = (Name(value=name, role=role, as_given=name) for role, name in more if name)
    return tuple(map(_with_parts, (*record.names, *others)))


def names_in_role(record: Record, *roles: str) -> tuple[Name, ...]:
    """Return the names that have one of the roles."""
    return tuple(name for name in all_names(record) if name.role in roles)


def names_in_words(names: Iterable[Name], conjunction: str = "and") -> str:
    """Return names as a sentence has them."""
    return join_names([spoken_name(name) for name in names], conjunction)


def spoken_name(name: Name) -> str:
    """Return a name as a sentence has it: as given, but a family name before a comma comes last.

    >>> spoken_name(_with_parts(Name(value="", role="", as_given="Stalin, Joseph")))
    'Joseph Stalin'
    """
    if name.family and name.given and "," in name.as_given:
        return f"{name.given} {name.family}"
    return name.as_given


def sorted_name(name: Name) -> str:
    """Return a name as a list in the order of the alphabet has it, the family name first.

    >>> sorted_name(_with_parts(Name(value="", role="", as_given="И. В. Сталин")))
    'Сталин, И. В.'
    """
    if not (name.family and name.given) or is_family_first(name):
        return name.as_given
    return f"{name.family}, {name.given}"


def is_family_first(name: Name) -> bool:
    """Return whether a name has its family name first by custom, as *Mao Zedong*, *Nagy Imre*.

    A family name before initials (*Сталин И. В.*) is only so in lists.
    """
    parts = f"{name.family} {name.given}"
    return bool(name.family and name.given) and name.as_given == parts and "." not in parts


def _with_parts(name: Name) -> Name:
    """Return a name with its kind and parts as far as its form tells them, if none is described."""
    if name.kind == "body":
        return name
    if name.family is not None:
        return name.model_copy(update={"kind": "person"})
    parts = split_name(name.as_given, [form.value for form in name.forms])
    if parts is not None:
        return name.model_copy(
            update={"kind": "person", "family": parts.family, "given": parts.given}
        )
    kind = name.kind or ("body" if is_body(name.as_given) else None)
    return name.model_copy(update={"kind": kind})
