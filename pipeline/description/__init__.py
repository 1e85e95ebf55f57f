"""The description of a scan: read from sidecars, tables and file names, checked and merged."""
