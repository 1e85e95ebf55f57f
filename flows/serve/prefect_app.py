"""Prefect's server behind the checks of requests: ``flows.serve.prefect_app``.

It does what ``prefect server start`` does; that command has no place for middleware. The settings
come from ``OPIS_*`` and ``PREFECT_*`` variables.
"""

import os

import uvicorn
from prefect.server.api.server import create_app
from prefect.settings import (
    PREFECT_SERVER_API_KEEPALIVE_TIMEOUT,
    PREFECT_SERVER_API_WEBSOCKET_PING_INTERVAL,
    PREFECT_SERVER_API_WEBSOCKET_PING_TIMEOUT,
    PREFECT_SERVER_LOGGING_LEVEL,
)

from flows.serve.network import AllowedHosts
from flows.serve.request_guard import OriginGuard
from pipeline.settings import merge_settings


def main() -> None:
    """Serve API and UI, and run the server's services, until SIGTERM."""
    settings = merge_settings({}, os.environ, {})
    uvicorn.run(
        OriginGuard(create_app(final=True), AllowedHosts.of(settings)),
        host=settings.host,
        port=settings.port,
        timeout_keep_alive=PREFECT_SERVER_API_KEEPALIVE_TIMEOUT.value(),
        ws_ping_interval=PREFECT_SERVER_API_WEBSOCKET_PING_INTERVAL.value(),
        ws_ping_timeout=PREFECT_SERVER_API_WEBSOCKET_PING_TIMEOUT.value(),
        log_level=PREFECT_SERVER_LOGGING_LEVEL.value().lower(),
    )


if __name__ == "__main__":
    main()
