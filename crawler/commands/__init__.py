"""Commands of ``scrapy``."""

from __future__ import annotations

import gc
import sys
from types import TracebackType

# Imports and declarations make half a million objects that all stay; a garbage collection after every 700 of
# them costs an eighth of a start.
gc.set_threshold(20_000, 20, 20)


def _end_quietly(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Print nothing for a Ctrl-C that comes while Scrapy and the spiders are still being imported."""
    if not issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)


# Scrapy imports this package before a command of ours begins, and catches no interrupt itself.
sys.excepthook = _end_quietly
