"""The description of a scan: what the command line, folders, file name and sidecar say of it.

The nearest wins, field by field: command line < folders, outermost first < file name < sidecar;
where each value came from is kept. What is missing stays missing. A file name and a sidecar
that name different places contradict each other, and stop the scan: it is nearly always misfiled.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, TypeAlias

import langcodes
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, field_validator

from pipeline.dates import is_edtf
from pipeline.errors import DescriptionError
from pipeline.model import Concern, Issue
from pipeline.reference import ArchivalReference, Leaf, from_file_name, parse_all
from pipeline.sidecar import Value, read_sidecar

COMMAND_LINE, DEFAULTS = "command line", "folder defaults"
FILE_NAME, SIDECAR = "file name", "sidecar"
DEFAULTS_NAME = "_defaults.yaml"
_SUFFIXES = (".yaml", ".yml", ".json")
_CNE = "http://rightsstatements.org/vocab/CNE/1.0/"  # copyright not evaluated
_LANGUAGES = {
    "russian": "ru",
    "русский": "ru",
    "english": "en",
    "английский": "en",
    "chinese": "zh",
    "french": "fr",
    "german": "de",
    "polish": "pl",
    "ukrainian": "uk",
    "spanish": "es",
    "italian": "it",
    "czech": "cs",
    "danish": "da",
    "hungarian": "hu",
    "bulgarian": "bg",
    "korean": "ko",
    "romanian": "ro",
    "serbian": "sr",
}


def _one_text(given: object) -> object:
    """Return one text without the space around it; a list is refused."""
    if isinstance(given, str):
        return given.strip() or None
    if given is not None:
        msg = "takes one text, not a list or keys of its own"
        raise ValueError(msg)
    return None


def _texts(given: object) -> object:
    """Return texts as a tuple; one text is a list of one."""
    items = (given,) if isinstance(given, str) else given
    if items is None:
        return ()
    if not isinstance(items, list | tuple) or not all(isinstance(item, str) for item in items):
        msg = "takes a text or a list of texts"
        raise ValueError(msg)
    return tuple(item.strip() for item in items if item.strip())


def _labels(given: object) -> object:
    """Return leaf labels in our form where they can be read, else as given; None is no leaf."""
