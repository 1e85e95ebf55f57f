"""Versioned names of extraction, preparation and derivatives: in cache keys and in provenance.

Change a name when its code gives other pixels, or another reading, for the same bytes.
"""

from enum import StrEnum

EXTRACTION = "pages/2"  #: pipeline/imaging: from a scan to page images
PREPARATION = "evidence/7"  #: pipeline/ocr: preparation, recognition and choice of readings

DERIVATIVES = "pictures/1"  #: imaging/derivatives.py: from page images to images for a screen


class Recipe(StrEnum):
    """How a page is read. Ingest reads by evidence; the other recipes are for comparison."""

    EVIDENCE = "evidence"  #: GENERAL first, then others where the evidence is doubtful
    GENERAL = "general"  #: prepared; the engine's page layout, one threshold for the page
    LOCAL = "local"  #: prepared; the engine's page layout, a threshold by neighbourhood
    BLOCK = "block"  #: prepared; one block of lines, a threshold by neighbourhood
    UNTOUCHED = "untouched"  #: the page image as it is, all languages at once
