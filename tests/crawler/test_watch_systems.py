"""One site of each system that many share, watched over its replica: lists, further pages, articles, the verdict."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crawler.watching import HOME, Done, Ground, sums_agree
from tests.replicas import Replicas
from tests.replicas.families import SYSTEMS
from tests.replicas.systems import MORE_SYSTEMS
from tests.replicas.world import COLUMNS


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Ground, Done]]:
    with Replicas() as replicas:
        path: Path = tmp_path_factory.mktemp("systems") / "systems.db"
        ground = Ground(replicas, path)
        yield ground, ground.run("watch", *SYSTEMS, "--limit", "2", "--json", seconds=300)


def test_each_is_well(watched: tuple[Ground, Done]) -> None:
    _, done = watched
    verdicts = {one["site"]: (one["verdict"], one["reasons"]) for one in done.json["crawls"]}
    assert verdicts == dict.fromkeys(SYSTEMS, ("OK", [])), done.err


def test_further_pages_are_asked_as_the_system_has_them(watched: tuple[Ground, Done]) -> None:
    ground, _ = watched
    asked = [one.url for one in ground.replicas.requests()]
    for part in ("/gkmlpt/api/all/5?page=1&sid=2", "&page=2", "startrecord=7&endrecord=12", "index_1.htm"):
        assert any(part in url for url in asked), part


def test_articles_lie_where_their_lists_say(watched: tuple[Ground, Done]) -> None:
    ground, _ = watched
    rows = ground.rows("select site, url, title, published_at from latest")
    assert {row["site"] for row in rows} == set(SYSTEMS)
    assert all(row["title"] and row["published_at"] for row in rows)
    assert any(row["url"].startswith("http://gks.mof.gov.cn/") for row in rows), (
        "on another host than the list"
    )


@pytest.fixture(scope="module")
def more(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Ground, Done]]:
    with Replicas() as replicas:
        ground = Ground(replicas, tmp_path_factory.mktemp("more") / "systems.db")
        yield ground, ground.run("watch", *MORE_SYSTEMS, "cac", "--limit", "2", "--json", seconds=300)


def test_each_further_system_is_well(more: tuple[Ground, Done]) -> None:
    ground, done = more
    verdicts = {one["site"]: (one["verdict"], one["reasons"]) for one in done.json["crawls"]}
    assert verdicts == dict.fromkeys((*MORE_SYSTEMS, "cac"), ("OK", [])), done.err
    sums_agree(ground)


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
    more: tuple[Ground, Done], parts: tuple[str, ...]
) -> None:
    asked = [one.url for one in more[0].replicas.requests()]
    assert all(any(part in url for url in asked) for part in parts)


def test_all_rows_of_a_list_are_found_once(more: tuple[Ground, Done]) -> None:
    ground, _ = more
    found = dict(ground.rows("select site, count(*) from frontier where kind = 'article' group by site"))
    for site in ("sasac", "shanghai", "moe", "gmrb", "nea", "xzfg"):
        assert found[site] == sum(COLUMNS[site].values()), site


def test_a_form_is_posted_and_is_part_of_what_is_kept(more: tuple[Ground, Done]) -> None:
    ground, _ = more
    asked = [one for one in ground.replicas.requests("www.cac.gov.cn") if one.target == "/cms/JsonList"]
    assert {one.method for one in asked} == {"POST"} and len(asked) == 7
    kept = ground.rows("select url, method from captures where method = 'POST' order by url")
    assert len({row["url"] for row in kept}) == 7
    assert all(
        row["url"].startswith("https://www.cac.gov.cn/cms/JsonList?__wb_method=POST&channelCode=A09")
        for row in kept
    )


def test_a_form_that_was_exported_comes_back_as_it_was_kept(
    more: tuple[Ground, Done], tmp_path: Path
) -> None:
    ground, _ = more
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
