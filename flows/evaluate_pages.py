"""The Prefect flow ``evaluate``: a quality gate that fails when an error grows."""

from pathlib import Path

from prefect import flow, get_run_logger
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from flows import runtime, shutdown
from flows.ui.markdown import escape_markdown
from pipeline.errors import OpisError
from pipeline.evaluation.baseline import GateResult, compare_with_file
from pipeline.evaluation.measure import evaluate_samples
from pipeline.evaluation.report import EvaluationReport, build_report
from pipeline.evaluation.samples import find_samples_for
from pipeline.evaluation.series import series_of_folder
from pipeline.ocr.recipes import Recipe
from pipeline.settings import Settings


@flow(name="evaluate", flow_run_name="evaluate {folder}")
def evaluate(folder: str, baseline: str = "", tolerance: float = 0.1) -> State[None]:
    """Read pages that have a transcription, and fail if an error is greater than it was.

    The first run writes the baseline; to accept a greater error, delete that file.

    Args:
        folder: scans with their transcriptions `NAME.gt.txt` beside them.
        baseline: a file with the errors of an earlier evaluation; empty: `baseline.json` in the
            folder.
        tolerance: percentage points by which an error may grow.
    """
    settings = runtime.load_settings({})
    shutdown.reinstall_sigterm()
    path = Path(baseline) if baseline else Path(folder) / "baseline.json"
    with shutdown.close_on_cancel(lambda: runtime.worker_pool(settings).close()):
        try:
            report = _evaluate(Path(folder), settings)
            result = compare_with_file(path, report.pages, tolerance)
        except (OpisError, OSError) as error:
            return Failed(message=str(error))
    _publish_tables(report, result)
    message = " ".join(result.lines)
    if result.grown:
        return Failed(name="Worse", message=message)
    return Completed(message=message)


def _evaluate(folder: Path, settings: Settings) -> EvaluationReport:
    # The languages are the folder's, as in `opis evaluate`: a baseline may be of either.
    samples, problems = find_samples_for(settings, folder, (), series_of_folder(folder))
    for sentence in problems:
        get_run_logger().warning(sentence)
    workers = runtime.worker_pool(settings)
    return build_report(list(evaluate_samples(samples, [Recipe.EVIDENCE], settings, workers)))


def _publish_tables(report: EvaluationReport, result: GateResult) -> None:
    """Publish the errors of each set of pages, and the sentences of the gate."""
    rows = [
        {
            "Set": escape_markdown(group.set), "Pages": str(group.pages),
            "Failed": str(group.failed), "Line error": f"{group.raw.line_error:.2%}",
            "Character error, cleaned": f"{group.cleaned.cer:.2%}",
            "Word error, cleaned": f"{group.cleaned.wer:.2%}",
        }
        for group in report.sets
    ]  # fmt: skip
    create_table_artifact(table=rows, key="evaluate", description="# Errors by set")
    lines = "\n".join(f"- {escape_markdown(line)}" for line in result.lines)
    create_markdown_artifact(f"# Quality gate\n\n{lines}\n", key="quality-gate")
