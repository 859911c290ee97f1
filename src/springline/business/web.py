"""Runs the web process."""

import logging

import uvicorn

from springline.platform.settings import Settings


async def run(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT. Ready as soon as it listens, whether or not bus and engine are there.

    Raises SystemExit when the port is taken (uvicorn names it in the log).
    """
    from springline.business.bootstrap import bootstrap_django

    bootstrap_django(settings)
    logging.getLogger("axes").setLevel(logging.WARNING)
    from springline.business.asgi import application
    from springline.business.live.views import hub

    class Server(uvicorn.Server):
        def handle_exit(self, sig: int, frame: object) -> None:
            # Open event streams would otherwise hold up the shutdown until its deadline.
            hub.close()
            super().handle_exit(sig, frame)  # type: ignore[arg-type]

    await Server(
        uvicorn.Config(
            application,
            host=settings.web_host,
            port=settings.web_port,
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            ws="websockets-sansio",
            ws_max_size=64 * 1024,
            timeout_graceful_shutdown=2,
            forwarded_allow_ips="127.0.0.1",
        )
    ).serve()
