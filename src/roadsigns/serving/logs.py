"""The service's log: one JSON object per line."""

import logging
import sys
from typing import Any, TextIO

import structlog
from structlog.typing import Processor

__all__ = ["Logger", "make_logger", "take_over_uvicorn"]

Logger = structlog.typing.FilteringBoundLogger

PROCESSORS: tuple[Processor, ...] = (
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
)
RENDER = structlog.processors.JSONRenderer()


def make_logger(stream: TextIO = sys.stderr, *, level: str = "info") -> Logger:
    """Make a logger that writes each line at once.

    Args:
        stream: Where to write.
        level: The lowest level that is written: "debug", "info", "warning" or "error".
    """
    logger: Logger = structlog.wrap_logger(
        structlog.WriteLogger(stream),
        processors=[*PROCESSORS, RENDER],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )
    return logger


def take_over_uvicorn(stream: TextIO = sys.stderr) -> None:
    """Write uvicorn's own messages, from warnings upwards, in the same format."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=list(PROCESSORS),
            processors=[_drop_colour, structlog.stdlib.ProcessorFormatter.remove_processors_meta, RENDER],
        )
    )
    for name in ("uvicorn", "asyncio"):
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.setLevel(logging.WARNING)
        logger.propagate = False


def _drop_colour(_logger: Any, _name: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    event.pop("color_message", None)
    return event
