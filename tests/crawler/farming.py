"""A farm of hosts behind a proxy with an access log, and a Dask cluster whose parts can be killed and frozen."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.crawler.watching import HOME, Done

WORDS = "各单位应当于每年三月底前完成上一年度的登记核对，登记总量不低于{n}条，差错率不超过百分之五，逾期不改正的予以通报。"


def page(host: str, number: str) -> bytes:
    """Return an article of the farm; every one is another."""
    text = "".join(f"<p>{host}第{number}号：{WORDS.format(n=1000 + line)}</p>" for line in range(4))
    title = f"{host}关于第{number}批登记工作的通知"
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}</title></head><body><h1>{title}</h1>'
        f'<div class="date">2026-03-05</div><div id="zoom">{text}</div></body></html>'
    ).encode()


def list_page(host: str, pages: int) -> bytes:
    """Return a host's list of its articles."""
    rows = "".join(
        f'<li><a href="/a/{n}.html">{host}关于第{n}批登记工作的通知</a></li>' for n in range(pages)
    )
    return f'<!DOCTYPE html><html><body><ul class="list">{rows}</ul></body></html>'.encode()


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as the farm saw it."""

    host: str
    path: str
    process: int
    start: float
    end: float


@dataclass
class Farm:
    """Serves every host; answers after a pause, and logs who asked."""

    hosts: int
    pages: int
    pause: float = 0.0
    log: list[Asked] = field(default_factory=list)
    port: int = 0

    def names(self) -> list[str]:
        return [f"h{number:02}.farm.example" for number in range(self.hosts)]

    def sites(self) -> list[str]:
        return [name.partition(".")[0] for name in self.names()]

    def urls(self, host: str) -> list[str]:
        return [f"http://{host}/a/{number}.html" for number in range(self.pages)]

    def __enter__(self) -> Farm:
        started = threading.Event()
        threading.Thread(target=lambda: asyncio.run(self._serve(started)), daemon=True).start()
        assert started.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._over.set)

    def env(self) -> dict[str, str]:
        proxy = f"http://127.0.0.1:{self.port}"
        return {"HTTP_PROXY": proxy, "http_proxy": proxy, "NO_PROXY": "", "no_proxy": ""}

    async def _serve(self, started: threading.Event) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._speak, "127.0.0.1", 0, backlog=512)
        self.port = server.sockets[0].getsockname()[1]
        started.set()
        await self._over.wait()
        server.close()

    async def _speak(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                start, url = time.time(), urlsplit(line.split()[1].decode())
                head = b""
                while (more := await reader.readline()) not in (b"\r\n", b""):
                    head += more
                await asyncio.sleep(self.pause)
                await self._answer(writer, url.hostname or "", url.path)
                process = re.search(rb"process/(\d+)", head)
                self.log.append(Asked(url.hostname or "", url.path, int(process[1]) if process else 0, start, time.time()))  # fmt: skip
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _answer(self, writer: asyncio.StreamWriter, host: str, path: str) -> None:
        found = re.fullmatch(r"/a/(\d+)\.html", path)
        body = page(host, found[1]) if found else b""
        body = list_page(host, self.pages) if path == "/list.html" else body
        status = "200 OK" if body else "404 Not Found"
        head = f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()

    def at_once(self) -> list[str]:
        """Return the hosts whose spans of requests from two processes overlap."""
        spans: dict[str, dict[int, tuple[float, float]]] = defaultdict(dict)
        for one in list(self.log):
            start, end = spans[one.host].get(one.process, (one.start, one.end))
            spans[one.host][one.process] = min(start, one.start), max(end, one.end)
        found = set()
        for host, of in spans.items():
            ordered = sorted(of.values())
            found |= {host for first, second in pairwise(ordered) if second[0] < first[1]}  # fmt: skip
        return sorted(found)

    def refetched(self) -> int:
        """Return how many requests for pages were made a second time."""
        counted = Counter((one.host, one.path) for one in list(self.log) if one.path.startswith("/a/"))
        return sum(times - 1 for times in counted.values())


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass
class RestartedProcess:
    """A process that is started again when it ends, as systemd does."""

    words: list[str]
    env: Mapping[str, str]
    log: Path
    starts: int = 0
    is_over: bool = False

    def __post_init__(self) -> None:
        self.process = self._start()
        threading.Thread(target=self._watch, daemon=True).start()

    def _start(self) -> subprocess.Popen[bytes]:
        self.starts += 1
        with self.log.open("ab") as log:
            return subprocess.Popen(self.words, cwd=HOME, env=self.env, stdout=log, stderr=log, start_new_session=True)  # fmt: skip

    def _watch(self) -> None:
        while not self.is_over:
            self.process.wait()
            time.sleep(0.5)
            if not self.is_over:
                self.process = self._start()

    def signal(self, number: int, *, group: bool) -> None:
        """Send a signal to the process alone, or to it and its children."""
        if group:
            os.killpg(self.process.pid, number)
        else:
            os.kill(self.process.pid, number)

    def children(self) -> list[int]:
        """Return the crawls that a worker has under way."""
        found = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        return [int(pid) for one in found for pid in one.read_text().split()]

    def restart(self, **env: str) -> None:
        """Let the process be started again in another environment."""
        self.env = {**self.env, **env}
        starts = self.starts
        self.signal(signal.SIGKILL, group=True)
        while self.starts == starts:
            time.sleep(0.1)

    def end(self) -> None:
        self.is_over = True
        for number in (signal.SIGCONT, signal.SIGKILL):
            try:
                os.killpg(self.process.pid, number)
            except ProcessLookupError:
                return


@dataclass
class Ground:
    """A farm, a cluster beside it, and the home archive."""

    farm: Farm
    folder: Path
    times: str
    delay: str = "0"
    workers: list[RestartedProcess] = field(default_factory=list)

    @property
    def home(self) -> Path:
        return self.folder / "home.db"

    def env(self, **more: str) -> dict[str, str]:
        told = {"SCRAPY_SETTINGS_MODULE": "tests.crawler.fleet_settings", "FARM_DELAY": self.delay}
        quiet = {"DASK_LOGGING__DISTRIBUTED": "warning", "PYTHONPATH": str(HOME)}
        return {**os.environ, **self.farm.env(), **told, **quiet, **more}

    def fleet_words(self, *words: str) -> list[str]:
        command = [sys.executable, "-m", "scrapy", "fleet", self.address, *self.farm.sites()]
        return [
            *command,
            "--times",
            self.times,
            "--archive",
            str(self.home),
            "-s",
            "ARCHIVE_READERS=1",
            *words,
        ]

    def fleet(self, *words: str, seconds: float = 60) -> Done:
        done = subprocess.run(self.fleet_words(*words), cwd=HOME, env=self.env(), capture_output=True, text=True, timeout=seconds)  # fmt: skip
        return Done(done.returncode, done.stdout, done.stderr)

    def start_cluster(self, workers: int, threads: int) -> None:
        self.address = f"tcp://127.0.0.1:{free_port()}"
        port = self.address.rpartition(":")[2]
        words = [sys.executable, "-m", "dask", "scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard"]  # fmt: skip
        self.scheduler = RestartedProcess(words, self.env(), self.folder / "scheduler.log")
        for number in range(workers):
            spool = self.folder / f"spool{number}"
            words = [
                sys.executable,
                "-m",
                "dask",
                "worker",
                self.address,
                "--no-nanny",
                "--nthreads",
                str(threads),
            ]
            words += ["--no-dashboard", "--host", "127.0.0.1", "--local-directory", str(self.folder)]
            self.workers.append(
                RestartedProcess(
                    words, self.env(YUANBEN_SPOOL=str(spool)), self.folder / f"worker{number}.log"
                )
            )

    def end_cluster(self) -> None:
        for one in [*self.workers, self.scheduler]:
            one.end()

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        db = sqlite3.connect(f"file:{self.home}?mode=ro", uri=True)
        try:
            return db.execute(query, values).fetchall()
        finally:
            db.close()

    def captured(self) -> Counter[tuple[str, str]]:
        """Return how often each address was captured, by host and path."""
        found: Counter[tuple[str, str]] = Counter()
        for (url,) in self.rows("select url from captures where kind = 'article'"):
            parts = urlsplit(url)
            found[parts.hostname or "", parts.path] += 1
        return found

    def logged(self) -> Counter[tuple[str, str]]:
        """Return how often each page was asked for, by the farm's log."""
        return Counter((one.host, one.path) for one in list(self.farm.log) if one.path.startswith("/a/"))

    def lost(self) -> list[str]:
        """Return the hosts of which a page is missing in the home archive."""
        held = self.captured()
        return [host for host in self.farm.names() if any(not held[host, urlsplit(u).path] for u in self.farm.urls(host))]  # fmt: skip


@contextmanager
def fleet_ground(folder: Path, *, hosts: int, pages: int, times: str, workers: int = 2, threads: int = 2,
                 pause: float = 0.0, delay: str = "0") -> Iterator[Ground]:  # fmt: skip
    """Give a farm and a cluster at work."""
    with Farm(hosts, pages, pause) as farm:
        ground = Ground(farm, folder, times, delay)
        ground.start_cluster(workers, threads)
        try:
            yield ground
        finally:
            ground.end_cluster()


def story(path: Path) -> dict[str, Any]:
    """Return what an archive says of its documents that does not depend on when it asked."""
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    rows = db.execute(
        "select d.url, d.state, d.versions, v.state_digest, v.text_digest, (select group_concat(distinct payload) "
        "from captures where url = d.url) from documents d left join versions v on v.id = d.current order by d.url"
    ).fetchall()
    db.close()
    return {row[0]: json.dumps(row[1:]) for row in rows}
