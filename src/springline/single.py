"""One of our three programs, as the supervisor runs it."""

from springline.house import stop_on_signals
from springline.platform.settings import Settings


async def run_program(name: str, settings: Settings) -> None:
    """Until SIGTERM. Each program imports only its own floor."""
    if name == "control":
        from springline.telephony.control.process import run as run_control

        await run_control(settings, stop_on_signals())
    elif name == "worker":
        from springline.business.bootstrap import bootstrap_django

        bootstrap_django(settings)
        from springline.business.worker import run as run_worker

        await run_worker(settings, stop_on_signals())
    else:
        from springline.business.web import run as run_web

        await run_web(settings)
