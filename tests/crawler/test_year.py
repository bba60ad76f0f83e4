"""Forty simulated days of one site, through the real commands: the laws that ``./run bench year`` holds for a year."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import pairwise
from multiprocessing import get_context

import pytest

from archive.store.write.transitions import FEW
from spiders.gov_cn import GovCnSpider
from tests.bench.year import laws, simulate
from tests.bench.year.judge import STOOD, Judgement
from tests.bench.year.scenario import DAY, HOUR, SITES, Scenario, scenario
from tests.bench.year.stage import Year, address, piece
from tests.replicas.wire import Reply, Request

AGENT = (("User-Agent", "Mozilla/5.0 (compatible; yuanben)"),)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Judgement:
    path = tmp_path_factory.mktemp("year") / "year.db"
    # In a process of its own: the runs are forked from it, and in this one other tests have a reactor going.
    with ProcessPoolExecutor(1, get_context("spawn")) as apart:
        year = partial(simulate, path, documents=48, days=40, runs=1, sites=("kw_beijing",), readers=1)
        return apart.submit(year).result()


@pytest.mark.parametrize(
    "law",
    [
        "intervals", "false withdrawal", "claim over an outage", "persistent edit missed", "version from noise",
        "failure missed", "failure invented", "withdrawal missed", "restoration missed", "move missed",
        "document missing", "move called withdrawn",
    ],
)  # fmt: skip
def test_no_law_of_monitoring_is_broken_in_forty_days(found: Judgement, law: str) -> None:
    (tally,) = [tally for tally, name in laws(found) if name == law]
    assert tally.wrong == []


def test_the_forty_days_were_not_uneventful(found: Judgement) -> None:
    assert found.intervals.all > 50 and found.all_edits.held > 10 and found.failures.all >= 4
    assert found.outcomes["gone"] > 5 and found.outcomes["blocked"] > 10
    # The new template, until it was refused.
    assert found.outcomes["quarantined"] >= FEW


@pytest.fixture(scope="module")
def told() -> Scenario:
    return scenario(documents=210, days=120, seed=1)


def test_every_site_meets_a_challenge_or_an_outage_and_all_kinds_occur(told: Scenario) -> None:
    kinds = {one.kind for one in told.troubles}
    assert {
        "200challenge",
        "521",
        "403",
        "500",
        "close",
        "empty_list",
        "new_markup",
        "articles_gone",
    } <= kinds
    assert {one.site for one in told.troubles} == set(SITES)
    assert told.pause[1] - told.pause[0] == 14 * DAY and told.pause[1] < told.days * DAY


def test_moves_found_late_hanging_pages_and_edits_that_stay_for_a_week_are_not_few(told: Scenario) -> None:
    assert sum(one.is_late for one in told.docs) >= 3
    assert sum(bool(one.times("hang")) for one in told.docs) >= 3
    edits = [(one.times("edit", "revert"), one) for one in told.docs if one.nature == "plain"]
    stood = [
        at for times, _ in edits for at, then in pairwise([*times, told.days * DAY]) if then - at >= STOOD
    ]
    assert len(stood) > 50


def asked(year: Year, url: str) -> str:
    host, _, target = url.removeprefix("https://").partition("/")
    reply = year(Request(method="GET", scheme="https", host=host, target=f"/{target}", headers=AGENT))
    return reply.body.decode() if isinstance(reply, Reply) else ""


def test_feeds_and_searches_overlap_lists_of_several_pages(told: Scenario) -> None:
    year, at = Year(told), told.pause[1] + HOUR
    at = next(
        at + day * DAY for day in range(30) if not any(told.trouble(site, at + day * DAY) for site in SITES)
    )
    year.turn(at)
    agency = "https://www.chinanews.com.cn"
    pages = [asked(year, f"{agency}/scroll-news/news{number}.html") for number in (1, 2, 3)]
    feeds = [asked(year, f"{agency}/rss/{name}.xml") for name in ("scroll-news", "china", "finance")]
    shown = [
        address(piece(doc, 0), doc.site) for doc in told.docs if doc.site == "chinanews" and doc.born < at
    ]
    in_pages = {url for url in shown if any(url.removeprefix("https:") in page for page in pages)}
    in_feeds = {url for url in shown if any(url in feed for feed in feeds)}
    assert all(pages) and in_feeds & in_pages and in_pages - in_feeds


def test_some_documents_are_known_through_the_library_alone(told: Scenario) -> None:
    year = Year(told)
    at = next(day * DAY + HOUR for day in range(60, 120) if not told.trouble("gov_cn", day * DAY + HOUR))
    year.turn(at)
    lists = "".join(asked(year, url) for url in GovCnSpider.site.listings if "sousuo" not in url)
    library = asked(
        year, next(url for url in GovCnSpider.site.listings if "gw_bm" in url or "library_bm" in url)
    )
    urls = {address(piece(doc, 0), doc.site) for doc in told.docs if doc.site == "gov_cn" and doc.born < at}
    assert {url for url in urls if url in library and url not in lists}
    assert {url for url in urls if url in library and url in lists}
