"""The people whom a record names, with their roles."""

from pipeline.record.record import Name, Record


def all_names(record: Record) -> tuple[Name, ...]:
    """Return all names, including those only in plain fields; each name once per role."""
    named = {(name.role, name.as_given) for name in record.names}
    plain = [("creator", record.creator), ("recipient", record.recipient)]
    plain += [("contributor", name) for name in record.contributors]
    plain += [("translator", translation.translator) for translation in record.translations]
    more = dict.fromkeys(pair for pair in plain if pair[1] and pair not in named)
    others = (Name(value=name, role=role, as_given=name) for role, name in more if name)
    return (*record.names, *others)


def names_in_role(record: Record, *roles: str) -> tuple[Name, ...]:
    """Return the names that have one of the roles."""
    return tuple(name for name in all_names(record) if name.role in roles)
