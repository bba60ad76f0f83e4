"""A draft over the replicas, run unchanged, finds what the hand-written spider finds: lists followed, no process started."""

from __future__ import annotations

import asyncio
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any
from urllib.parse import quote

import pytest

from archive.model import Page, Rows
from archive.urls import as_asked, canonical_url, is_article
from crawler.cms import general
from crawler.draft_text import spider_text
from crawler.drafting import draft
from crawler.looking import LookResult
from crawler.reading import spiders
from crawler.site import PolicySpider
from tests.replicas import Replicas

# Not among them: zgc is dead, and of scio the rows that lead to conferences are too few to be a grammar. So are those of
# china_com_cn, whose articles are drafted all the same.
CONFERENCES = "/zhibo/"
SITES = (
    *(
        "achie",
        "beijiang",
        "beijing",
        "cac",
        "china_com_cn",
        "chinanews",
        "chinatorch",
        "csrc",
        "gd",
        "gov_cn",
        "jiangsu",
    ),
    *("kw_beijing", "miit", "mof", "mofcom", "mohurd", "most", "ndrc", "news_cn", "people", "samr"),
    *("sasac", "shanghai", "nea"),
)
_MOST = 60
Fetch = Callable[[str, str], tuple[int, Page | None]]


@pytest.fixture(scope="module")
def fetch() -> Iterator[Fetch]:
    """Ask the replicas as our crawler would name itself, without its waits."""
    with Replicas() as replicas:
        env = replicas.env()
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({"http": env["HTTP_PROXY"], "https": env["HTTPS_PROXY"]}),
            urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=env["SSL_CERT_FILE"])),
        )

        def ask(url: str, referer: str) -> tuple[int, Page | None]:
            headers = {
                "User-Agent": "Mozilla/5.0 (compatible; yuanben)",
                **({"Referer": referer} if referer else {}),
            }
            try:
                answer = opener.open(
                    urllib.request.Request(quote(url, safe="%/:=&?~#+!$,;'@()*[]"), headers=headers),
                    timeout=20,
                )
            except urllib.error.HTTPError as error:
                return error.code, None
            kind = answer.headers.get("Content-Type", "")
            return answer.status, Page(url=url, body=answer.read(), content_type=kind)

        yield ask


def _found(spider: type[PolicySpider], fetch: Fetch) -> set[str]:
    """Return the articles that a spider's lists lead to, further pages included."""
    found: set[str] = set()
    waiting, asked = list(spider.site.listings), set()
    while waiting and len(asked) < _MOST:
        url = waiting.pop(0)
        if url in asked:
            continue
        asked.add(url)
        _, page = fetch(url, spider.site.referer)
        if page is None:
            continue
        rows = general.instead(page, spider.site, spider.parse_listing(page))
        if isinstance(rows, Rows):
            found |= {link.url for link in rows.links if is_article(link.url, spider.site)}
            waiting += rows.pages
    return found


def _drafted(spider: type[PolicySpider], fetch: Fetch) -> type[PolicySpider]:
    async def ask(url: str, *, referer: str = "") -> LookResult:
        status, page = fetch(url, referer)
        said = "blocked" if status == 403 else f"http {status}"
        return LookResult(
            url=url, page=page, status=status, trouble="" if page else said, reason="" if page else said
        )

    # A form is nothing that a look at a page could find.
    lists = [url for url in spider.site.listings if as_asked(url)[0] == "GET"]
    made = asyncio.run(draft(ask, lists, f"{spider.name}_drafted"))
    module: Any = ModuleType("drafted")
    exec(compile(spider_text(made, "2026-09-15"), "drafted", "exec"), module.__dict__)
    (drafted,) = [v for k, v in vars(module).items() if k.endswith("DraftedSpider")]
    assert issubclass(drafted, PolicySpider)
    return drafted


@pytest.mark.parametrize("name", SITES)
def test_a_draft_finds_what_the_hand_written_spider_finds(name: str, fetch: Fetch) -> None:
    spider = spiders()[name]
    wanted = {canonical_url(url, spider.site) for url in _found(spider, fetch) if CONFERENCES not in url}
    found = {canonical_url(url, spider.site) for url in _found(_drafted(spider, fetch), fetch)}
    assert wanted
    assert len(wanted & found) >= 0.95 * len(wanted), sorted(wanted - found)[:3]
