"""The reading room: a static website of the published records."""
