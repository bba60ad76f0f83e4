"""Shards merged into one archive are the archive that one crawl of everything would have made."""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from archive.model import Exchange
from archive.store.read.verify import Wanted, is_sound, verify
from tests.archive.desk import HOST, SITE, Desk
from tests.archive.histories import Files, differences, empty, files, history, story
from tests.archive.test_merge_and_repair import merged

OFFICE = "www.office.example"
SITES = {
    "bureau": SITE,
    "office": replace(SITE, publisher="示例办", domains=("office.example",), listings=(f"https://{OFFICE}/list.html",)),
}  # fmt: skip
SEEDS = range(600 if os.environ.get("YUANBEN_SOAK") else 24)


class Shard(Files):
    """An archive of some sites, to which exchanges of any of them are handed."""

    def __init__(self) -> None:
        super().__init__(sites=SITES, db=empty())
        self.crawls = {site: self.archive.begin_crawl(site, "watch") for site in SITES}

    def keep(self, exchange: Exchange) -> Any:
        return self.archive.keep(exchange, self.crawls[exchange.site])

    def drain(self) -> None:
        super().drain()
        for site in SITES:
            self.archive.settle(site)


def of_two_sites(seed: int) -> list[Exchange]:
    """Return the histories of two sites, in the order of their times."""
    office = [_elsewhere(one) for one in history(seed + 1000)]
    return sorted([*history(seed), *office], key=lambda one: (one.captured_at, one.url))


def _elsewhere(one: Exchange) -> Exchange:
    headers = tuple((name, value.replace(HOST, OFFICE)) for name, value in one.headers)
    record = f"office {one.record}"
    return replace(one, url=one.url.replace(HOST, OFFICE), site="office", headers=headers, record=record)


def by_document(one: Exchange) -> str:
    """Return the document that an exchange belongs to: its looks stay together, as in a crawl."""
    number = re.search(r"/[ab]/n(\d+)", one.url)
    return f"{one.site} {number.group(1) if number else ''}"


def partition(exchanges: Iterable[Exchange], dice: random.Random, key: Any) -> list[list[Exchange]]:
    """Return exchanges in two or three shards, those with one key together."""
    count, shard_of = dice.choice((2, 3)), dict[str, int]()
    shards: list[list[Exchange]] = [[] for _ in range(count)]
    for one in exchanges:
        shards[shard_of.setdefault(key(one), dice.randrange(count))].append(one)
    return shards


def archive_of(given: Sequence[Iterable[Exchange]]) -> Shard:
    shard = Shard()
    for one in given:
        shard.take(one)
    return shard


def captured(desk: Desk) -> list[tuple[Any, ...]]:
    """Return every capture with the digest of its body."""
    of = "select site, url, captured_at, status, headers, payload from captures order by captured_at, url, status"
    return [tuple(row) for row in desk.rows(of)]


def texts(desk: Desk) -> list[tuple[Any, ...]]:
    of = "select d.url, v.state_digest, v.text_digest from versions v join documents d on d.id = v.document order by 1, 2"
    return [tuple(row) for row in desk.rows(of)]


def answers_of(desk: Desk) -> dict[str, Any]:
    """Return what an archive says of its documents, but for what the reading of a 304 inherits: doubts about a page."""
    return {url: {name: value for name, value in of.items() if name != "flags"} for url, of in story(desk).items()}  # fmt: skip


@pytest.mark.loop
@pytest.mark.parametrize("key", [by_document, lambda one: one.site], ids=["by document", "by site"])
@pytest.mark.parametrize("seed", SEEDS)
def test_shards_merged_in_any_order_equal_one_crawl(seed: int, key: Any) -> None:
    dice = random.Random(seed)
    told = of_two_sites(seed)
    whole = archive_of([told])
    shards = [
        archive_of(files(part, dice) if part and dice.random() < 0.5 else [part])
        for part in partition(told, dice, key)
    ]
    dice.shuffle(shards)
    desk, given = merged(*(shard.db for shard in shards))
    assert not [one.lost for one in given if one.lost]
    assert captured(desk) == captured(whole) and texts(desk) == texts(whole)
    assert not differences(answers_of(whole), answers_of(desk))


def test_what_shards_merged_into_is_sound() -> None:
    told = of_two_sites(12)
    desk, _ = merged(*(archive_of([part]).db for part in partition(told, random.Random(12), by_document)))
    assert is_sound(verify(desk.db, Wanted(sample=None, reads=None)))
