"""An archive in a file, filled with articles of our own as if readers had found them, and the command line on it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from archive.cli import main
from archive.clock import Clock, moment
from archive.model import Article, Exchange, Outcome, ReadingResult, Role, Site, Unreadable
from archive.reader import prepare
from archive.store.archive import Archive

SITE = Site(
    publisher="示例委",
    role=Role.ORIGINAL,
    domains=("bureau.example",),
    articles=(r"/a/\w+\.html$",),
    canonical=((r"^http://m\.bureau", "https://www.bureau"),),
)
URL = "https://www.bureau.example/a/one.html"
TEXT = "各区要加快布局未来产业。\n到2027年，产业规模达到1.5万亿元，研发投入占比提高到5%。\n试点城市包括北京、上海。"


def article(text: str = TEXT, **fields: Any) -> Article:
    """Return an article as a reader hands it over."""
    told: dict[str, Any] = {"title": "关于推动未来产业发展的通知", "published_at": "2026-03-01"}
    return Article(text=text, **{**told, **fields})


@dataclass
class Holding:
    """One archive file and what happens to its documents."""

    path: Path

    def __post_init__(self) -> None:
        clock = Clock(moment("2026-05-01T00:00:00.000Z"), time.monotonic(), "set")
        self.archive = Archive.open(
            self.path, holder="tests", sites={"bureau": SITE}, create=True, clock=clock
        )
        self.crawl = self.archive.begin_crawl("bureau", "watch")

    def look(self, at: str, *, url: str = URL, status: int | None = 200, error: str | None = None,
             body: bytes | None = None, redirected_from: int | None = None) -> int:  # fmt: skip
        """Keep one exchange and return its capture."""
        exchange = Exchange(
            url=url,
            kind="article",
            site="bureau",
            captured_at=at,
            status=status,
            error=error,
            body=body,
            headers=(("content-type", "text/html"),),
            redirected_from=redirected_from,
        )
        return self.archive.keep(exchange, self.crawl).capture

    def show(self, shown: Article | Unreadable, at: str, *, url: str = URL, signs: tuple[str, ...] = (),
             redirected_from: int | None = None) -> Outcome | None:  # fmt: skip
        """Let an address show an article at a moment; ``signs`` make the reader distrust it."""
        text = shown.text if isinstance(shown, Article) else shown.reason
        body = f"<html>{shown.title}<p>{text}<!-- {at} -->".encode()
        capture = self.look(at, url=url, body=body, redirected_from=redirected_from)
        prepared = prepare(shown) if isinstance(shown, Article) else None
        found = ReadingResult(
            result=shown, visible_digest=f"{url} {at}", prepared=prepared, signs=signs, trusted=not signs
        )
        return self.archive.record(self.archive.jobs.of(capture), found)

    def close(self) -> None:
        self.archive.close()


@dataclass
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Ran]


def runner(path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs ``yuanben`` with the archive at a path."""

    def run(*words: str, archive: Path | None = path) -> Ran:
        capsys.readouterr()
        code = main([*words, *(["--archive", str(archive)] if archive else [])])
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return run
