"""The Prefect flows, the same work without Prefect, the command line and ``opis serve``."""
