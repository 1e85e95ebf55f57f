"""The Prefect flow ``site``: builds the reading room of the published records."""

from prefect import flow, get_run_logger
from prefect.client.schemas.objects import State
from prefect.states import Completed

from flows import runtime, shutdown
from pipeline.site.build import Site
from pipeline.wording import plural


@flow(name="site", flow_run_name="build the reading room")
def build_site() -> State[None]:
    """Build the reading room of the published records; only what changed is built.

    `opis serve` does this by itself after each run, unless the setting `site` is off.
    """
    settings = runtime.archive_settings(None)
    shutdown.reinstall_sigterm()
    workers = runtime.worker_pool(settings)
    with shutdown.close_on_cancel(workers.close):
        site = Site(settings, workers, runtime.worker_count(settings))
        built = site.build(get_run_logger().info)
    count = f"{plural(built.records, 'record')}, {built.rebuilt} rebuilt, {built.removed} removed"
    return Completed(message=f"{count}: {site.folder / 'index.html'}")
