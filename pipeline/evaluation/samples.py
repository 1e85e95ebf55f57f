"""Finds scans with transcriptions, and the languages and series of each scan.

A transcription ``NAME.gt.txt`` is beside ``NAME.jpg`` or any other scan; form feeds separate the
pages of a scan.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from pipeline.description.merge import find_sources, merge_sources
from pipeline.errors import SetupError
from pipeline.ocr.engine import Engine
from pipeline.ocr.engines import make_engine, signature_of
from pipeline.ocr.language_codes import detectable_languages
from pipeline.settings import Settings
from pipeline.system.folders import list_files

GROUND_TRUTH_SUFFIX = ".gt.txt"
_SCAN_SUFFIXES = frozenset(
    [".pdf", ".jpg", ".jpeg", ".png", ".tif", ".tiff", ".jp2", ".j2k", ".bmp", ".gif", ".webp"]
)


@dataclass(frozen=True, slots=True)
class Sample:
    """A scan with the transcriptions of its pages."""

    scan: Path
    set: str  #: the folder, relative to the one that was searched
    series: str  #: of its documents; the set if none is known
    transcriptions: tuple[str, ...]  #: one per page
    languages: tuple[str, ...]  #: the engine's codes; of several, one is detected for each page
    languages_from: str  #: ``option``, ``defaults`` (of the folder) or ``found`` (by detection)


def find_samples_for(
    settings: Settings, folder: Path, languages: tuple[str, ...], series: Mapping[str, str]
) -> tuple[list[Sample], list[str]]:
    """Return the same as `find_samples`, with the engine of the settings.

    Raises:
        SetupError: as there, or a model is missing.
        DescriptionError: as there.
    """
    engine = make_engine(settings.engine_choice, settings.languages, settings.page_timeout)
    signature_of(settings.engine_choice, languages)
    return find_samples(folder, languages, engine, series)


def find_samples(
    folder: Path,
    languages: tuple[str, ...],
    engine: Engine,
    series: Mapping[str, str] = MappingProxyType({}),
) -> tuple[list[Sample], list[str]]:
    """Return the scans under a folder that have a transcription, and sentences on the others.

    Args:
        folder: is searched with its subfolders.
        languages: the engine's codes for all scans; empty: those of each folder's
            ``_defaults.yaml``, or all that can be found by reading if it names none.
        engine: knows its installed languages and its codes.
        series: of scans, by their names without suffix.

    Raises:
        SetupError: no scan has a transcription, or the engine does not run.
        DescriptionError: a ``_defaults.yaml`` is invalid.
    """
    samples, problems = list[Sample](), list[str]()
    installed = tuple(sorted(engine.installed_languages()))
    candidates = detectable_languages(installed) or installed
    listing = list_files(folder)
    for scan in (path for path in listing.files if path.suffix.lower() in _SCAN_SUFFIXES):
        truth = scan.with_name(scan.stem + GROUND_TRUTH_SUFFIX)
        if truth.is_file():
            codes, origin = _languages_of(scan, folder, engine, languages, candidates)
            texts = tuple(truth.read_text("utf-8").removesuffix("\f").split("\f"))
            subfolder = scan.parent.relative_to(folder).as_posix()
            name = folder.resolve().name if subfolder == "." else subfolder
            found = series.get(scan.stem, name)
            samples.append(Sample(scan, name, found, texts, codes, origin))
        else:
            problems.append(f"{scan} has no transcription {truth.name}")
    unlistable = [problem.reason for problem in listing.problems]
    if not samples:
        msg = f"{folder} holds no scan with a transcription NAME{GROUND_TRUTH_SUFFIX} beside it."
        raise SetupError(" ".join([msg, *unlistable[:1]]))
    problems += [f"{path} has no scan beside it" for path in _unmatched(listing.files, samples)]
    return samples, problems + unlistable


def _unmatched(files: Sequence[Path], samples: Sequence[Sample]) -> list[Path]:
    """Return the transcriptions among files that belong to none of the samples."""
    matched = {sample.scan.with_name(sample.scan.stem + GROUND_TRUTH_SUFFIX) for sample in samples}
    truths = (path for path in files if path.name.endswith(GROUND_TRUTH_SUFFIX))
    return [path for path in truths if path not in matched]


def samples_of_series(samples: Sequence[Sample], names: Sequence[str]) -> list[Sample]:
    """Return the samples that belong to these series, or all if no series is named.

    Raises:
        SetupError: no sample belongs to one of them.
    """
    known = {sample.series for sample in samples}
    if unknown := [name for name in names if name not in known]:
        msg = f"There is no series {unknown[0]}. There are: {', '.join(sorted(known))}."
        raise SetupError(msg)
    return [sample for sample in samples if not names or sample.series in names]


def _languages_of(
    scan: Path, folder: Path, engine: Engine, option: tuple[str, ...], candidates: tuple[str, ...]
) -> tuple[tuple[str, ...], str]:
    if option:
        return option, "option"
    language = merge_sources(find_sources(scan, folder)).description.language
    if language is None:
        return candidates, "found"
    return (engine.language_code(language),), "defaults"
