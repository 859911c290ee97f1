"""Runs the web process."""

import asyncio
import logging

import structlog
import uvicorn

from springline.platform import tls
from springline.platform.settings import Settings

log = structlog.get_logger("web")

RENEW_LOOK_SECONDS = 12 * 3600.0


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

    pair = tls.ensure(settings)
    config = uvicorn.Config(
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
        ssl_certfile=pair and str(pair.certificate),
        ssl_keyfile=pair and str(pair.key),
    )
    renewing = asyncio.create_task(_renew(settings, config)) if pair else None
    try:
        await Server(config).serve()
    finally:
        if renewing:
            renewing.cancel()


async def _renew(settings: Settings, config: uvicorn.Config) -> None:
    """A certificate that was renewed holds from the next connection on; nobody has to restart anything."""
    while True:
        await asyncio.sleep(RENEW_LOOK_SECONDS)
        try:
            pair = await asyncio.to_thread(tls.ensure, settings)
        except OSError:
            # A full disk: there are weeks left to try again.
            log.exception("certificate_not_renewed")
            continue
        if pair and config.ssl:
            config.ssl.load_cert_chain(pair.certificate, pair.key)
