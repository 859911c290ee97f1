"""Runs the web process."""

import asyncio
import gc
import logging
import socket

import structlog
import uvicorn

from springline.platform import tls
from springline.platform.settings import Settings

log = structlog.get_logger("web")

RENEW_LOOK_SECONDS = 12 * 3600.0
# Objects made before Python looks for cycles among the new ones: an order makes some thousands.
COLLECT_AFTER = (20_000, 10, 10)


async def run(settings: Settings, name: str) -> None:
    """Serve until SIGTERM or SIGINT. Ready as soon as it listens, whether or not bus and engine are there.

    `name`: which of `settings.web_names`. Raises SystemExit when the port is taken (it is named in the log).
    """
    from springline.business.bootstrap import bootstrap_django

    bootstrap_django(settings)
    logging.getLogger("axes").setLevel(logging.WARNING)
    from springline.business import control
    from springline.business.asgi import application
    from springline.business.live.present import hub

    control.link.name = name

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            settings.state_dir.mkdir(parents=True, exist_ok=True)
            settings.serving_file(name).touch()

        def handle_exit(self, sig: int, frame: object) -> None:
            # Open event streams would otherwise hold up the shutdown until its deadline.
            hub.close()
            super().handle_exit(sig, frame)  # type: ignore[arg-type]

    # What was loaded stays; looking through all of it again would hold up every request for about 100 ms.
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
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
        await Server(config).serve([_shared(settings)] if len(settings.web_names) > 1 else None)
    finally:
        if renewing:
            renewing.cancel()


def _shared(settings: Settings) -> socket.socket:
    """The web port, which the kernel shares out among the processes of this home that listen to it.

    Bound only: what listened before it can serve would keep its connections waiting.
    """
    family = socket.AF_INET6 if ":" in settings.web_host else socket.AF_INET
    shared = socket.socket(family, socket.SOCK_STREAM)
    for option in (socket.SO_REUSEADDR, socket.SO_REUSEPORT):
        shared.setsockopt(socket.SOL_SOCKET, option, 1)
    try:
        shared.bind((settings.web_host, settings.web_port))
    except OSError as error:
        log.error("web_port_unusable", host=settings.web_host, port=settings.web_port, error=error.strerror)
        raise SystemExit(1) from error
    return shared


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
