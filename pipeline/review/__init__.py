"""Comparing lines with their page images: what to look at first, and what a person decides."""
