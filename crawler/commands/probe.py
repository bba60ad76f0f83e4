"""``scrapy probe [SITE…]``: which declared facts hold on the live web. Nothing enters the archive."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from functools import partial

from scrapy.commands import ScrapyCommand

from archive.clock import clock_from
from archive.errors import BadInput
from crawler import session
from crawler.looking import Asking, look
from crawler.probing import MOST_REQUESTS, Probe, as_issue, as_json, as_table, probe
from crawler.reading import spiders


class Command(ScrapyCommand):
    requires_project = True

    def syntax(self) -> str:
        return "[SITE…] [options]"

    def short_desc(self) -> str:
        return "Say which declared facts hold on the live sites, in ten requests each; nothing is kept"

    def add_options(self, parser: ArgumentParser) -> None:
        super().add_options(parser)
        session.add_archive_options(parser, writes=False)
        parser.add_argument("--json", action="store_true", help="print one JSON document")
        parser.add_argument(
            "--issue", action="store_true", help="print text that can be pasted into an issue"
        )

    def run(self, args: list[str], opts: Namespace) -> None:
        self.exitcode = session.exit_code_of(lambda: self._probe(session.chosen(args), opts))

    def _probe(self, names: list[str], opts: Namespace) -> int:
        if opts.json and opts.issue:
            raise BadInput("--json and --issue are two forms — give one")
        made = self._looked(names)
        if opts.json:
            print(json.dumps({"probes": [as_json(made[name]) for name in sorted(made)]}, ensure_ascii=False))
        else:
            for name in sorted(made):
                print(as_issue(made[name]) if opts.issue else as_table(made[name]))
        return int(any(one.verdict != "holds" for one in made.values()))

    def _looked(self, names: list[str]) -> dict[str, Probe]:
        assert self.crawler_process is not None
        known, at = spiders(), clock_from().now()
        made: dict[str, Probe] = {}

        async def work(ask: Asking, name: str) -> None:
            made[name] = await probe(ask, known[name], at)
            made[name].asked = ask.asked

        works = {name: partial(work, name=name) for name in names}
        look(self.crawler_process, works, most=MOST_REQUESTS, sites={n: known[n].site for n in names})
        return made
