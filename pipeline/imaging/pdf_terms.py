"""Constants for reading PDFs: errors of broken files, modes and operators of text."""

import pikepdf

#: Errors of the libraries on broken files; pdfium's and RecursionError are RuntimeErrors.
PDF_ERRORS = (
    pikepdf.PikepdfError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    ArithmeticError,
    RuntimeError,
)
INVISIBLE_MODE = 3  #: text render mode, ISO 32000-2 table 104
SHOW_OPERATORS = frozenset(["Tj", "TJ", "'", '"'])  #: show text, ISO 32000-2 table 107
