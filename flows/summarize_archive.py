"""The Prefect flow ``summary``: the state of the archive as an artifact, each night."""

from prefect import flow
from prefect.artifacts import create_markdown_artifact
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from flows import runtime
from flows.ui.markdown import escape_markdown
from pipeline.errors import OpisError
from pipeline.ingest.archive_summary import summarize_archive


@flow(name="summary", flow_run_name="summary of the archive")
def summarize() -> State[None]:
    """Report what the last day brought, what waits for review, fixity, and room on the disk."""
    try:
        settings = runtime.archive_settings(None, or_receipts=True)
        summary = summarize_archive(settings, runtime.get_clock())
    except OpisError as error:
        return Failed(message=str(error))
    lines = list(summary.lines())
    listed = "\n".join(f"- {escape_markdown(line)}" for line in lines)
    create_markdown_artifact(f"# The archive\n\n{listed}\n", key="summary")
    return Completed(
        name="Attention" if summary.has_trouble else "Completed", message=" ".join(lines)
    )
