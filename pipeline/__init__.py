"""From a scanned file to a citable record; knows nothing of Prefect, clock or environment."""
