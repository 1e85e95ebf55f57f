"""From a scanned file to a citable record; uses no Prefect, system clock or environment.

From the ground up (a package imports only from lower lines; ``docs/architecture.md`` has the map):

errors, fixity, text   errors and their messages; digests; words, lines and blocks of a page
owner_lock, wording    notes that end with their owner; plurals, escaped characters
references             archival references: find in text, parse, format, make ids
model, settings        values that all stages share; settings and their checks
dates                  EDTF; parse written dates; dates for formats and citations
layout, cleaning       roles of lines; named steps from raw text to reading text
imaging                page images from PDF and image files
inbox                  files of the inbox: find, claim, move, remove
text_metrics           error rates; verdicts on text layers
ocr                    preparation and OCR of one page image
description            descriptions from sidecars, folders, index.csv and file names
corrections            what people say about lines of page images, fitted to a reading
searchable_pdf         the scan with an invisible text layer
scan                   an admitted scan, a page that was read
record                 the normalized record, its provenance, changes between versions
workers                OCR in child processes; page runs and their cache
citation, evaluation   citations as text and as data; error rates against transcriptions
exports                one module for each format
repository             published versions: write, verify, catalogue, search, copies
ingest, site           a batch from inbox to records; the public site
review                 lines to compare with their images, and what people decide
certification          the error of a collection, estimated from lines drawn at random
"""
