"""The searchable PDF: the scan's own pages with an invisible text layer."""
