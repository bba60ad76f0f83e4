"""All replicas watched in one run: verdicts when all is well, politeness, and one trap after another."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from tests.crawler.watching import HOME, Done, Ground, sums_agree
from tests.replicas import Exchange, Replicas, cac, overlaps
from tests.replicas.families import SYSTEMS
from tests.replicas.smaller import COPIED, SYNONYMS, achie_address
from tests.replicas.systems import MORE_SYSTEMS
from tests.replicas.world import COLUMNS

Watched = tuple[Ground, Done, list[Exchange]]

# Each system that many sites share is played by one of them; nobody declares the county.
PLAYED = tuple(name for name in COLUMNS if name != "county")
# Seconds between two requests to one host; a site's own would make a long test.
DELAY = 0.05


@pytest.fixture(scope="module")
def replicas() -> Iterator[Replicas]:
    with Replicas() as served:
        yield served


@pytest.fixture(scope="module")
def watched(replicas: Replicas, tmp_path_factory: pytest.TempPathFactory) -> Watched:
    """All sites that are played, watched at once with a limit; and what the replicas were asked."""
    ground = Ground(replicas, tmp_path_factory.mktemp("watched") / "every.db", readers=2, delay=DELAY)
    replicas.day = 1
    replicas.forget()
    done = ground.run("watch", *PLAYED, "--limit", "6", "--json", seconds=300)
    return ground, done, replicas.log()


@pytest.fixture
def ground(replicas: Replicas, tmp_path: Path) -> Iterator[Ground]:
    replicas.forget()
    yield Ground(replicas, tmp_path / "one.db")
    replicas.mode("", "")


def test_every_site_is_well_but_the_frozen_one(watched: Watched) -> None:
    ground, done, _ = watched
    verdicts = {one["site"]: (one["verdict"], one["reasons"]) for one in done.json["crawls"]}
    assert verdicts.pop("zgc") == ("WARN", ["unreachable"])
    assert set(verdicts) == set(PLAYED) - {"zgc"}
    assert {*SYSTEMS, *MORE_SYSTEMS} <= set(verdicts)
    assert {site: found for site, found in verdicts.items() if found != ("OK", [])} == {}
    assert done.code == 0, "a site that is known to be dead is no alarm"
    sums_agree(ground)


def test_all_hosts_are_asked_politely_though_all_are_asked_at_once(watched: Watched) -> None:
    _, _, exchanges = watched
    log = [one for one in exchanges if one.method != "CONNECT"]
    hosts = {one.host for one in log}
    assert len(hosts) >= len(PLAYED)
    for host in hosts:
        own = [one for one in log if one.host == host]
        assert overlaps(own) == [], host
        assert own[0].target == "/robots.txt", host
        # The server's clock starts when a request has arrived, so a gap can look a little shorter than it was.
        gaps = [second.start - first.start for first, second in pairwise(own)]
        assert min(gaps, default=DELAY) > DELAY * 0.8, host
    # Polite to each, and yet side by side: between two requests to one host, others are asked.
    changes = sum(first.host != second.host for first, second in pairwise(log))
    assert changes > len(log) / 2


def test_further_pages_are_asked_as_the_system_has_them(watched: Watched) -> None:
    _, _, log = watched
    asked = [one.url for one in log]
    for part in ("/gkmlpt/api/all/5?page=1&sid=2", "&page=2", "startrecord=7&endrecord=12", "index_1.htm"):
        assert any(part in url for url in asked), part


def test_articles_lie_where_their_lists_say(watched: Watched) -> None:
    ground, _, _ = watched
    rows = ground.rows("select site, url, title, published_at from latest")
    assert {row["site"] for row in rows} == set(PLAYED) - {"zgc"}
    systems = [row for row in rows if row["site"] in (*SYSTEMS, *MORE_SYSTEMS)]
    assert all(row["title"] and row["published_at"] for row in systems)
    assert any(row["url"].startswith("http://gks.mof.gov.cn/") for row in rows), (
        "on another host than the list"
    )


ASKED = {
    "a list that counts down": ("index_2603340_2.html", "index_2603340_1.html"),
    "a list that counts up": ("/nw39220/index_2.html",),
    "a search by page": ("/was5/web/search?channelid=289046&page=2", "channelid=289046&page=3"),
    "the other sheets of today's paper": ("/layout/202609/15/node_01.html", "/layout/202609/15/node_03.html"),
    "a data source": ("/policy/ds_",),
    "a law base by page": ("pageNo=2", "pageNo=4"),
}


@pytest.mark.parametrize("parts", ASKED.values(), ids=ASKED)
def test_further_pages_are_asked_as_each_further_system_has_them(
    watched: Watched, parts: tuple[str, ...]
) -> None:
    asked = [one.url for one in watched[2]]
    assert all(any(part in url for url in asked) for part in parts)


def test_all_rows_of_a_list_are_found_once(watched: Watched) -> None:
    ground, _, _ = watched
    found = dict(ground.rows("select site, count(*) from frontier where kind = 'article' group by site"))
    for site in ("sasac", "shanghai", "moe", "gmrb", "nea", "xzfg"):
        assert found[site] == sum(COLUMNS[site].values()), site


def test_a_form_is_posted_and_is_part_of_what_is_kept(watched: Watched) -> None:
    ground, _, log = watched
    asked = [one for one in log if one.host == "www.cac.gov.cn" and one.target == "/cms/JsonList"]
    assert {one.method for one in asked} == {"POST"} and len(asked) == 7
    kept = ground.rows("select url, method from captures where method = 'POST' order by url")
    assert len({row["url"] for row in kept}) == 7
    assert all(
        row["url"].startswith("https://www.cac.gov.cn/cms/JsonList?__wb_method=POST&channelCode=A09")
        for row in kept
    )


def test_a_form_that_was_exported_comes_back_as_it_was_kept(watched: Watched, tmp_path: Path) -> None:
    ground, _, _ = watched
    file = tmp_path / "cac.warc.gz"
    export = [
        sys.executable,
        "-c",
        "from archive.cli import main; main()",
        "export",
        "warc",
        str(file),
        "--site",
        "cac",
    ]
    subprocess.run([*export, "--archive", str(ground.path)], cwd=HOME, check=True, capture_output=True)
    again = Ground(ground.replicas, tmp_path / "again.db")
    assert again.run("replay", str(file)).code in (0, 1)
    query = "select url, method, payload from captures where method = 'POST' order by url, captured_at"
    assert [tuple(row) for row in again.rows(query)] == [tuple(row) for row in ground.rows(query)]


def test_the_frozen_site_is_asked_once(watched: Watched) -> None:
    _, _, log = watched
    asked = [one for one in log if one.host.partition(":")[0] == "zgcgw.beijing.gov.cn"]
    assert 1 <= len(asked) <= 3


def test_the_republishers_are_copies_in_the_archive(watched: Watched) -> None:
    ground, _, _ = watched
    roles = {row["site"]: row["role"] for row in ground.rows("select distinct site, role from latest")}
    assert {site for site, role in roles.items() if role == "copy"} == {"achie", "beijiang"}
    assert set(roles.values()) == {"copy", "original"}


def test_what_a_republisher_took_is_set_against_its_original(ground: Ground) -> None:
    piece = next(one for one in ground.replicas.world.pieces("cac") if one.key == COPIED)
    original = cac.address(piece)
    taken = achie_address(replace(piece, column="zcjd", number="90001234"))
    assert ground.run("keep", original, taken).code == 0
    (row,) = ground.rows("select * from copies")
    assert row["copy_url"] == taken and row["original_url"] == original and row["coverage"] > 0.9
    rules = ground.rows("select original, found from copier_rules where site = 'achie' and kind = 'replace'")
    assert {(rule["original"], rule["found"]) for rule in rules} >= set(SYNONYMS.items())


def test_nothing_was_asked_that_no_site_has(watched: Watched) -> None:
    _, _, log = watched
    missed = [one.url for one in log if one.status == 404]
    # A list that counts nothing is walked until it ends, and only its answer says that it has.
    end = "https://www.chinanews.com.cn/scroll-news/news3.html"
    assert [url for url in missed if not url.endswith("/robots.txt")] == [end]


def test_kinds_of_page_are_told_apart(ground: Ground) -> None:
    assert ground.run("watch", "scio", "ndrc", "beijing", "--json").code == 0
    flags = {row["url"]: json.loads(row["flags"]) for row in ground.rows("select url, flags from latest")}
    assert "transcript" in flags["https://www.scio.gov.cn/live/2026/39001/tw/"]
    assert "picture_only" in flags["https://www.ndrc.gov.cn/xwdt/tzgg/202609/t20260912_1409020.html"]
    assert "picture_only" in flags["https://www.beijing.gov.cn/zhengce/zcjd/202609/t20260909_4711044.html"]
    assert sum("picture_only" in one for one in flags.values()) == 2
    assert sum("transcript" in one for one in flags.values()) == 1
    # No list shows the parts of a press conference: its page links them, and one of them links a further one.
    parts = {url.partition("/live/2026/39001/")[2] for url in flags if "/live/2026/39001/" in url}
    assert parts == {
        "",
        "tw/",
        "wjzc/",
        "fbyd/202609/t20260910_918801.html",
        "wjzc/202609/t20260910_918802.html",
    }
    sums_agree(ground)


def test_a_list_that_gives_page_one_for_page_two_is_not_taken_for_page_two(ground: Ground) -> None:
    ground.replicas.mode("www.samr.gov.cn", "repeated_list")
    ground.run("watch", "samr", "--limit", "2", "--json")
    reasons = ground.column(
        "select r.reason from readings r join captures c on c.id = r.capture "
        "where c.kind = 'listing' and r.outcome = 'unreadable'"
    )
    assert reasons == ["page 2 was asked, page 1 answered"]


def test_a_gateway_page_that_is_kept_is_a_copy_beside_its_original(ground: Ground) -> None:
    path = "/zhengce/zhengcefagui/202609/t20260909_4711001.html"
    original = f"https://www.beijing.gov.cn{path}"
    gateway = f"https://www.beijing.gov.cn/gate/big5/www.beijing.gov.cn{path}"
    done = ground.run("keep", original, gateway)
    assert done.code == 0, done.err
    kept = {
        row["url"]: (row["role"], row["site"]) for row in ground.rows("select url, role, site from latest")
    }
    assert kept == {original: ("original", "beijing"), gateway: ("copy", "beijing")}


def test_one_document_at_five_addresses_is_one_work_and_a_notice_that_quotes_it_is_not(
    ground: Ground,
) -> None:
    formal = "https://www.gov.cn/zhengce/content/202609/content_7081001.htm"
    library = "https://www.gov.cn/zhengce/zhengceku/202609/content_7081002.htm"
    big5 = formal.replace("https://www.gov.cn/", "https://big5.www.gov.cn/gate/big5/www.gov.cn/")
    city = "https://www.beijing.gov.cn/zhengce/zhengcefagui/202609/t20260911_4711090.html"
    through = city.replace(
        "https://www.beijing.gov.cn/", "https://www.beijing.gov.cn/gate/big5/www.beijing.gov.cn/"
    )
    quoting = "https://www.beijing.gov.cn/zhengce/zhengcefagui/202609/t20260912_4711095.html"
    done = ground.run("keep", quoting, through, city, big5, library, formal)
    assert done.code == 0, done.err
    works = {row["url"]: row for row in ground.rows("select * from works")}
    assert set(works) == {formal, library, big5, city, through}
    assert [url for url, row in works.items() if row["is_issuer"]] == [formal]
    assert {url for url, row in works.items() if row["role"] == "copy"} == {big5, through}
    quoted = ground.one("select doc_number from latest where url = ?", quoting)
    assert quoted == works[formal]["doc_number"], "it bears the number, and is another document all the same"
    assert len(ground.rows("select * from work_addresses")) == 5
