#!/bin/sh
# Ingests the bundled letter. A second run finds the record published.
set -eu
cd "$(dirname "$0")/.."

letter=RGASPI_f558_op11_d330_ll0110-0113
cp "samples/$letter.pdf" "samples/$letter.yaml" inbox/
./opis ingest
echo
./opis list
./opis verify
cat <<END

Go on with these:
  ./opis show rgaspi-f558-op11-d330-l0110-0113
  ./opis search Гоминьдан
  ./opis site --serve     # the reading room: http://127.0.0.1:4201
  ./opis desk             # makes the text right, line by line: http://127.0.0.1:4201/desk/
  ./opis serve            # Prefect's UI: http://127.0.0.1:4200; takes in scans as they arrive
END
