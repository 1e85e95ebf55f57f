"""One small writer for each format that a record is given out in."""
