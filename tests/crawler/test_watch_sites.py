"""Every declared site watched over its replica: the verdicts when all is well, and when one trap after another shuts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crawler.watching import Done, Ground, sums_agree
from tests.replicas import Replicas
from tests.replicas.columns import COLUMNS
from tests.replicas.families import SYSTEMS
from tests.replicas.smaller import SYNONYMS
from tests.replicas.systems import MORE_SYSTEMS

# Sites of the systems in test_watch_systems.py are watched there.
PLAYED = tuple(name for name in COLUMNS if name not in (*SYSTEMS, *MORE_SYSTEMS, "county"))


@pytest.fixture(scope="module")
def replicas() -> Iterator[Replicas]:
    with Replicas() as served:
        yield served


@pytest.fixture(scope="module")
def watched(replicas: Replicas, tmp_path_factory: pytest.TempPathFactory) -> tuple[Ground, Done]:
    """The sites that are played here, watched once with a limit."""
    ground = Ground(replicas, tmp_path_factory.mktemp("watched") / "every.db", readers=2)
    replicas.day = 1
    replicas.forget()
    return ground, ground.run("watch", *PLAYED, "--limit", "14", "--json", seconds=300)


@pytest.fixture
def ground(replicas: Replicas, tmp_path: Path) -> Iterator[Ground]:
    replicas.forget()
    yield Ground(replicas, tmp_path / "one.db")
    replicas.mode("", "")


def test_every_site_is_well_but_the_frozen_one(watched: tuple[Ground, Done]) -> None:
    ground, done = watched
    verdicts = {one["site"]: (one["verdict"], one["reasons"]) for one in done.json["crawls"]}
    assert verdicts.pop("zgc") == ("WARN", ["unreachable"])
    assert len(verdicts) == 18
    assert {site: found for site, found in verdicts.items() if found != ("OK", [])} == {}
    assert done.code == 0, "a site that is known to be dead is no alarm"
    sums_agree(ground)


def test_the_frozen_site_is_asked_once(watched: tuple[Ground, Done]) -> None:
    ground, _ = watched
    asked = [one for one in ground.replicas.log() if one.host.partition(":")[0] == "zgcgw.beijing.gov.cn"]
    assert 1 <= len(asked) <= 3


def test_the_republishers_are_copies_in_the_archive(watched: tuple[Ground, Done]) -> None:
    ground, _ = watched
    roles = {row["site"]: row["role"] for row in ground.rows("select distinct site, role from latest")}
    assert {site for site, role in roles.items() if role == "copy"} == {"achie", "beijiang"}
    assert set(roles.values()) == {"copy", "original"}


def test_what_a_republisher_took_is_set_against_its_original(watched: tuple[Ground, Done]) -> None:
    ground, _ = watched
    (row,) = ground.rows("select * from copies where copy_url like '%achie.org%1234.html'")
    assert "cac.gov.cn" in row["original_url"] and row["coverage"] > 0.9
    rules = ground.rows("select original, found from copier_rules where site = 'achie' and kind = 'replace'")
    assert {(rule["original"], rule["found"]) for rule in rules} >= set(SYNONYMS.items())


def test_nothing_was_asked_that_no_site_has(watched: tuple[Ground, Done]) -> None:
    ground, _ = watched
    missed = [one.url for one in ground.replicas.requests() if one.status == 404]
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
