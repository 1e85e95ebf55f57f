"""Inspection of scans, and page images out of PDFs and image files."""
