"""An archive in memory with a site of our own: exchanges are handed to it at chosen moments and read here."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from archive import extract
from archive.clock import Clock, moment
from archive.model import Article, Exchange, Job, KeptExchange, Outcome, Role, Rows, Rules, Site, Unreadable
from archive.reader import read_job
from archive.store.archive import Archive
from archive.store.schema import make

HOST = "www.bureau.example"
SITE = Site(
    publisher="示例局",
    role=Role.ORIGINAL,
    domains=("bureau.example",),
    listings=(f"https://{HOST}/list.html",),
    articles=(r"/a/\w+\.html$",),
    parts=((r"(/a/[a-z]+)_\d+\.html$", r"\1.html"),),
    rules=Rules(body=("#zoom",), title=("h1",), published=(".date",), next_pages=("#pages a",)),
)
URL = f"https://{HOST}/a/notice.html"
LIST = SITE.listings[0]

PARAGRAPHS = (
    "为进一步规范本地区公共数据资源登记工作，现将有关事项通知如下，请各单位结合实际认真贯彻执行。",
    "各单位应当于每年三月底前完成上一年度的登记核对，登记总量不低于1.5万条，差错率不超过5%。",
    "对未按要求登记的单位，由主管部门责令限期改正；逾期不改正的，予以通报并纳入年度考核结果。",
    "登记材料实行一次性告知制度，受理窗口不得要求申请人提供法律法规规定以外的其他证明文件。",
    "本通知自印发之日起施行，有效期三年，此前有关规定与本通知不一致的，以本通知为准执行。",
)


def html(
    *paragraphs: str,
    title: str = "关于做好公共数据资源登记工作的通知",
    date: str = "2026-03-05",
    pages: Sequence[str] = (),
    aside: str = "",
    head: str = "",
) -> bytes:
    """Return a page of the site: headline, date, body, links to further pages, and what changes by itself."""
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs or PARAGRAPHS)
    links = "".join(f'<a href="{href}">{number}</a>' for number, href in enumerate(pages, 2))
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}</title>{head}</head><body>'
        f'<h1>{title}</h1><div class="date">{date}</div><div id="zoom">{body}</div>'
        f'<div id="pages">{links}</div><div class="aside">{aside}</div></body></html>'
    ).encode()


def replaced(old: str, new: str) -> tuple[str, ...]:
    """Return the paragraphs with one wording exchanged; it must occur."""
    changed = tuple(paragraph.replace(old, new) for paragraph in PARAGRAPHS)
    assert changed != PARAGRAPHS, f"no paragraph says {old}"
    return changed


def clock(at: str = "2026-04-01T00:00:00.000Z") -> Clock:
    """Return a clock that stands at a chosen moment when it is made."""
    return Clock(moment(at), time.monotonic(), "set")


def memory() -> sqlite3.Connection:
    """Return an empty archive that no file holds."""
    db = sqlite3.connect("file::memory:", isolation_level=None, uri=True)
    db.row_factory = sqlite3.Row
    db.execute("pragma foreign_keys=on")
    make(db)
    return db


def answer(body: bytes | None, at: str, *, url: str = URL, **more: Any) -> Exchange:
    """Return an exchange as the capture hands it over: 200 with a page unless told otherwise."""
    told = {
        "url": url,
        "kind": "article",
        "site": "bureau",
        "captured_at": f"{at}.000Z" if len(at) == 19 else at,
        "status": 200,
        "headers": (("Content-Type", "text/html; charset=utf-8"),),
        "body": body,
    }
    return Exchange(**{**told, **more})


@dataclass
class Desk:
    """An archive, its open crawl, and what is done with both."""

    sites: Mapping[str, Site] = field(default_factory=lambda: {"bureau": SITE})
    db: sqlite3.Connection = field(default_factory=memory)
    crawl: int = 0

    def __post_init__(self) -> None:
        self.archive = Archive(self.db, clock=clock(), sites=self.sites)
        self.crawl = self.archive.begin_crawl("bureau", "watch")

    def reopened(self, *, site: Site | None = None, reader: str | None = None) -> Desk:
        """Return a desk on the same file with other rules or another reader, in a crawl of its own."""
        later = Desk(sites={"bureau": site} if site else self.sites, db=self.db)
        if reader:
            later.archive.readings._reader = reader
            later.archive.jobs._reader = reader
        return later

    def keep(self, exchange: Exchange) -> KeptExchange:
        return self.archive.keep(exchange, self.crawl)

    def see(self, body: bytes | None, at: str, **more: Any) -> Outcome | None:
        """Keep one answer and read what waits; return the outcome of its capture."""
        kept = self.keep(answer(body, at, **more))
        self.drain()
        return self.outcome(kept.capture)

    def drain(self) -> None:
        """Read what can be read, here and now, and decide by all of it as the end of a run does."""
        while ready := self.archive.queue.ready():
            self.read(self.archive.jobs.of(ready[0]))
        self.archive.settle("bureau")

    def read(self, job: Job) -> Outcome | None:
        return self.archive.record(job, read_job(job, self.parse))

    def reread(self) -> None:
        """Read the kept pages again, as ``scrapy reread`` does."""
        for job in self.archive.jobs.again(["bureau"]):
            self.read(job)

    def parse(self, job: Job, cheap: bool) -> Article | Unreadable | Rows:
        found = self.sites.get(job.site)
        declared = found.at(job.page.captured_at) if found else None
        if job.kind == "listing":
            assert declared
            return extract.read_rows(job.page, declared)
        return extract.read_cheaply(job.page) if cheap else extract.read(job.page, declared)

    def outcome(self, capture: int) -> Outcome | None:
        rows = self.rows("select outcome from readings where capture = ? and again = 0", capture)
        assert len(rows) <= 1, f"capture {capture} has {len(rows)} outcomes"
        return Outcome(rows[0]["outcome"]) if rows else None

    def rows(self, query: str, *values: Any) -> list[sqlite3.Row]:
        return self.db.execute(query, values).fetchall()

    def one(self, query: str, *values: Any) -> Any:
        """Return the single value of a query's single row."""
        rows = self.rows(query, *values)
        assert len(rows) == 1, f"{len(rows)} rows: {[tuple(row) for row in rows]}"
        return rows[0][0]

    def column(self, query: str, *values: Any) -> list[Any]:
        return [row[0] for row in self.rows(query, *values)]

    def latest(self, url: str = URL) -> sqlite3.Row:
        rows = self.rows("select * from latest where url = ?", url)
        assert len(rows) == 1
        return rows[0]

    def versions(self) -> list[tuple[int, str]]:
        """Return number and cause of every version, oldest first."""
        return [tuple(row) for row in self.rows("select number, cause from versions order by id")]

    def changes(self) -> list[tuple[int, int]]:
        """Return from and to of every change shown, oldest first."""
        found = self.rows("select from_version, to_version from changes order by changed_at_latest")
        return [tuple(row) for row in found]

    def events(self, kind: str) -> list[sqlite3.Row]:
        return self.rows("select * from events where kind = ? order by id", kind)

    def waiting(self) -> list[int]:
        return self.column("select capture from queue order by capture")

    def ask(self, at: str) -> list[Any]:
        """Return what is due at a moment, as the feed would ask it."""
        return self.archive.frontier.due("bureau", at, limit=100)


def not_found(at: str, **more: Any) -> Exchange:
    return replace(answer(None, at, **more), status=404)
