"""A first look at a declared site on the live web: which declared facts hold, in ten requests.

A fact that holds was seen to hold once, on the pages asked. Nothing is stated of pages that were not asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from archive.lists import read_list
from archive.lists.drafting import draft_rule
from archive.model import Article, Link, Page, Rows, Site, Unreadable
from archive.urls import is_article, is_attachment
from crawler.looking import Asking, LookResult
from crawler.site import PolicySpider

MOST_REQUESTS = 10
_LISTS, _ARTICLES = 4, 3
_WORDS = {True: "holds", False: "DEPARTS", None: "unseen"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A declared fact, whether it holds (None: it could not be seen), and the evidence."""

    what: str
    holds: bool | None
    said: str
    url: str = ""


@dataclass(slots=True, kw_only=True)
class Probe:
    """The result of a look at a declared site."""

    site: str
    publisher: str
    at: str
    facts: list[Fact] = field(default_factory=list)
    asked: int = 0

    @property
    def verdict(self) -> str:
        """Return ``holds``, ``departs`` where a fact does not hold, ``unseen`` where none could be seen."""
        if any(fact.holds is False for fact in self.facts):
            return "departs"
        return "holds" if any(fact.holds for fact in self.facts) else "unseen"


async def probe(ask: Asking, spider: type[PolicySpider], at: str) -> Probe:
    """Look at a site: its robots.txt, up to four of its lists, three of the articles they show."""
    site = spider.site
    made = Probe(site=spider.name, publisher=site.publisher, at=at)
    links: list[Link] = []
    unasked = len(site.listings)
    for url in _some(site.listings):
        # A list may take two requests, and a new host one more; three articles are to be seen as well.
        if ask.asked + 3 + _ARTICLES > MOST_REQUESTS and unasked < len(site.listings):
            break
        unasked -= 1
        links += await _list(ask, made, spider, url)
    _robots(made)
    if unasked:
        made.facts.append(
            Fact(what="lists", holds=None, said=f"{unasked} more are declared and were not asked")
        )
    _expected(made, site, links, at, whole=not unasked)
    for link in _spread([link for link in links if not is_attachment(link.url, site)]):
        await _article(ask, made, spider, link)
    return made


def _some(listings: Sequence[str]) -> list[str]:
    """Return up to four lists, spread over those declared: neighbours often have the same structure."""
    if len(listings) <= _LISTS:
        return list(listings)
    step = len(listings) / _LISTS
    return [listings[int(number * step)] for number in range(_LISTS)]


def _spread(links: Sequence[Link]) -> list[Link]:
    once = list({link.url: link for link in links}.values())
    if len(once) <= _ARTICLES:
        return once
    return [once[0], once[len(once) // 2], once[-1]]


async def _list(ask: Asking, made: Probe, spider: type[PolicySpider], url: str) -> list[Link]:
    """Note the rows of a declared list by its rule, and by the general reading."""
    seen = await ask(url, referer=spider.site.referer)
    if seen.page is None or seen.trouble:
        made.facts.append(_failed_fact("list", seen))
        return []
    rows = spider.parse_listing(seen.page)
    named = 0
    if isinstance(rows, Rows) and not rows.links and rows.pages:
        named = len(rows.pages) - 1
        # The page refers to the address of its list.
        seen = await ask(rows.pages[0], referer=spider.site.referer)
        if seen.page is None or seen.trouble:
            made.facts.append(_failed_fact("list", seen))
            return []
        rows = spider.parse_listing(seen.page)
    assert seen.page is not None
    if isinstance(rows, Unreadable) or not rows.links:
        made.facts.append(_no_rows(seen.page, spider.site, url, rows))
        return []
    dated = sorted(link.date for link in rows.links if link.date)
    newest = f", newest {dated[-1]}" if dated else ", none with a day"
    more = f", {len(rows.pages) + named} further pages" if rows.pages or named else ""
    flags = f" ({', '.join(rows.flags)})" if rows.flags else ""
    made.facts.append(
        Fact(what="list", holds=True, said=f"{len(rows.links)} rows{newest}{more}{flags}", url=url)
    )
    return list(rows.links)


def _no_rows(page: Page, site: Site, url: str, rows: Rows | Unreadable) -> Fact:
    """Report for a list without rows the result of the general reading, with the rule it would draft."""
    reading = read_list(page)
    fit = sum(is_article(row.url, site) for row in reading.rows)
    why = rows.reason if isinstance(rows, Unreadable) else "no row by the declared rule"
    if not fit:
        others = f"; {len(reading.rows)} links of one form lead elsewhere" if len(reading.rows) >= 3 else ""
        return Fact(what="list", holds=False, said=why + others, url=url)
    rule = (
        draft_rule(reading.group.elements[0].getroottree().getroot(), reading.group)
        if reading.group
        else None
    )
    drafted = f', drafted rule "{rule.rows}"' if rule else ""
    return Fact(what="list", holds=False, said=f"{why}; the general way finds {fit}{drafted}", url=url)


def _failed_fact(what: str, seen: LookResult) -> Fact:
    # Silence towards us says nothing of the declaration.
    holds = None if seen.trouble in ("unreachable", "left", "blocked", "challenge", "refused") else False
    return Fact(
        what=what,
        holds=holds,
        said=seen.reason if seen.reason.startswith(seen.trouble) else f"{seen.trouble}: {seen.reason}",
        url=seen.url,
    )


def _robots(made: Probe) -> None:
    barred = [fact for fact in made.facts if fact.said.startswith("robots")]
    said = "; ".join(dict.fromkeys(fact.said for fact in barred))
    others = any(fact.holds is not None and fact not in barred for fact in made.facts)
    if barred:
        made.facts.insert(0, Fact(what="robots", holds=False, said=said))
    elif others:
        made.facts.insert(
            0, Fact(what="robots", holds=True, said="robots.txt allows the lists that were asked")
        )


def _expected(made: Probe, site: Site, links: Sequence[Link], at: str, *, whole: bool) -> None:
    """Compare the rows seen with what is expected: their number only where every list was asked."""
    if not links:
        return
    expect, number = site.expects, len({link.url for link in links})
    if whole:
        # Further pages of a list also count, and were not asked.
        ends = not any("further pages" in fact.said for fact in made.facts)
        holds = True if number >= expect.articles else False if ends else None
        made.facts.append(Fact(what="rows", holds=holds, said=f"{number} rows, {expect.articles} expected"))
    newest = max((link.date for link in links), default="")
    if expect.newest_within_days is not None and newest:
        age = (date.fromisoformat(at[:10]) - date.fromisoformat(newest[:10])).days
        said = f"the newest row is {age} days old, {expect.newest_within_days} are expected at most"
        made.facts.append(Fact(what="newest", holds=age <= expect.newest_within_days, said=said))


async def _article(ask: Asking, made: Probe, spider: type[PolicySpider], link: Link) -> None:
    seen = await ask(link.url, referer=spider.site.referer)
    if seen.page is None or seen.trouble:
        made.facts.append(_failed_fact("article", seen))
        return
    read = spider.parse_article(seen.page)
    if isinstance(read, Unreadable):
        made.facts.append(
            Fact(what="article", holds=False, said=f"{read.outcome}: {read.reason}", url=link.url)
        )
        return
    assert isinstance(read, Article)
    missed = "rule_missed" in read.flags
    said = f"{read.published_at or 'no day'}, {len(read.text)} letters, {read.title[:40]}"
    said += ", its rule found nothing" if missed else ""
    made.facts.append(Fact(what="article", holds=not missed and bool(read.text), said=said, url=link.url))


def as_json(made: Probe) -> dict[str, Any]:
    """Return a probe as JSON."""
    return {
        "site": made.site,
        "publisher": made.publisher,
        "at": made.at,
        "verdict": made.verdict,
        "requests": made.asked,
        "facts": [
            {"what": f.what, "holds": f.holds, "said": f.said, "url": f.url or None} for f in made.facts
        ],
    }


def as_table(made: Probe) -> str:
    """Return a probe as lines for a terminal."""
    lines = [f"{made.site:14} {made.verdict:8} {made.publisher}  ({made.asked} requests)"]
    lines += [
        f"  {_WORDS[f.holds]:8} {f.what:8} {f.said}" + (f"  {f.url}" if f.url else "") for f in made.facts
    ]
    return "\n".join(lines)


def as_issue(made: Probe) -> str:
    """Return a probe as text for an issue: declarations and findings in a Markdown table."""
    rows = [f"| {f.what} | {_WORDS[f.holds]} | {_cell(f.said)} | {_cell(f.url)} |" for f in made.facts]
    return "\n".join(
        [f"### {made.site}: {made.verdict}", "", f"{made.publisher}, looked at {made.at} with {made.asked} requests.", "",
         "| fact | | seen | address |", "| --- | --- | --- | --- |", *rows, ""]
    )  # fmt: skip


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
