"""``scrapy read FILE_OR_URL``: the reader's result for one page. Nothing is kept."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from dataclasses import asdict, replace
from pathlib import Path

from scrapy import Request, Spider
from scrapy.commands import ScrapyCommand
from scrapy.crawler import CrawlerProcessBase
from scrapy.http import Response
from twisted.python.failure import Failure

from archive.attach import is_file
from archive.cli.options import address
from archive.clock import clock_from
from archive.errors import BadInput
from archive.exchange import PAGE_LIMIT
from archive.model import Article, Job, Page, Unreadable, blocks_json
from archive.model.fields import NAMES
from archive.reader import read_job
from archive.store import READER_NAME
from archive.text import simplified
from archive.text.script import in_reading_order
from archive.urls import host_of, site_of
from crawler import session
from crawler.decode import content_encodings, decode
from crawler.errors import DecodeError, TooLarge, failure_text
from crawler.reading import parse, sites


class Command(ScrapyCommand):
    requires_project = True

    def syntax(self) -> str:
        return "FILE_OR_URL [options]"

    def short_desc(self) -> str:
        return "Say what the reader makes of one page; nothing is kept"

    def add_options(self, parser: ArgumentParser) -> None:
        super().add_options(parser)
        session.add_archive_options(parser, writes=False)
        parser.add_argument("--url", help="the address a file came from: chooses the site's rules")
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def run(self, args: list[str], opts: Namespace) -> None:
        self.exitcode = session.exit_code_of(lambda: self._read(args, opts))

    def _read(self, args: list[str], opts: Namespace) -> int:
        if len(args) != 1:
            raise BadInput("give one file or address — scrapy read FILE_OR_URL")
        is_address = args[0].startswith(("http://", "https://"))
        assert self.crawler_process is not None
        if opts.url:
            address(opts.url)
        page = fetched(self.crawler_process, args[0]) if is_address else _from_file(Path(args[0]), opts.url)
        site = site_of(page.url, sites()) or host_of(page.url)
        page = replace(page, captured_at=clock_from().now())
        job = Job(capture=0, kind="article", site=site, rules=0, page=page)
        result = read_job(job, parse).result
        assert isinstance(result, Article | Unreadable)
        result = in_reading_order(result)
        said = _as_json(page, site, result)
        print(json.dumps(said, ensure_ascii=False) if opts.json else _as_text(said))
        return 0 if isinstance(result, Article) else 1


def _from_file(path: Path, url: str | None) -> Page:
    try:
        body = path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path} cannot be read ({error.strerror}) — give a file or an http address") from None
    if len(body) > PAGE_LIMIT:
        raise BadInput(f"{path} is larger than {PAGE_LIMIT >> 20} MiB, the limit for pages")
    page = Page(url=url or f"file:///{path.name}", body=body, content_type="text/html")
    # A file of this disk has no claimed type.
    return replace(page, content_type="") if is_file(page) else page


def fetched(process: CrawlerProcessBase, url: str) -> Page:
    """Fetch one page as a crawl would (robots, gate, TLS, limits) and keep nothing.

    Raise BadInput when it is refused.
    """
    pages: list[Page] = []
    troubles: list[str] = []

    class OnePage(Spider):
        name = host_of(url) or "read"

        async def start(self):  # type: ignore[no-untyped-def]
            yield Request(url, callback=self.came, errback=self.failed, meta={"kind": "article"})

        def came(self, response: Response) -> None:
            encodings = content_encodings(response.headers.getlist("Content-Encoding"))
            body = decode(response.body, encodings, PAGE_LIMIT).body
            content_type = (response.headers.get("Content-Type") or b"").decode("latin-1")
            pages.append(Page(url=response.url, body=body, content_type=content_type))
            if not 200 <= response.status < 300:
                troubles.append(f"http {response.status}")

        def failed(self, failure: Failure) -> None:
            assert failure.value is not None
            troubles.append(failure_text(failure.value))

    process.settings.set("DOWNLOADER_MIDDLEWARES", _without_capture(process), priority="cmdline")
    process.crawl(OnePage)
    try:
        process.start()
    except (DecodeError, TooLarge) as error:
        troubles.append(error.reason)
    if troubles or not pages:
        raise BadInput(f"{url} gave no page: {troubles[0] if troubles else 'no answer'}")
    return pages[0]


def _without_capture(process: CrawlerProcessBase) -> dict[str, int | None]:
    wanted: dict[str, int | None] = process.settings.getdict("DOWNLOADER_MIDDLEWARES")
    return {**wanted, "crawler.capture.CaptureMiddleware": None}


def _as_json(page: Page, site: str, result: Article | Unreadable) -> dict[str, object]:
    said: dict[str, object] = {"url": page.url, "site": site, "reader": READER_NAME}
    if isinstance(result, Article):
        said |= {"outcome": "article", "reason": None}
    else:
        said |= {"outcome": result.outcome, "reason": result.reason}
    text: str = getattr(result, "text", "")
    return {
        **said,
        **{name: getattr(result, name, None) or None for name in NAMES},
        "card": dict(getattr(result, "card", {})),
        "text": text,
        "text_simplified": simplified(text),
        "attachments": [asdict(link) for link in getattr(result, "attachments", ())],
        "next_pages": list(getattr(result, "next_pages", ())),
        "removed": [asdict(block) for block in result.removed],
        "blocks": json.loads(blocks_json(getattr(result, "blocks", ()))),
        "flags": list(result.flags),
        "evidence": getattr(result, "evidence", {}),
    }


def _as_text(said: dict[str, object]) -> str:
    fields = ("url", "site", "outcome", "reason", *NAMES, "flags")
    head = [f"{name}: {said[name]}" for name in fields if said[name]]
    card = said["card"]
    assert isinstance(card, dict)
    head += [f"{name}: {value}" for name, value in card.items()]
    return "\n".join([*head, "", str(said["text"])])
