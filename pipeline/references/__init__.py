"""What an archivist says of a scan: sidecars, file names, references, leaves, dates."""
