"""Everybody whom a record names, and in which part."""

from pipeline.record.record import Name, Record


def all_names(record: Record) -> tuple[Name, ...]:
    """Return all names, those too that stand in a plain field only; each part once."""
    known = {(name.role, name.as_given) for name in record.names}
    plain = [("creator", record.creator), ("recipient", record.recipient)]
    plain += [("contributor", name) for name in record.contributors]
    plain += [("translator", one.translator) for one in record.translations]
    more = dict.fromkeys(both for both in plain if both[1] and both not in known)
    others = (Name(value=name, role=role, as_given=name) for role, name in more if name)
    return (*record.names, *others)


def names_in_role(record: Record, *roles: str) -> tuple[Name, ...]:
    """Return those who have one of these parts."""
    return tuple(name for name in all_names(record) if name.role in roles)
