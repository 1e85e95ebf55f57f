"""Dates: EDTF, parsing of written forms, and forms for exports and citations."""
