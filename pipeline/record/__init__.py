"""The normalized record and its provenance: what they hold and how they are assembled."""
