"""The Prefect flow ``verify-fixity``: checks every published record."""

from typing import Any

from prefect import flow
from prefect.artifacts import create_table_artifact
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from flows import runtime
from flows.ui import run_log
from flows.ui.markdown import escape_markdown
from pipeline.repository.audit import check_archive
from pipeline.repository.audit_note import note_audit
from pipeline.wording import plural


@flow(name="verify-fixity", flow_run_name="verify all records")
def verify_fixity() -> State[Any]:
    """Check every digest, manifest and invariant of the published records.

    A run that finds damage ends in the state Damage and lists it in its table; it repairs nothing.
    """
    settings = runtime.load_settings({})
    run_log.prepare_log(settings)
    checked, findings = check_archive(settings, [])
    note_audit(checked, findings, settings, runtime.get_clock())
    count = f"{plural(checked, 'version')} checked"
    if not findings:
        return Completed(message=f"{count}, all as they were published.")
    rows = [
        {
            "File": escape_markdown(finding.path),
            "Damage": finding.damage.value,
            "Detail": escape_markdown(finding.detail),
        }
        for finding in findings
    ]
    create_table_artifact(table=rows, key="verify-fixity", description=f"# Damage\n\n{count}")
    first = f"{findings[0].path}: {findings[0].detail}"
    more = f" and {len(findings) - 1} more; see the table" if len(findings) > 1 else ""
    return Failed(name="Damage", message=f"{count}. {first}{more}.")
