"""From a page image to a reading: prepare, recognize, keep; in child processes."""
