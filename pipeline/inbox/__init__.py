"""The inbox folder: find scans, claim them, move or remove them; checks of its disk."""
