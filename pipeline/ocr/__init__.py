"""Recognition of a page image: preparation, engines, evidence, language, blank pages."""
