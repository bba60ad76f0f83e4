"""``scrapy draft URL``: draft a spider from a site's front page or list, or read saved pages."""

from __future__ import annotations

import json
import os
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from scrapy.commands import ScrapyCommand
from scrapy.utils.conf import closest_scrapy_cfg

from archive.cli.options import address, archive_path
from archive.clock import clock_from
from archive.errors import BadInput
from archive.exchange import PAGE_LIMIT
from archive.home import home_here, place_here
from archive.lists import Reading, read_list
from archive.model import Page, Site
from archive.urls import host_of, site_of
from crawler import session
from crawler.draft_text import draft_json, draft_table, reading_json, write
from crawler.drafting import MOST_REQUESTS, Draft, draft, name_of
from crawler.looking import Asking, look
from crawler.reading import sites

_FIRST = 3
_PAGES = {".html", ".htm", ".shtml", ".jhtml", ".xml", ".json", ".txt"}


class Command(ScrapyCommand):
    requires_project = True

    def syntax(self) -> str:
        return "URL [URL…] [options]"

    def short_desc(self) -> str:
        return "Look at a site and draft its spider; nothing enters the archive"

    def add_options(self, parser: ArgumentParser) -> None:
        super().add_options(parser)
        session.add_archive_options(parser, writes=False)
        parser.add_argument("--name", help="the spider's name; without it, made from the host")
        parser.add_argument(
            "--write", action="store_true", help="write the spider's file and its saved pages"
        )
        parser.add_argument(
            "--watch", action="store_true", help="write it, and watch the site for its first articles"
        )
        parser.add_argument("--pages", metavar="FOLDER", help="read saved pages instead; nothing is asked")
        parser.add_argument(
            "--json", action="store_true", help="print one JSON document (with --pages: a line a page)"
        )

    def run(self, args: list[str], opts: Namespace) -> None:
        self.exitcode = session.exit_code_of(lambda: self._draft(args, opts))

    def _draft(self, args: list[str], opts: Namespace) -> int:
        if opts.pages:
            if args or opts.write or opts.watch:
                raise BadInput("--pages reads what is saved — give no address, --write or --watch with it")
            return _read_folder(Path(opts.pages), as_json=opts.json)
        if not args:
            raise BadInput("give the address of a site's front page or list — scrapy draft URL")
        for url in args:
            address(url)
        name = opts.name or name_of(host_of(args[0]))
        place = _place(name, args) if opts.write or opts.watch else None
        made = self._looked(args, name, quick=opts.watch)
        day = clock_from().now()[:10]
        if place and not (made.lists and made.grammar) and not opts.json:
            print(draft_table(made, None), flush=True)
        file = write(made, place, day) if place else None
        print(
            json.dumps(draft_json(made, file), ensure_ascii=False) if opts.json else draft_table(made, file)
        )
        if place and not opts.json:
            print(_now(made.name, place))
        if opts.watch:
            _watch(made.name, opts)
        return 0 if made.lists else 1

    def _looked(self, urls: list[str], name: str, *, quick: bool) -> Draft:
        assert self.crawler_process is not None
        made: list[Draft] = []
        faults: list[BaseException] = []

        async def work(ask: Asking) -> None:
            try:
                made.append(await draft(ask, urls, name, quick=quick))
            except Exception as fault:
                faults.append(fault)
                raise

        look(self.crawler_process, {name or "draft": work}, most=MOST_REQUESTS)
        if faults:
            raise faults[0]
        if not made:
            raise BadInput(f"the look at {urls[0]} ended before it was over — run it again")
        return made[0]


def _watch(name: str, opts: Namespace) -> None:
    """Replace this process by ``scrapy watch`` for a few articles: only a new process knows the spider."""
    sys.stdout.flush()
    command = [
        sys.executable,
        "-m",
        "scrapy",
        "watch",
        name,
        "--limit",
        str(_FIRST),
        "--archive",
        str(archive_path(opts)),
    ]
    command += [part for pair in opts.set for part in ("-s", pair)] + ["--json"] * opts.json
    os.execv(sys.executable, command)


def _place(name: str, urls: list[str]) -> Path:
    """Return the folder for a spider: that of the project here, else of the home here.

    Raise BadInput, before anything is asked, where there is neither, and for a site that is already declared.
    """
    config = closest_scrapy_cfg()
    place = Path(config).resolve().parent if config else place_here()
    if place is None:
        raise BadInput(
            'there is no home here to write a site into — make one: "yuanben new HOME", then cd HOME'
        )
    known = sites()
    if name in known:
        raise BadInput(f'a site "{name}" is declared already — choose another --name')
    if (held := site_of(urls[0], known)) and host_of(urls[0]) in _hosts(known[held]):
        raise BadInput(f'{host_of(urls[0])} belongs to the declared site "{held}" — scrapy watch {held}')
    return place


def _hosts(site: Site) -> set[str]:
    return {host_of(url) for url in site.listings}


def _now(name: str, place: Path) -> str:
    """Return the next steps; a home that names its sites must also name this one."""
    home = home_here()
    if home is None or not home.sites or name in home.sites:
        return f"now        scrapy watch {name}"
    return f'now        scrapy watch {name}; for every run: put "{name}" into sites of {home.path}'


def _read_folder(folder: Path, *, as_json: bool) -> int:
    """Print the general reading of each saved page of a folder."""
    if not folder.is_dir():
        raise BadInput(f"{folder} is no folder — give one with saved pages")
    seen = 0
    for identity, page in _saved(folder):
        seen += 1
        reading = read_list(page)
        print(
            json.dumps(reading_json(identity, reading), ensure_ascii=False)
            if as_json
            else _line(identity, reading)
        )
    if not seen:
        raise BadInput(f"{folder} holds no page ({', '.join(sorted(_PAGES))}) — give the folder they lie in")
    return 0


def _saved(folder: Path) -> list[tuple[str, Page]]:
    """Return the pages of a folder: those named by its index.jsonl, with addresses; else every page."""
    index = folder / "index.jsonl"
    if index.is_file():
        return [_indexed(folder, number, line) for number, line in enumerate(_lines(index), 1)]
    files = sorted(p for p in folder.rglob("*") if p.suffix.lower() in _PAGES and p.is_file())
    return [
        (str(p.relative_to(folder).with_suffix("")), _page(p, "http://saved.invalid/list/page.html"))
        for p in files
    ]


def _lines(index: Path) -> list[str]:
    try:
        return [line for line in index.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{index} cannot be read ({error})") from None


def _indexed(folder: Path, number: int, line: str) -> tuple[str, Page]:
    try:
        record: dict[str, Any] = json.loads(line)
        file, url = folder / record["file"], str(record.get("url") or "http://saved.invalid/list/page.html")
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BadInput(f"{folder}/index.jsonl, line {number}: no record with id and file") from None
    return str(record.get("id") or record["file"]), _page(file, url)


def _page(file: Path, url: str) -> Page:
    try:
        body = file.read_bytes()[: PAGE_LIMIT + 1]
    except OSError as error:
        raise BadInput(f"{file} cannot be read ({error.strerror})") from None
    if len(body) > PAGE_LIMIT:
        raise BadInput(f"{file} is larger than {PAGE_LIMIT >> 20} MiB, the limit for pages")
    content_type = "application/json" if file.suffix == ".json" else "text/html"
    return Page(url=url, body=body, content_type=content_type)


def _line(identity: str, reading: Reading) -> str:
    pager = reading.pager
    goes = pager.next or pager.call or ""
    return (
        f"{identity:24} {reading.kind:8} {len(reading.rows):4} rows ({sum(bool(r.date) for r in reading.rows)} dated)  "
        f"{pager.kind} {goes}".rstrip()
    )
