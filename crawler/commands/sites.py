"""``scrapy sites``: the declared sites, and the outcome of each site's last crawl."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace

from scrapy.commands import ScrapyCommand

from archive.cli.options import archive_path
from archive.store.file.connection import open_for_reading
from archive.store.read.health import last_proved, site_health
from archive.urls import host_of
from crawler import session
from crawler.reading import sites, spiders
from crawler.site import PolicySpider
from crawler.table import TableSpider

HEADS = {
    "en": ("table", "spider", "publisher", "address", "lists", "how sure"),
    "zh": ("表", "爬虫", "发布者", "网址", "列表", "把握"),
}
_SURE = {
    "texts behind a challenge": "正文有人机验证", "closed abroad": "境外不通", "closed": "不通", "sure": "可靠", "good": "较好", "fair": "尚可",
    "challenge": "人机验证", "a script in place of the page": "以脚本代替网页", "a loop without cookies": "没有 Cookie 便循环跳转",
}  # fmt: skip


def markdown(found: list[type[PolicySpider]], language: str) -> str:
    """Return the sites declared in tables as a table of the documentation, in English or Chinese."""
    heads = HEADS[language]
    lines = ["| " + " | ".join(heads) + " |", "| --- " * len(heads) + "|"]
    for spider in sorted((s for s in found if issubclass(s, TableSpider)), key=lambda s: (s.table, s.name)):
        cells = (
            spider.table,
            f"`{spider.name}`",
            spider.site.publisher,
            host_of(spider.site.listings[0]),
            str(len(spider.site.listings)),
            spider.sure if language == "en" else _in_chinese(spider.sure),
        )
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _in_chinese(sure: str) -> str:
    for word, said in _SURE.items():
        sure = sure.replace(word, said)
    return sure.replace(" (", "（").replace("(", "（").replace(")", "）").replace(": ", "：")


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
        parser.add_argument(
            "--markdown",
            choices=tuple(HEADS),
            help="print the sites that stand in tables as docs/sites.md shows them",
        )

    def run(self, args: list[str], opts: Namespace) -> None:
        self.exitcode = session.exit_code_of(lambda: self._list(session.chosen(args), opts))

    def _list(self, names: list[str], opts: Namespace) -> int:
        if opts.markdown:
            print(markdown([spiders()[name] for name in names], opts.markdown))
            return 0
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
        return {row.site: row.verdict for row in site_health(db)}, last_proved(db)
    finally:
        db.close()
