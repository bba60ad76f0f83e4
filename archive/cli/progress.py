"""A bar on stderr for work that takes a while, when that is a terminal."""

from __future__ import annotations

import sys
from types import TracebackType

from tqdm import tqdm


class Progress:
    """A count that people can watch."""

    def __init__(self, label: str) -> None:
        self._bar = tqdm(desc=label, unit="", disable=not sys.stderr.isatty(), file=sys.stderr, leave=False)

    def step(self) -> None:
        """Count one."""
        self._bar.update()

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.close()
