"""A Prefect automation that reports runs that failed, crashed, refused a scan or found damage.

It posts to ``notify_url``; without that to serve itself, which prints the notice.
"""

from typing import Any

from prefect.automations import Automation
from prefect.blocks.webhook import Webhook
from prefect.events.actions import CallWebhook
from prefect.events.schemas.automations import EventTrigger, Posture

_AUTOMATION_NAME = "opis-tells-of-failures"  #: in Prefect's databases; another name adds a second
_NOTIFIED_STATES = ("Failed", "Crashed", "Refusals", "Damage")
_PAYLOAD = (
    '{"run": {{ flow_run.name | tojson }}, "state": {{ flow_run.state.name | tojson }}, '
    '"message": {{ flow_run.state.message | tojson }}, "id": "{{ flow_run.id }}"}'
)


def install_automation(address: str) -> None:
    """Create the automation, or let the existing one post to ``address``."""
    block = Webhook(method="POST", url=address, allow_private_urls=True)
    block_id = block.save(_AUTOMATION_NAME, overwrite=True)
    trigger = EventTrigger(
        expect={f"prefect.flow-run.{state}" for state in _NOTIFIED_STATES},
        match={"prefect.resource.id": "prefect.flow-run.*"},
        posture=Posture.Reactive,
        threshold=1,
    )
    automation = Automation(
        name=_AUTOMATION_NAME,
        description="Reports runs that failed, crashed, refused a scan or found damage.",
        trigger=trigger,
        actions=[CallWebhook(block_document_id=block_id, payload=_PAYLOAD)],
    )
    try:
        existing: Any = Automation.read(name=_AUTOMATION_NAME)  # no coroutine, outside of a loop
    except ValueError:
        automation.create()
        return
    automation.id = existing.id
    automation.update()
