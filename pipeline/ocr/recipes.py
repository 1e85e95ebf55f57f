"""Names of the ways in which pixels are made and read: part of the cache's keys and of provenance.

Change a name when its module gives other pixels, or another reading, for the same bytes.
"""

from enum import StrEnum

EXTRACTION = "pages/2"  #: pages.py: from a scan to page images
PREPARATION = "evidence/2"  #: reading/: how a page image is prepared, read and judged

DERIVATIVES = "pictures/1"  #: pictures.py: from page images to pictures for a screen


class Recipe(StrEnum):
    """How a page is read. Scans are read by evidence; the others are there to be compared."""

    EVIDENCE = "evidence"  #: the general one, then others where the evidence is doubtful
    GENERAL = "general"  #: prepared; the engine's own page layout and threshold
    LOCAL = "local"  #: prepared; a threshold of the neighbourhood
    BLOCK = "block"  #: prepared; a threshold of the neighbourhood, one block of lines
    UNTOUCHED = "untouched"  #: the page image as it is, all languages at once
