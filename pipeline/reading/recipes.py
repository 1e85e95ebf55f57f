"""Names of the ways in which pixels are made: part of the cache's keys and of provenance.

Change a name when its module gives other pixels for the same bytes.
"""

EXTRACTION = "pages/1"  #: pages.py: from a scan to page images
PREPARATION = "evidence/1"  #: reading/: how a page image is prepared, read and judged
