"""Clean the engine's text into a reading text, by named edits that can be undone."""
