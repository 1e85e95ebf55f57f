"""What lies in ``output/``: bags, versions, the catalogue, and the checks of them."""
