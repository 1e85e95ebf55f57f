"""How a record is cited: in words, as data for reference managers, and pinned to a version."""
