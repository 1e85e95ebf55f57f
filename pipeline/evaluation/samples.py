"""Scans with transcriptions: who belongs to whom, and which languages a scan is read in.

A transcription ``NAME.gt.txt`` stands beside ``NAME.jpg`` or any other scan; a scan of several
pages has them parted by form feeds.
"""

from dataclasses import dataclass
from pathlib import Path

from pipeline.description.merge import find_sources, merge_sources
from pipeline.errors import SetupError
from pipeline.ocr.engine import Engine

GROUND_TRUTH_SUFFIX = ".gt.txt"
_SCAN_SUFFIXES = frozenset([".pdf", ".jpg", ".jpeg", ".png", ".tif", ".tiff", ".jp2", ".j2k"])


@dataclass(frozen=True, slots=True)
class Sample:
    """A scan with the transcriptions of its pages."""

    scan: Path
    set: str  #: the folder, seen from where the search began
    transcriptions: tuple[str, ...]  #: a page each
    languages: tuple[str, ...]  #: the engine's codes; of several, one is found for each page
    languages_from: str  #: where they are from: option, folder defaults, or found


def find_samples(
    folder: Path, languages: tuple[str, ...], engine: Engine
) -> tuple[list[Sample], list[str]]:
    """Return the scans under a folder that have a transcription, and what is amiss with others.

    Args:
        folder: where to look, with all folders in it.
        languages: the engine's codes that hold for all; none: what each folder's
            ``_defaults.yaml`` says, and where it says nothing all that are installed.
        engine: knows which are installed, and its code of a language.

    Raises:
        SetupError: there is none, or the engine does not run.
        DescriptionError: a ``_defaults.yaml`` cannot be understood.
    """
    samples, amiss = list[Sample](), list[str]()
    every = tuple(sorted(engine.installed_languages()))
    for scan in sorted(path for path in folder.rglob("*") if path.suffix.lower() in _SCAN_SUFFIXES):
        truth = scan.with_name(scan.stem + GROUND_TRUTH_SUFFIX)
        if truth.is_file():
            found, told = _languages_of(scan, folder, engine, languages, every)
            texts = tuple(truth.read_text("utf-8").removesuffix("\f").split("\f"))
            part = scan.parent.relative_to(folder).as_posix()
            name = folder.resolve().name if part == "." else part
            samples.append(Sample(scan, name, texts, found, told))
        else:
            amiss.append(f"{scan} has no transcription {truth.name}")
    if not samples:
        msg = f"{folder} holds no scan with a transcription NAME{GROUND_TRUTH_SUFFIX} beside it."
        raise SetupError(msg)
    known = {sample.scan.with_name(sample.scan.stem + GROUND_TRUTH_SUFFIX) for sample in samples}
    lonely = set(folder.rglob(f"*{GROUND_TRUTH_SUFFIX}")) - known
    return samples, amiss + [f"{path} has no scan beside it" for path in sorted(lonely)]


def _languages_of(
    scan: Path, folder: Path, engine: Engine, given: tuple[str, ...], every: tuple[str, ...]
) -> tuple[tuple[str, ...], str]:
    if given:
        return given, "option"
    named = merge_sources(find_sources(scan, folder)).description.language
    return (every, "found") if named is None else ((engine.language_code(named),), "defaults")
