"""``scrapy sites``: what is declared, and how each site's last crawl went."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace

from scrapy.commands import ScrapyCommand

from archive.cli.options import archive_path
from archive.store.file.connection import open_for_reading
from archive.store.read.health import last_proved, site_health
from crawler import session
from crawler.reading import sites


class Command(ScrapyCommand):
    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        return "[SITE…] [options]"

    def short_desc(self) -> str:
        return "List the sites: their roles, how often they are asked, their last verdict"

    def add_options(self, parser: ArgumentParser) -> None:
        super().add_options(parser)
        session.add_archive_options(parser, writes=False)
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def run(self, args: list[str], opts: Namespace) -> None:
        self.exitcode = session.exit_code_of(lambda: self._list(session.chosen(args), opts))

    def _list(self, names: list[str], opts: Namespace) -> int:
        (verdicts, proved), declared = _last_looks(opts), sites()
        rows = [
            {
                "site": name,
                "publisher": site.publisher,
                "role": site.role,
                "domains": list(site.domains),
                "lists": len(site.listings),
                "schedule": f"lists every 2 h, {site.delay:g} s between requests",
                "verdict": verdicts.get(name),
                "proved": proved.get(name),
            }
            for name, site in ((name, declared[name]) for name in names)
        ]
        if opts.json:
            print(json.dumps(rows, ensure_ascii=False))
            return 0
        for row in rows:
            print(
                f"{row['site']:12} {row['role']:9} {row['verdict'] or '-':7} "
                f"{str(row['proved'] or '-')[:10]:10}  {row['publisher']}  {row['schedule']}"
            )
        return 0


def _last_looks(opts: Namespace) -> tuple[dict[str, str], dict[str, str]]:
    """Return each site's last verdict, and when a look at it last ended with OK."""
    path = archive_path(opts)
    if not path.exists():
        return {}, {}
    db = open_for_reading(path)
    try:
        return {row["site"]: row["verdict"] for row in site_health(db)}, last_proved(db)
    finally:
        db.close()
