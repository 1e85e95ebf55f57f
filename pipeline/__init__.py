"""From a scanned file to a citable record; knows nothing of Prefect, clock or environment.

From the ground up (a package imports only from lower lines; ``docs/architecture.md`` has the map):

errors, fixity, text   what goes wrong, in words; digests; words, lines and blocks of a page
owner_lock, wording    notes that last as long as their owner; counts and odd characters in words
references             archival references: found in text, read, printed, named
model, settings        values that all share; settings and their checks
dates                  EDTF, dates as people write them, as formats and citations want them
layout, cleaning       the role of each line; from raw text to reading text by named steps
imaging                page images out of PDF, TIFF, JPEG, PNG and JPEG 2000
inbox                  files dropped: which have settled, who works on them, where they go
text_metrics           error rates, and what a text layer is worth
ocr                    reading one page image
description            what sidecars, folders, index.csv and file names say of a scan
searchable_pdf         the scan with an invisible text layer
scan                   a scan that was admitted, a page that was read
record                 the normalized record, its provenance, its versions' differences
workers                reading in child processes; page runs and their cache
citation, evaluation   citations in words and as data; error rates against transcriptions
exports                one module a format
repository             published versions: write, verify, catalogue, search, copies
ingest, site           a batch from inbox to records; the public pages
"""
