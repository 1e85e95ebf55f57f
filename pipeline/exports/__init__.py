"""The export formats: one module each, and their registry."""
