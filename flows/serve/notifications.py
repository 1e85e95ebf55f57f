"""Tells people of runs that failed, crashed or refused something: an automation of Prefect's.

It posts to the address that a setting names, else to serve itself, which writes it into its log.
"""

from typing import Any

from prefect.automations import Automation
from prefect.blocks.webhook import Webhook
from prefect.events.actions import CallWebhook
from prefect.events.schemas.automations import EventTrigger, Posture

_AUTOMATION_NAME = "opis-tells-of-failures"
_NOTIFIED_STATES = ("Failed", "Crashed", "Refusals", "Damage")
_PAYLOAD = (
    '{"run": {{ flow_run.name | tojson }}, "state": {{ flow_run.state.name | tojson }}, '
    '"message": {{ flow_run.state.message | tojson }}, "id": "{{ flow_run.id }}"}'
)


def install_automation(address: str) -> None:
    """Make the automation, or turn the one that is there to this address."""
    block = Webhook(method="POST", url=address, allow_private_urls=True)
    block_id = block.save(_AUTOMATION_NAME, overwrite=True)
    trigger = EventTrigger(
        expect={f"prefect.flow-run.{state}" for state in _NOTIFIED_STATES},
        match={"prefect.resource.id": "prefect.flow-run.*"},
        posture=Posture.Reactive,
        threshold=1,
    )
    made = Automation(
        name=_AUTOMATION_NAME,
        description="Tells of runs that failed, crashed, refused a scan or found damage.",
        trigger=trigger,
        actions=[CallWebhook(block_document_id=block_id, payload=_PAYLOAD)],
    )
    try:
        known: Any = Automation.read(name=_AUTOMATION_NAME)  # no coroutine, outside of a loop
    except ValueError:
        made.create()
        return
    made.id = known.id
    made.update()
