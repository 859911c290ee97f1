"""`python -m tests.support.seed_home HOME`: the demo's rows with short times, in a process of its own.

Django knows one database a process, and pytest's is another one.
"""

import sys
from pathlib import Path

from springline.business import bootstrap
from springline.contracts.config import Device
from springline.demo.stage import seed
from springline.platform import settings as settings_of

RING_SECONDS, LONG_RING_SECONDS = 5.0, 90.0
WRAP_UP_SECONDS = 120.0
DESK_PHONES = ("1003", "1004")


def main(home: Path) -> None:
    settings = settings_of.load(home)
    seed(settings)
    from springline.business.hotline.models import Queue

    Queue.objects.update(retry_after=0.5, wrap_up=WRAP_UP_SECONDS)
    Queue.objects.exclude(pk="pool").update(ring_timeout=LONG_RING_SECONDS)
    Queue.objects.filter(pk="pool").update(ring_timeout=RING_SECONDS)
    for agent in DESK_PHONES:
        bootstrap.set_agent_device(agent, Device.SIP)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
