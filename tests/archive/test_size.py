"""``yuanben status --size``: where the bytes are, and what a year will add."""

from __future__ import annotations

import pytest

from archive.model import Verdict
from archive.store.read.space import KINDS, space
from tests.archive.desk import LIST, URL, Desk, clock, html
from tests.archive.test_freshness import OTHER, Watched, rows


@pytest.fixture
def desk() -> Watched:
    desk = Watched()
    desk.db.execute("drop trigger crawls_closed_once")
    desk.db.execute("update crawls set started_at = '2026-03-01T00:00:00.000Z'")
    desk.archive.clock = clock("2026-03-01T00:00:01.000Z")
    desk.see(rows(URL), "2026-03-01T00:00:01", url=LIST, kind="listing")
    desk.see(html(), "2026-03-01T00:00:02")
    return desk


def test_every_byte_of_the_file_is_of_some_kind(desk: Watched) -> None:
    held = space(desk.db)
    assert held.kinds is not None and sum(held.kinds.values()) + held.free == pytest.approx(
        held.file, rel=0.02
    )
    assert held.kinds["kept"] and held.kinds["texts"] and held.kinds["search"]


def test_the_kinds_name_tables_that_there_are() -> None:
    there = {row[0] for row in Desk().rows("select name from sqlite_master where type = 'table'")}
    assert {table for tables in KINDS.values() for table in tables} <= there


def test_what_a_site_holds_is_what_is_stored_of_it(desk: Watched) -> None:
    (one,) = space(desk.db).sites
    assert one.pages + one.lists == desk.one("select sum(length(body)) from payloads")
    assert one.lists and one.texts and not one.files


def test_a_year_is_told_by_growth_without_the_first_day_and_only_after_a_week(desk: Watched) -> None:
    desk.archive.clock = clock("2026-03-04T00:00:00.000Z")
    desk.archive.end_crawl(desk.crawl, Verdict.OK, [])
    assert space(desk.db).year is None
    desk.begin("2026-03-12T00:00:00")
    before = space(desk.db).sites[0].total
    desk.see(html(title="另一份文件的通知"), "2026-03-12T00:00:01", url=OTHER)
    held = space(desk.db)
    (one,) = held.sites
    assert (one.days, one.recent) == (pytest.approx(10, abs=0.1), one.total - before)
    rate = one.recent / one.days * 365
    assert held.year == pytest.approx(rate * (held.file - held.free) / one.total, rel=0.01)
