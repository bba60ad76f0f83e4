"""A site in the role of a copy: what it publishes is set against its original as it comes in."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from archive.model import Role
from archive.store.write.comparisons import keep_rules
from tests.archive.desk import PARAGRAPHS, SITE, URL, Desk, html, replaced

COPIER = replace(
    SITE,
    publisher="某转载网",
    role=Role.COPY,
    domains=("copier.example",),
    listings=("https://www.copier.example/list.html",),
)
COPY_URL = "https://www.copier.example/a/seen.html"


@pytest.fixture
def desk() -> Desk:
    return Desk(sites={"bureau": SITE, "copier": COPIER})


def test_a_copy_is_set_against_its_original_as_it_comes_in(desk: Desk) -> None:
    desk.see(html(), "2026-04-01T00:00:00")
    desk.see(html(*replaced("1.5万条", "15万条")), "2026-04-02T00:00:00", url=COPY_URL, site="copier")
    row = desk.rows("select * from copies")
    assert [(one["copy_url"], one["original_url"], one["stale"]) for one in row] == [(COPY_URL, URL, 0)]
    assert row[0]["coverage"] > 0.95 and row[0]["substantive"] == 1
    assert desk.column("select kind from variants") == ["number"]


def test_a_copy_that_came_first_is_set_against_its_original_when_that_comes(desk: Desk) -> None:
    desk.see(html(*replaced("5%", "6%")), "2026-04-01T00:00:00", url=COPY_URL, site="copier")
    assert desk.rows("select * from copies") == []
    desk.see(html(), "2026-04-02T00:00:00")
    assert [(one["copy_url"], one["original_url"]) for one in desk.rows("select * from copies")] == [
        (COPY_URL, URL)
    ]


def test_an_original_that_changes_after_it_was_copied_leaves_a_stale_copy(desk: Desk) -> None:
    desk.see(html(), "2026-04-01T00:00:00")
    desk.see(html(), "2026-04-02T00:00:00", url=COPY_URL, site="copier")
    desk.see(html(*replaced("5%", "6%")), "2026-04-03T00:00:00")
    assert desk.column("select stale from copies") == [1]


def test_an_original_is_compared_with_nothing(desk: Desk) -> None:
    desk.see(html(), "2026-04-01T00:00:00")
    desk.see(html(), "2026-04-02T00:00:00", url=URL.replace("notice", "again"))
    assert desk.rows("select * from copies") == []


def test_a_copy_seen_again_unchanged_is_compared_once(desk: Desk) -> None:
    desk.see(html(), "2026-04-01T00:00:00")
    for day in ("02", "03"):
        desk.see(html(), f"2026-04-{day}T00:00:00", url=COPY_URL, site="copier")
    assert desk.one("select count(*) from comparisons") == 1


def test_what_a_copying_site_rewrites_is_told_over_all_its_copies(desk: Desk) -> None:
    for name in ("notice", "second"):
        pages = [paragraph.replace("登记", "注册") for paragraph in PARAGRAPHS]
        pages = [f"{paragraph}（{name}）" for paragraph in pages]
        originals = [f"{paragraph}（{name}）" for paragraph in PARAGRAPHS]
        desk.see(html(*originals), "2026-04-01T00:00:00", url=URL.replace("notice", name))
        desk.see(html(*pages), "2026-04-02T00:00:00", url=COPY_URL.replace("seen", name), site="copier")
    times = sum(paragraph.count("登记") for paragraph in PARAGRAPHS)
    row = desk.rows("select * from copier_rules")
    assert [(one["site"], one["kind"], one["original"], one["found"]) for one in row] == [
        ("copier", "replace", "登记", "注册")
    ]
    assert (row[0]["copies"], row[0]["count"]) == (2, 2 * times)


def test_a_copy_that_changes_its_rules_is_told_of_as_it_stands(desk: Desk) -> None:
    desk.see(html(), "2026-04-01T00:00:00")
    for day, put in (("02", "注册"), ("03", "备案")):
        pages = [paragraph.replace("登记", put) for paragraph in PARAGRAPHS]
        desk.see(html(*pages), f"2026-04-{day}T00:00:00", url=COPY_URL, site="copier")
    assert desk.column("select found from copier_rules") == ["备案"]
    kept = desk.rows("select * from copier_rule_counts")
    for row in desk.rows(
        "select id, report from comparisons order by id"
    ):  # as an older archive is brought up to date
        keep_rules(desk.db, row["id"], json.loads(row["report"])["rules"])
    assert desk.rows("select * from copier_rule_counts") == kept
