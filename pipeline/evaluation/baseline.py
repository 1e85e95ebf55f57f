"""The quality gate: the error of an evaluation against that of an earlier one, page by page.

The earlier one is a JSON file, the baseline. Only pages that both have, in the same set and by the
same recipe, are compared; their mean is weighted by the characters of the transcriptions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from pipeline.errors import SetupError
from pipeline.evaluation.results import PageResult
from pipeline.model import FrozenModel
from pipeline.wording import plural

_MEASURES = {"line_error": "line error", "cer": "character error"}


class BaselinePage(FrozenModel):
    """The error of one page, as read and as cleaned."""

    set: str
    name: str
    page: int  #: 1-based
    recipe: str
    characters: int  #: of the transcription
    line_error: float  #: 0..1, as read
    cer: float  #: 0..1, as cleaned

    @property
    def key(self) -> tuple[str, str, int, str]:
        """What makes it the same page of two evaluations."""
        return self.set, self.name, self.page, self.recipe


class Baseline(FrozenModel):
    """The pages of an evaluation that later ones are compared with."""

    pages: tuple[BaselinePage, ...]


@dataclass(frozen=True, slots=True)
class GateResult:
    """How an evaluation compares with its baseline."""

    compared: int  #: pages that both have
    lines: tuple[str, ...]  #: sentences for a person, one for each measure and difference of pages
    grown: tuple[str, ...]  #: the measures that grew by more than the tolerance; none: it passed


def baseline_of(results: Sequence[PageResult]) -> Baseline:
    """Return the baseline that an evaluation makes."""
    return Baseline(
        pages=tuple(
            BaselinePage(
                set=result.set, name=result.name, page=result.page, recipe=result.recipe.value,
                characters=result.characters, line_error=result.raw.line_error,
                cer=result.cleaned.cer,
            )
            for result in results
        )
    )  # fmt: skip


def compare_with_file(path: Path, results: Sequence[PageResult], tolerance: float) -> GateResult:
    """Compare an evaluation with the baseline in a file, or write the file if there is none.

    Args:
        path: of the file.
        results: of the evaluation.
        tolerance: percentage points by which an error may grow.

    Raises:
        SetupError: the file is no baseline, or has none of these pages.
        OSError: it cannot be written.
    """
    now = baseline_of(results)
    if not path.exists():
        path.write_text(now.model_dump_json(indent=1), "utf-8")
        return GateResult(0, (f"Written to {path}: later evaluations are compared with it.",), ())
    return compare_with_baseline(load_baseline(path), now, tolerance)


def load_baseline(path: Path) -> Baseline:
    """Return a baseline from its file.

    Raises:
        SetupError: it cannot be read or is none.
    """
    try:
        return Baseline.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        msg = f"{path} is no baseline of `opis evaluate`: {error}"
        raise SetupError(msg) from error


def compare_with_baseline(before: Baseline, now: Baseline, tolerance: float) -> GateResult:
    """Return how an evaluation compares with an earlier one.

    Args:
        before: the earlier one.
        now: of today.
        tolerance: percentage points by which an error may grow.

    Raises:
        SetupError: they have no page in common: nothing can be compared.
    """
    old = {page.key: page for page in before.pages}
    new = {page.key: page for page in now.pages}
    common = [key for key in new if key in old]
    if not common:
        msg = "The baseline has none of these pages: nothing can be compared."
        raise SetupError(msg)
    lines, grown = [], []
    for measure, name in _MEASURES.items():
        was, is_now = (100 * _mean([side[key] for key in common], measure) for side in (old, new))
        has_grown = is_now - was > tolerance
        verdict = f"grew by more than {tolerance:g} points" if has_grown else "has not grown"
        lines.append(
            f"The {name} of {plural(len(common), 'page')} {verdict}: {was:.2f} % then, "
            f"{is_now:.2f} % now."
        )
        grown += [name] if has_grown else []
    if lost := len(old) - len(common):
        lines.append(f"Not compared, because only the baseline has them: {plural(lost, 'page')}.")
    if added := len(new) - len(common):
        lines.append(f"Not compared, because the baseline lacks them: {plural(added, 'page')}.")
    return GateResult(len(common), tuple(lines), tuple(grown))


def _mean(pages: Sequence[BaselinePage], measure: str) -> float:
    """Return the mean of a measure, weighted by characters; 0 of pages without any."""
    total = sum(page.characters for page in pages)
    weighted = sum(float(getattr(page, measure)) * page.characters for page in pages)
    return weighted / total if total else 0.0
