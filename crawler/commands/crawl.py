"""``scrapy crawl SITE``: Scrapy's own word for watching one site."""

from __future__ import annotations

from argparse import Namespace

from scrapy.exceptions import UsageError

from crawler.commands import watch


class Command(watch.Command):
    def syntax(self) -> str:
        return "SITE [options]"

    def short_desc(self) -> str:
        return "Watch one site"

    def run(self, args: list[str], opts: Namespace) -> None:
        if len(args) != 1:
            raise UsageError("name one site", print_help=False)
        super().run(args, opts)
