"""``scrapy watch`` against the replicas: what is asked, how politely, and what comes of it."""

from __future__ import annotations

import re
import signal
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crawler.watching import Done, Ground, sums_agree
from tests.replicas import Exchange, Replicas, overlaps

MIIT, MOST, NEWS = "www.miit.gov.cn", "www.most.gov.cn", "www.chinanews.com.cn"
SITES = ("chinanews", "gov_cn", "miit", "most")
LATER = "2026-09-15T05:00:00.000Z"


@pytest.fixture(scope="module")
def replicas() -> Iterator[Replicas]:
    with Replicas() as served:
        yield served


@pytest.fixture
def ground(replicas: Replicas, tmp_path: Path) -> Iterator[Ground]:
    """Replicas that behave well on their first day, and no archive yet."""
    if replicas.day != 1:
        replicas.day = 1
    replicas.forget()
    yield Ground(replicas, tmp_path / "watched.db")
    for host in (MIIT, MOST, NEWS):
        replicas.mode(host, "")


@pytest.fixture(scope="module")
def watched(
    replicas: Replicas, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Ground, Done, list[Exchange]]:
    """The four sites, watched once on the first day: the ground, how it ended, the servers' log."""
    ground = Ground(replicas, tmp_path_factory.mktemp("watched") / "all.db", readers=2)
    replicas.day = 1
    replicas.forget()
    done = ground.run("watch", *SITES, "--json")
    return ground, done, replicas.log()


Watched = tuple[Ground, Done, list[Exchange]]


def test_a_first_watch_keeps_and_reads_every_site(watched: Watched) -> None:
    ground, done, _ = watched
    assert done.code == 0 and done.json["exit"] == 0, done.err
    assert {one["site"]: one["verdict"] for one in done.json["crawls"]} == {
        "chinanews": "OK", "gov_cn": "OK", "miit": "OK", "most": "OK"
    }  # fmt: skip
    assert all(one["outcomes"]["new"] > 25 for one in done.json["crawls"])
    assert ground.column("select distinct cause from versions") == ["first"]
    assert "made a new archive at" in done.err and str(ground.path) in done.err


def test_every_request_that_left_is_a_capture_and_every_capture_has_one_outcome(watched: Watched) -> None:
    ground, done, log = watched
    sums_agree(ground)
    left = Counter(exchange.url for exchange in log if exchange.method != "CONNECT")
    assert Counter(ground.column("select url from captures")) == left
    told = {one["site"]: one["captures"] for one in done.json["crawls"]}
    assert told == {
        r["site"]: r["n"] for r in ground.rows("select site, count(*) n from captures group by site")
    }


def test_only_the_sites_own_hosts_are_contacted(watched: Watched) -> None:
    """One of them sets cookies: the library that would then ask two foreign hosts for a list is not let near."""
    _, _, log = watched
    hosts = {exchange.host.partition(":")[0] for exchange in log}
    assert {
        host for host in hosts if not host.endswith((".gov.cn", ".chinanews.com", ".chinanews.com.cn"))
    } == set()
    assert {MIIT, MOST} <= hosts
    assert all(not exchange.header("Cookie") for exchange in log)


def test_a_host_is_asked_one_thing_at_a_time_and_for_its_rules_first(watched: Watched) -> None:
    _, _, log = watched
    asked = [exchange for exchange in log if exchange.method != "CONNECT"]
    for host in {exchange.host for exchange in asked}:
        own = [exchange for exchange in asked if exchange.host == host]
        assert overlaps(own) == [], host
        assert own[0].target == "/robots.txt", host
        assert sum(exchange.target == "/robots.txt" for exchange in own) == 1, host


def test_every_request_says_honestly_who_asks(watched: Watched) -> None:
    _, _, log = watched
    agents = {exchange.header("User-Agent") for exchange in log if exchange.method != "CONNECT"}
    assert len(agents) == 1
    assert re.fullmatch(r"Mozilla/5\.0 \(compatible; yuanben/[\d.]+; \+[^ )]+\)", agents.pop())


def test_a_second_watch_asks_conditionally_and_noise_makes_no_version(watched: Watched) -> None:
    ground, _, _ = watched
    ground.replicas.forget()
    done = ground.run("watch", "chinanews", "--json", now=LATER)
    outcomes = done.crawl("chinanews")["outcomes"]
    assert done.code == 0 and set(outcomes) <= {"robots", "listing", "not_modified", "unchanged"}
    assert outcomes["not_modified"] > 20, "this site has validators"
    asked = ground.replicas.requests(NEWS)
    offered = [e for e in asked if e.header("If-None-Match") or e.header("If-Modified-Since")]
    assert [e.status for e in offered].count(304) == outcomes["not_modified"]
    assert ground.one("select count(*) from changes") == 0
    sums_agree(ground)


def test_a_site_without_validators_is_asked_plainly(watched: Watched) -> None:
    ground, _, _ = watched
    ground.replicas.forget()
    done = ground.run("watch", "most", "--json", now=LATER)
    outcomes = done.crawl("most")["outcomes"]
    assert done.code == 0 and outcomes["unchanged"] > 40
    assert {"changed", "new", "not_modified"} & set(outcomes) == set()
    asked = ground.replicas.requests(MOST)
    assert not any(e.header("If-None-Match") or e.header("If-Modified-Since") for e in asked)


def test_lists_are_left_alone_until_they_are_due(watched: Watched) -> None:
    ground, _, _ = watched
    ground.replicas.forget()
    done = ground.run("watch", "gov_cn", "--due", "--json", now="2026-09-15T01:20:00.000Z")
    assert done.code == 0 and done.crawl("gov_cn")["captures"] == 0
    assert ground.replicas.requests() == []


def test_a_dry_run_sends_and_writes_nothing(watched: Watched, ground: Ground) -> None:
    done = ground.run("watch", "most", "--dry-run")
    assert done.code == 0 and "https://www.most.gov.cn/" in done.out
    assert list(ground.path.parent.iterdir()) == []
    kept, _, _ = watched
    before = kept.path.read_bytes()
    told = kept.run("watch", "gov_cn", "--dry-run", "--json", now=LATER).json["asks"]
    assert {"listing", "article"} <= {one["kind"] for one in told}
    assert kept.path.read_bytes() == before
    assert ground.replicas.log() == []


def test_a_limit_counts_articles_of_each_site(ground: Ground) -> None:
    done = ground.run("watch", "most", "chinanews", "--limit", "3", "--json")
    assert done.code == 0
    for site in ("most", "chinanews"):
        fetched = ground.one(
            "select count(distinct document) from readings r join captures c on c.id = r.capture "
            "where c.site = ? and c.kind = 'article'", site,
        )  # fmt: skip
        assert fetched == 3, site
    sums_agree(ground)


def test_a_limit_counts_a_second_try_and_waits_for_none(ground: Ground) -> None:
    # Rows of its lists are articles, or files that are documents of their own; which list comes first is chance.
    rows = r"/(?:t\d+_|W)\d+\."
    ground.replicas.mode(MOST, "500", paths=rows)
    done = ground.run("watch", "most", "--limit", "2", "--json", seconds=40)
    asked = [e for e in ground.replicas.requests(MOST) if re.search(rows, e.target)]
    assert done.crawl("most")["verdict"] == "WARN" and len(asked) == 2


@pytest.mark.parametrize("command", ["watch", "sites"])
def test_an_unknown_site_is_said_in_one_line(ground: Ground, command: str) -> None:
    done = ground.run(command, "nosuch")
    assert done.code == 2 and done.out == ""
    assert done.err.startswith("yuanben: ") and done.err.count("\n") == 1 and "nosuch" in done.err
    assert not ground.path.exists()


def test_an_option_that_cannot_be_used_is_said_in_one_line(ground: Ground) -> None:
    done = ground.run("watch", "most", "--wait", "soon")
    assert done.code == 2 and done.out == "" and not ground.path.exists()
    assert done.err.startswith("yuanben: ") and done.err.count("\n") == 1 and "--wait" in done.err


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("watch", "miit", "--limit", "-1"), id="a limit below nothing"),
        pytest.param(("read", __file__, "--url", "http://[::1"), id="no address"),
        pytest.param(("read", "no such\n\x1b[2Jfile"), id="controls in a name"),
    ],
)
def test_a_mistake_is_said_in_one_line(ground: Ground, words: tuple[str, ...]) -> None:
    done = ground.run(*words)
    assert (done.code, done.out) == (2, "") and done.err.count("\n") == 1 and "\x1b" not in done.err
    assert not ground.path.exists()


@pytest.mark.parametrize(
    ("mode", "status"), [("503", 503), ("429", 429), ("503date", 503)], ids=["503", "429", "a date"]
)
def test_a_host_that_asks_for_peace_is_given_it(ground: Ground, mode: str, status: int) -> None:
    ground.replicas.mode(MOST, mode, times=1, seconds=3, paths="/tztg/2026")
    done = ground.run("watch", "most", "--json")
    crawl = done.crawl("most")
    assert crawl["outcomes"]["failed"] == 1 and crawl["verdict"] == "OK" and done.code == 0
    asked = ground.replicas.requests(MOST)
    (turned,) = [n for n, exchange in enumerate(asked) if exchange.status == status]
    rest = asked[turned + 1].start - (asked[turned].end or 0.0)
    assert rest >= (2.0 if mode == "503date" else 3.0), "a date has whole seconds only"
    answers = [exchange.status for exchange in asked if exchange.target == asked[turned].target]
    assert answers == [status, 200], "asked again once, then had"
    sums_agree(ground)


@pytest.mark.parametrize(("mode", "reason"), [("robots500", "robots"), ("robots_reset", "unreachable")])
def test_while_nobody_knows_the_rules_nothing_is_asked(ground: Ground, mode: str, reason: str) -> None:
    ground.replicas.mode(MOST, mode)
    done = ground.run("watch", "most", "--json")
    crawl = done.crawl("most")
    assert done.code == 1 and (crawl["verdict"], crawl["reasons"]) == ("BROKEN", [reason])
    assert [exchange.target for exchange in ground.replicas.requests(MOST)] == ["/robots.txt"]
    assert crawl["outcomes"] == {"robots": 1}
    assert ground.one("select count(*) from events where kind = 'refused'") > 0
    ground.replicas.mode(MOST, "")
    again = ground.run("watch", "most", "--due", "--limit", "1", "--json", now="2026-09-15T08:00:00.000Z")
    assert again.crawl("most")["outcomes"].get("new") == 1, "a bad day of robots.txt is no bad month"


def test_a_site_behind_a_challenge_is_broken_and_the_others_are_fine(ground: Ground) -> None:
    ground.replicas.mode(NEWS, "521")
    done = ground.run("watch", "chinanews", "most", "--json")
    assert done.code == done.json["exit"] == 1
    blocked = done.crawl("chinanews")
    assert blocked["verdict"] == "BROKEN" and "challenge" in blocked["reasons"]
    assert done.crawl("most")["verdict"] == "OK" and done.crawl("most")["outcomes"]["new"] > 40
    assert ground.one("select count(*) from versions v join documents d on d.id = v.document "
                      "where d.site = 'chinanews'") == 0  # fmt: skip
    sums_agree(ground)


def test_a_site_that_turns_everything_away_is_left_alone_until_the_next_run(ground: Ground) -> None:
    ground.run("watch", "chinanews", "--limit", "40")
    known = ground.one("select count(*) from frontier where kind = 'article'")
    before = len(ground.replicas.requests(NEWS))
    ground.replicas.mode(NEWS, "403")
    ground.run("watch", "chinanews", now="2026-09-16T08:00:00.000Z")
    asked = len(ground.replicas.requests(NEWS)) - before
    assert known > 25 and asked < 20
    assert (
        ground.one("select json_extract(details, '$.still_due') from events where kind = 'left_alone'") > 10
    )
    ground.replicas.mode(NEWS, "")
    later = ground.run("watch", "chinanews", "--json", now="2026-09-16T20:00:00.000Z").crawl("chinanews")
    assert later["captures"] > known - asked and "blocked" not in later["outcomes"], (
        "nothing was lost by leaving"
    )
    sums_agree(ground)


def stopped(ground: Ground, number: int) -> Done:
    """Send a watch a signal when it has asked twenty things, and return how it ended."""
    child = ground.start("watch", "most", "--json")
    until = time.monotonic() + 60
    while len(ground.replicas.requests(MOST)) < 20:
        assert child.poll() is None and time.monotonic() < until
        time.sleep(0.02)
    child.send_signal(number)
    out, err = child.communicate(timeout=30)
    return Done(child.returncode, out, err)


def test_an_interrupted_watch_says_so(ground: Ground) -> None:
    done = stopped(ground, signal.SIGINT)
    assert done.code == done.json["exit"] == 130 and "nothing is lost" in done.err


def test_a_stopped_watch_loses_nothing_and_the_next_goes_on(ground: Ground) -> None:
    done = stopped(ground, signal.SIGTERM)
    assert done.code == done.json["exit"] == 143, done.err
    acknowledged = Counter(ground.column("select url from captures where kind = 'article'"))
    assert acknowledged and max(acknowledged.values()) == 1
    assert ground.run("watch", "most", "--json").code == 0
    after = Counter(ground.column("select url from captures where kind = 'article'"))
    assert all(after[url] == 1 for url in acknowledged), "what was had is not asked again"
    whole = ground.at("whole.db")
    assert whole.run("watch", "most").code == 0
    texts = "select url, text, title, published_at, state from latest order by url"
    assert [tuple(r) for r in ground.rows(texts)] == [tuple(r) for r in whole.rows(texts)]
    assert ground.column("select capture from queue") == []


def test_a_second_writer_is_told_who_holds_the_archive_or_waits(ground: Ground) -> None:
    ground.replicas.mode(MOST, "slow", seconds=0.05)
    child = ground.start("watch", "most")
    while not ground.path.exists() or not ground.replicas.requests(MOST):
        assert child.poll() is None
        time.sleep(0.02)
    second = ground.run("watch", "most", "--limit", "1")
    assert second.code == 75 and second.out == ""
    assert second.err.count("\n") == 1 and '"scrapy watch"' in second.err and str(child.pid) in second.err
    waiting = ground.run("watch", "most", "--due", "--wait", "60", "--json")
    assert waiting.code == 0
    assert child.wait(timeout=30) == 0


def test_an_article_of_several_pages_is_one_document(watched: Watched) -> None:
    ground, _, _ = watched
    many = ground.rows("select d.url, v.captures from versions v join documents d on d.id = v.document "
                       "where json_array_length(v.captures) > 1")  # fmt: skip
    assert many, "the replica of this news site has such articles"
    for row in many:
        pages = ground.column(
            "select url from captures where id in (select value from json_each(?))", row["captures"]
        )
        assert len(set(pages)) == len(pages) > 1
        assert not set(pages) - {row["url"]} & set(ground.column("select url from documents"))
