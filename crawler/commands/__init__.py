"""Commands of ``scrapy``."""

from __future__ import annotations

import sys
from types import TracebackType

# First of all: on import Scrapy looks through the whole stack three times, and the commands import it from deep below.
import scrapy.core.downloader.handlers.http11  # noqa: F401


def _end_quietly(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Say nothing of a Ctrl-C that comes while Scrapy and the spiders are still being imported."""
    if not issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)


# Scrapy imports this package before a command of ours begins, and catches no interrupt itself.
sys.excepthook = _end_quietly
