"""Logs: one JSON object a line in files, coloured text on a terminal.

Personal data (numbers, names, keys pressed) goes only under keys that begin with `pii_` or `pii.`; set
SPRINGLINE_LOG_PII=0 to leave these keys out altogether.
"""

import logging
import os
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO, cast

import structlog

from springline.platform.log_file import AsideWriter


def configure(process: str, level: str = "INFO", *, aside: bool = False) -> None:
    """Set up structlog and the standard library's logging for one process, on standard error.

    `aside`: a thread writes it, for programs that must not wait for a disk, nor fail by a full one.
    """
    output = cast("TextIO", AsideWriter(sys.stderr.fileno())) if aside else sys.stderr
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _without_personal_data,
        structlog.processors.format_exc_info,
    ]
    renderer: Any = (
        structlog.dev.ConsoleRenderer()
        if sys.stderr.isatty()
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.PrintLoggerFactory(output),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(process=process)
    handler = logging.StreamHandler(output)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processor=renderer))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.getLogger("nats").setLevel(logging.CRITICAL)
    for name in ("httpx", "httpcore"):
        # They log addresses, and a robot's address holds its key.
        logging.getLogger(name).setLevel(logging.WARNING)


def _without_personal_data(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    if os.environ.get("SPRINGLINE_LOG_PII") != "0":
        return event
    return {key: value for key, value in event.items() if not key.startswith(("pii.", "pii_"))}
