"""The inbox folder: which scans lie in it, who claims them, and where they go."""
