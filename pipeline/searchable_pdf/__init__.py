"""The searchable PDF: the scan's own pages and an invisible text over them."""
