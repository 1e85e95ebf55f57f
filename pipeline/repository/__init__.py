"""The published archive in ``output/``: versions, bags, the catalogue, checks and copies."""
