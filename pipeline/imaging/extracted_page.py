"""The pixels of a page as they come out of a scan, with their origin."""

from dataclasses import dataclass

from pipeline.imaging.coloured_ink import BlackWriting
from pipeline.imaging.pixels import Grey
from pipeline.model import Origin, Placement


@dataclass(frozen=True, slots=True, eq=False)  # holds arrays: compared by identity
class ExtractedPage:
    """The pixels of a page, height x width, and their origin."""

    pixels: Grey
    origin: Origin
    placement: Placement
    extraction: str  #: how the pixels were extracted, for users
    damage: str = ""  #: why its image could not be decoded; empty if it could
    writing: BlackWriting | None = None  #: without coloured marks, if some cover the writing
