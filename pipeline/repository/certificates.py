"""Certificates: the estimated error of a collection, for people and for programs.

They stand in ``output/samples``: ``NAME.certificate.json`` and ``NAME.README.txt``.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import AwareDatetime

from pipeline.model import FrozenModel
from pipeline.record.record import dump_json
from pipeline.settings import Settings
from pipeline.wording import join_names, plural


@dataclass(frozen=True, slots=True)
class EstimatedRate:
    """An error rate with its interval; 0..1, or more where more is wrong than stands there."""

    rate: float
    low: float
    high: float


class Certificate(FrozenModel):
    """The estimated error of a collection."""

    sample: str
    when: AwareDatetime
    records: int
    lines: int  #: of the collection
    typed: int  #: lines that people typed
    people: tuple[str, ...]
    characters: EstimatedRate
    words: EstimatedRate

    def text(self) -> str:
        """Return the certificate for people."""
        people = join_names(self.people)
        return (
            f"{_percent(self.characters)} of the characters are wrong.\n"
            f"{_percent(self.words)} of the words are wrong.\n"
            f"Estimated on {self.when:%Y-%m-%d} from {self.typed} of {self.lines:,} lines in "
            f"{plural(self.records, 'record')}, drawn at random (sample {self.sample}) and typed "
            f"from the page images by {people}, without seeing the text.\n"
            "The true value lies within the interval in 95 of 100 such samples. Lines that the "
            "engine did not find at all are not counted."
        )


def write_certificate(certificate: Certificate, settings: Settings) -> Path:
    """Write a certificate beside its sample, for programs and for people; return the latter."""
    folder = settings.output / "samples"
    content = dump_json(json.loads(certificate.model_dump_json()))
    (folder / f"{certificate.sample}.certificate.json").write_text(content, "utf-8")
    file = folder / f"{certificate.sample}.README.txt"
    file.write_text(certificate.text() + "\n", "utf-8")
    return file


def newest_certificate(settings: Settings) -> float:
    """Return when the newest certificate was written, in seconds of the epoch; 0 if none was."""
    files = (settings.output / "samples").glob("*.certificate.json")
    return max((file.stat().st_mtime for file in files), default=0.0)


def load_certificates(settings: Settings) -> Iterator[Certificate]:
    """Yield the certificates of an archive, the newest first."""
    files = (settings.output / "samples").glob("*.certificate.json")
    found = [Certificate.model_validate_json(file.read_bytes()) for file in files]
    yield from sorted(found, key=lambda one: (one.when, one.sample), reverse=True)


def _percent(rate: EstimatedRate) -> str:
    return f"{100 * rate.rate:.2f} % ({100 * rate.low:.2f} to {100 * rate.high:.2f} %)"
