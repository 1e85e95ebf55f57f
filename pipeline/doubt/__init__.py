"""Words that may be wrong, and what they may be instead: letters that a record misreads."""
