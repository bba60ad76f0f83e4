"""Running the real commands at simulated moments: each in a process of its own, forked from one that has loaded all.

Only the loading is saved: a year has more than a thousand runs, and each would spend two seconds on imports.
"""

from __future__ import annotations

import gc
import importlib
import json
import multiprocessing
import os
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from archive import revisit

# What may only be loaded in the run itself: importing it installs it.
_INSTALLS = "twisted.internet.reactor"
SLOWEST = 600.0
# A page that hangs is waited for so long: each costs that time in truth. On a busy machine a page that comes takes as long.
PATIENCE = 5


class Runner:
    """Runs commands on one archive."""

    def __init__(
        self,
        archive: Path,
        environment: Mapping[str, str],
        *,
        readers: int = 2,
        longest: float | None = None,
        patience: float = PATIENCE,
    ) -> None:
        os.environ["SCRAPY_SETTINGS_MODULE"] = "crawler.settings"
        self._archive = archive
        self._seen = archive.with_suffix(".modules")
        self._environment = dict(environment)
        self._readers = readers
        self._patience = patience
        self._load(("archive.cli.review", "archive.reader", "crawler.commands.watch", "scrapy.cmdline"))
        self._is_loaded = False
        if longest is not None:
            # The runs are forked from this process: what a setting costs is measured by trying another.
            revisit.LONGEST = longest * revisit.DAY

    def watch(self, sites: tuple[str, ...], now: str) -> dict[str, Any]:
        """Run ``scrapy watch --due`` at a moment and return its JSON."""
        words = ["scrapy", "watch", *sites, "--due", "--json", "--archive", str(self._archive)]
        words += [
            "-s",
            "ARCHIVE_DELAY=0",
            "-s",
            f"ARCHIVE_READERS={self._readers}",
            "-s",
            f"DOWNLOAD_TIMEOUT={self._patience}",
        ]
        code, out = self._forked(lambda: _scrapy(words), now)
        if not self._is_loaded:
            # What the first run had to import, the next ones find.
            self._load(self._seen.read_text().split())
            self._is_loaded = True
        if code not in (0, 1):
            raise RuntimeError(f"scrapy watch at {now} ended with {code}: {out[-2000:]}")
        told: dict[str, Any] = json.loads(out)
        return told

    def review(self, site: str, now: str, *, is_template: bool) -> None:
        """Run ``yuanben review SITE`` at a moment: a person has looked and seen a template, or edits."""
        from archive.cli import main

        word = "--reject" if is_template else "--accept"
        self._forked(lambda: main(["review", site, word, "--archive", str(self._archive)]), now)

    def _load(self, names: Iterable[str]) -> None:
        for name in names:
            if name != "__main__" and not name.startswith(_INSTALLS):
                importlib.import_module(name)
        from crawler.reading import spiders

        spiders()
        gc.freeze()

    def _forked(self, work: Callable[[], int], now: str) -> tuple[int, str]:
        with tempfile.TemporaryFile("w+") as out:
            child = os.fork()
            if not child:
                seen = None if self._is_loaded else self._seen
                _become(work, {**self._environment, "YUANBEN_NOW": now}, out.fileno(), seen)
            _, status = os.waitpid(child, 0)
            out.seek(0)
            return os.waitstatus_to_exitcode(status), out.read()


def _become(work: Callable[[], int], environment: Mapping[str, str], out: int, seen: Path | None) -> None:
    """Be one run, to its end: this does not return."""
    code = 70
    try:
        os.environ.update(environment)
        os.dup2(out, 1)
        sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
        # Readers, too, are forked: they have loaded what they need. A run of its own must not do that.
        context = multiprocessing.get_context("fork")
        multiprocessing.get_context = lambda method=None: context  # type: ignore[assignment]
        code = work()
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else 1
    except BaseException:  # noqa: BLE001 - the end of a process: it must not go on as its parent
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        if seen:
            seen.write_text("\n".join(sys.modules))
        os._exit(code)


def _scrapy(words: list[str]) -> int:
    from scrapy.cmdline import execute

    execute(words)
    return 0
