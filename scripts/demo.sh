#!/bin/sh
# Ingests the bundled letter. A second run finds the record published.
set -eu
cd "$(dirname "$0")/.."

letter=RGASPI_f558_op11_d330_ll0110-0113
cp "samples/$letter.pdf" "samples/$letter.yaml" inbox/
uv run --frozen opis ingest
echo
uv run --frozen opis list
uv run --frozen opis verify
