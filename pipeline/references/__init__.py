"""Archival references: archives, their ladders, leaves, and every way to cite them."""
