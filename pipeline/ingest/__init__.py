"""A scan from the inbox to its record: admission, page runs, publication, receipts."""
