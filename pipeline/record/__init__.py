"""The normalized record and its provenance: their schema and their assembly."""
