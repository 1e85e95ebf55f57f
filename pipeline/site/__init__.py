"""The reading room: a static site of the published records."""
