"""When much of a site changes in one run, a person looks first; a few changes pass at the run's end."""

from __future__ import annotations

import dataclasses

import pytest

from archive.model import Outcome, Verdict
from archive.store.read.health import doubted
from archive.store.read.review import accept, reject, waiting
from archive.store.write.breaker import LEAST
from tests.archive.desk import HOST, Desk, html, memory, replaced

DAY = "2026-04-{:02d}T08:00:00".format
EDITED = replaced("1.5万条", "15万条")


def url(number: int) -> str:
    return f"https://{HOST}/a/n{number}.html"


def title(number: int) -> str:
    return f"关于做好第{number}批公共数据资源登记工作的通知"


@pytest.fixture(scope="module")
def yesterday() -> bytes:
    """An archive that saw forty documents, in a crawl of its own."""
    made = Desk()
    for number in range(40):
        assert made.see(html(title=title(number)), DAY(1), url=url(number)) == "new"
    made.archive.end_crawl(made.crawl, Verdict.OK, [])
    return made.db.serialize()


@pytest.fixture
def desk(yesterday: bytes) -> Desk:
    """A desk that saw forty documents yesterday."""
    db = memory()
    db.deserialize(yesterday)
    return Desk(db=db)


def visit(desk: Desk, day: int, changed: int, of: int = 40) -> list[Outcome | None]:
    """Look at some documents of which the first few changed; return what became of these at once."""
    outcomes = []
    for number in range(of):
        page = html(*(EDITED if number < changed else ()), title=title(number))
        outcomes.append(desk.see(page, DAY(day), url=url(number)))
    return outcomes[:changed]


def ended(desk: Desk) -> list[str]:
    """End the run; return the outcomes of the captures that it changed or doubted."""
    desk.archive.decide_changes()
    desk.drain()
    found = desk.column(
        "select r.outcome from readings r join captures c on c.id = r.capture where c.crawl = ? and r.again = 0 "
        "and r.outcome in ('changed', 'quarantined') order by c.id",
        desk.crawl,
    )
    desk.archive.end_crawl(desk.crawl, Verdict.OK, [])
    return found


@pytest.mark.parametrize("changed", [1, LEAST - 1])
def test_a_few_changes_wait_for_the_end_of_the_run_and_then_pass(desk: Desk, changed: int) -> None:
    assert visit(desk, 2, changed) == [None] * changed
    assert desk.changes() == []
    assert ended(desk) == ["changed"] * changed
    assert desk.changes() == [(1, 2)] * changed


def test_many_changes_of_very_many_documents_pass() -> None:
    desk = Desk()
    for number in range(60):
        desk.see(html(title=title(number)), DAY(1), url=url(number))
    desk = desk.reopened()
    visit(desk, 2, 12, of=60)
    assert ended(desk) == ["changed"] * 12, "12 of 60 are no more than a fifth"


def test_too_many_changes_make_no_version_and_wait_for_a_person(desk: Desk) -> None:
    visit(desk, 2, LEAST)
    assert ended(desk) == ["quarantined"] * LEAST
    assert desk.changes() == [] and desk.one("select count(*) from versions") == 40
    assert desk.latest(url(0))["state"] == "quarantined"
    assert {one.reason for one in waiting(desk.db)} == {"mass_change"}
    assert [(e["site"], e["details"]) for e in desk.events("mass_change")] == [
        ("bureau", f'{{"changed": {LEAST}, "visited": 40}}')
    ]
    assert doubted(desk.db, "bureau") == LEAST


def test_what_a_person_accepts_becomes_a_version_and_is_not_doubted_again(desk: Desk) -> None:
    visit(desk, 2, 20)
    ended(desk)
    for one in waiting(desk.db):
        accept(desk.archive, one)
    assert desk.changes() == [(1, 2)] * 20 and doubted(desk.db, "bureau") == 0
    again = desk.reopened()
    visit(again, 3, 20)
    assert ended(again) == [] and again.changes() == [(1, 2)] * 20


def test_what_a_person_rejects_stays_out_and_raises_no_alarm_again(desk: Desk) -> None:
    visit(desk, 2, 20)
    ended(desk)
    for one in waiting(desk.db):
        reject(desk.archive, one)
    assert doubted(desk.db, "bureau") == 0
    again = desk.reopened()
    visit(again, 3, 20)
    assert ended(again) == ["quarantined"] * 20
    assert waiting(again.db) == [] and doubted(again.db, "bureau") == 0 and again.changes() == []


def test_undecided_changes_are_doubted_again_and_heal_when_the_site_goes_back(desk: Desk) -> None:
    visit(desk, 2, 20)
    ended(desk)
    again = desk.reopened()
    visit(again, 3, 20)
    assert ended(again) == ["quarantined"] * 20 and doubted(again.db, "bureau") == 20
    back = again.reopened()
    visit(back, 4, 0)
    assert ended(back) == [] and doubted(back.db, "bureau") == 0
    assert back.latest(url(0))["state"] == "live"


def test_reading_again_releases_nothing(desk: Desk) -> None:
    visit(desk, 2, 20)
    ended(desk)
    later = desk.reopened(reader="yuanben-article/999")
    later.reread()
    assert later.changes() == [] and doubted(later.db, "bureau") == 20
    assert later.latest(url(0))["version"] == 1


def test_our_new_rule_trips_nothing(desk: Desk) -> None:
    site = desk.sites["bureau"]
    rules = dataclasses.replace(site.rules, drop=("#zoom p:last-child",))
    later = desk.reopened(site=dataclasses.replace(site, rules=rules))
    visit(later, 2, 0)
    assert ended(later) == [] and later.events("mass_change") == []
    assert later.changes() == [], "our change is never their change"


def test_a_run_that_was_cut_short_loses_nothing_of_what_it_held_back(desk: Desk) -> None:
    visit(desk, 2, 3)
    cut = desk.reopened()
    assert cut.archive.decide_changes("bureau") == 3
    cut.drain()
    assert cut.changes() == [(1, 2)] * 3 and cut.waiting() == []


def test_a_small_site_waits_for_nothing() -> None:
    desk = Desk()
    desk.see(html(), DAY(1))
    assert desk.see(html(*EDITED), DAY(2)) == "changed"
