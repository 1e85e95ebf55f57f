"""The Prefect flow ``push``: copies every published version to another place."""

from prefect import flow, get_run_logger
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from flows import runtime
from pipeline.errors import OpisError
from pipeline.repository.replication import PushResult, push_versions
from pipeline.wording import plural


@flow(name="push", flow_run_name="push to {url}")
def push(url: str) -> State[None]:
    """Copy every published version to another place, and check the copies.

    What is there and whole is not sent again, so a run can be retried at any time.

    Args:
        url: the place: `s3://BUCKET/FOLDER`, `file:///FOLDER` or another address of fsspec.
    """
    log, sent = get_run_logger(), list[PushResult]()

    def note_sent(result: PushResult) -> None:
        if result.files_sent:
            sent.append(result)
            log.info("Sent %s, %s.", result.version, plural(result.files_sent, "file"))

    try:
        count = push_versions(runtime.archive_settings(None), url, note_sent)
    except OpisError as error:
        return Failed(message=f"{len(sent)} sent. {error}")
    return Completed(message=f"{plural(count, 'version')} at {url}; {len(sent)} sent now.")
