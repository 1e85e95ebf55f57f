"""Dates: EDTF, how people write them, and how formats and citations want them."""
