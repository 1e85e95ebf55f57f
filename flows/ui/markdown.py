"""Markdown for the artifacts of a run."""

import re


def escape_markdown(text: str) -> str:
    """Return a text with Markdown's special characters escaped; file names may contain any."""
    return re.sub(r"([\\`*_\[\]<>#|!])", r"\\\1", text)
