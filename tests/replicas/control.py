"""The handle: starts the replicas in a process of their own, turns their days, reads their log."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from .wire import Exchange
from .world import World


class Replicas:
    """Replicas at work in a child process, from ``with`` to its end.

    ``proxy_url`` is where a crawl goes for everything, ``ca_file`` the authority it must trust, ``env()``
    both as environment variables. ``day`` and ``mode`` change what the sites say while a crawl may be running.
    """

    def __init__(self, day: int = 1, *, bulk: int = 0) -> None:
        self._world = World(day=day, bulk=bulk)
        self._talking = threading.Lock()
        self._child: subprocess.Popen[str] | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self.proxy_url = ""
        self.port = 0
        self.ca_file = Path()

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="replicas-")
        package = (__package__ or "").split(".")
        home = Path(__file__).resolve().parents[len(package)]
        self._child = subprocess.Popen(
            self.words(self._folder.name),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=home,
            env={**os.environ, "PYTHONPATH": str(home), "PYTHONUTF8": "1"},
        )
        started = self._heard()
        self.port = started["port"]
        self.proxy_url = f"http://127.0.0.1:{self.port}"
        self.ca_file = Path(started["authority"])
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._child and self._child.stdin and self._folder
        self._child.stdin.close()
        self._child.wait(timeout=20)
        if self._child.stdout:
            self._child.stdout.close()
        self._folder.cleanup()

    def words(self, folder: str) -> list[str]:
        """Return the command of the replicas' process, which writes into a folder."""
        day, bulk = str(self._world.day), str(self._world.bulk)
        return [sys.executable, "-m", f"{__package__}", folder, day, bulk]

    def env(self) -> dict[str, str]:
        """Return the environment a crawl needs, to be laid over the caller's."""
        names = {"HTTP_PROXY": self.proxy_url, "HTTPS_PROXY": self.proxy_url, "NO_PROXY": ""}
        return {
            **names,
            **{name.lower(): value for name, value in names.items()},
            "SSL_CERT_FILE": str(self.ca_file),
        }

    @property
    def world(self) -> World:
        """Return the world the sites show now."""
        return self._world

    @property
    def day(self) -> int:
        """Return the day the sites are at."""
        return self._world.day

    @day.setter
    def day(self, day: int) -> None:
        self._ask(do="day", day=day)
        self._world = World(day=day, bulk=self._world.bulk)

    def advance(self) -> World:
        """Let the sites go on to the next day; return its world."""
        self.day = self.day + 1
        return self._world

    def mode(self, host: str, name: str, **options: Any) -> None:
        """Let a host misbehave from now on (``modes.MODES``); the empty name lets it behave well again.

        Options: ``paths`` (regular expression over path and query), ``times`` (only the first N requests),
        ``robots`` (robots.txt too), ``plain`` (only who does not begin its name as browsers do), ``seconds`` (of Retry-After, of a pause).
        """
        self._ask(do="mode", host=host, name=name, options=options)

    def log(self, host: str = "") -> list[Exchange]:
        """Return every exchange so far by its start, those under way too; tunnels are ``CONNECT`` entries."""
        file = Path(self._ask(do="log")["file"])
        lines = file.read_text("utf-8").splitlines()
        exchanges = [_exchange(json.loads(line)) for line in lines]
        chosen = [exchange for exchange in exchanges if not host or exchange.host == host]
        return sorted(chosen, key=lambda exchange: exchange.start)

    def requests(self, host: str = "") -> list[Exchange]:
        """Return the log without the tunnels: what servers were really asked for."""
        return [exchange for exchange in self.log(host) if exchange.method != "CONNECT"]

    def hosts(self) -> set[str]:
        """Return the names of all hosts anybody tried to reach, those refused included."""
        return {exchange.host.partition(":")[0] for exchange in self.log()}

    def forget(self) -> None:
        """Empty the log."""
        self._ask(do="forget")

    def _ask(self, **words: Any) -> dict[str, Any]:
        assert self._child and self._child.stdin, "the replicas are not running"
        with self._talking:
            self._child.stdin.write(json.dumps(words) + "\n")
            self._child.stdin.flush()
            return self._heard()

    def _heard(self) -> dict[str, Any]:
        assert self._child and self._child.stdout
        line = self._child.stdout.readline()
        if not line:
            raise RuntimeError(f"the replicas ended with exit code {self._child.wait()}")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise ValueError(answer["error"])
        return answer


def _exchange(raw: dict[str, Any]) -> Exchange:
    return Exchange(**{**raw, "headers": tuple(tuple(pair) for pair in raw["headers"])})


def overlaps(exchanges: list[Exchange]) -> list[tuple[Exchange, Exchange]]:
    """Return the neighbours in time that were under way at once: of a polite crawl of one host, none."""
    done = sorted(exchanges, key=lambda exchange: exchange.start)
    return [
        (first, second) for first, second in pairwise(done) if first.end is None or second.start < first.end
    ]
