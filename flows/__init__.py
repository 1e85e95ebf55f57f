"""Puts the stages together: Prefect flows, their plain twins, and the command line."""
