"""From what the engine read to a text for reading, by named edits that can be undone."""
