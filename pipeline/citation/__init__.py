"""Citations of a record: in words, as data for reference managers, pinned to a version."""
