"""How many errors pages are read with, by set, page and recipe, before and after cleaning."""
