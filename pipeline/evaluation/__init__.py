"""Error rates of pages by set, page and recipe, before and after cleaning."""
