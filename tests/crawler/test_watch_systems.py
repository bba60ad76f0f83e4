"""One site of each system that many share, watched over its replica: lists, further pages, articles, the verdict."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crawler.watching import Done, Ground
from tests.replicas import Replicas
from tests.replicas.families import SYSTEMS


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
