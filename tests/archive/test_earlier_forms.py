"""A site that was redesigned: what was captured before is read by the rules of its time, whenever it is read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from archive.model import Article, Earlier, Job, Listing, Page, Rows, Rules, site_from_json
from crawler import reading
from crawler.site import PolicySpider
from tests.archive.desk import SITE, URL, Desk, html

# Before the redesign the text stood in #zoom; a box of another text stands there now, and the text in .new-body.
OLD = html()
NEW = OLD.replace(b'id="zoom"', b'class="new-body"').replace(
    b"</body>",
    '<div id="zoom"><p>栏目推荐的一段文字，与本文无关，放在原来的位置上。</p></div></body>'.encode(),
)
BEFORE, AFTER = "2026-04-10T08:00:00", "2026-04-20T08:00:00"
NOW = replace(SITE, rules=replace(SITE.rules, body=(".new-body",)))
BOTH = replace(NOW, earlier=(Earlier(until="2026-04-15", rules=SITE.rules),))


def shown(desk: Desk) -> tuple[str, int]:
    row = desk.latest()
    return row["text"], row["version"]


def rules_of(desk: Desk) -> list[int]:
    return [
        row["rules"] for row in desk.rows("select rules from readings where version is not null order by id")
    ]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["as it came", "the old pages replayed later"])
def test_a_page_is_read_by_the_form_that_held_when_it_was_captured(order: tuple[int, ...]) -> None:
    desk = Desk(sites={"bureau": BOTH})
    looks = ((OLD, BEFORE), (NEW, AFTER))
    for number in order:
        desk.see(*looks[number])
    text, version = shown(desk)
    assert "栏目推荐" not in text and version == 1
    assert desk.changes() == [], "a redesign is no edit"
    assert len(set(rules_of(desk))) == 2


def test_a_form_that_is_declared_later_puts_right_what_was_misread() -> None:
    desk = Desk()
    desk.see(OLD, BEFORE)
    desk.see(NEW, AFTER)
    later = desk.reopened(site=BOTH)
    again = [job.page.captured_at for job in later.archive.jobs.again(["bureau"])]
    assert [at[:19] for at in again] == [AFTER], "what the earlier form had read is not read again"
    later.reread()
    assert "栏目推荐" not in shown(later)[0]
    assert list(later.archive.jobs.again(["bureau"])) == []


def test_the_digest_of_todays_form_does_not_hang_on_the_earlier_ones() -> None:
    assert BOTH.at("").to_json() == NOW.to_json() == BOTH.to_json()
    assert BOTH.at(f"{BEFORE}.000Z").to_json() == SITE.to_json()
    assert site_from_json(BOTH.to_json()) == NOW


@pytest.mark.parametrize(
    ("at", "form"),
    [
        ("2026-04-15T15:59:59.999Z", "b"),
        ("2026-04-15T16:00:00.000Z", "c"),
        ("2026-03-01T00:00:00.000Z", "a"),
        ("", "c"),
    ],
    ids=["the last moment of the day in Beijing", "the moment after", "the oldest form", "now"],
)
def test_the_form_is_the_first_whose_last_day_is_not_over(at: str, form: str) -> None:
    site = replace(
        SITE,
        rules=Rules(body=("c",)),
        earlier=(
            Earlier(until="2026-04-15", rules=Rules(body=("b",))),
            Earlier(until="2026-03-31", rules=Rules(body=("a",))),
        ),
    )
    assert site.at(at).rules.body == (form,)
    assert site.at(at).earlier == ()


class _Redesigned(PolicySpider):
    name = "bureau"
    site = replace(
        BOTH,
        listing=(Listing(rows=".now li"),),
        earlier=(Earlier(until="2026-04-15", listing=(Listing(rows=".then li"),), rules=SITE.rules),),
    )


def test_the_spiders_own_reading_is_that_of_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "spiders", lambda: {"bureau": _Redesigned})
    row = f'<li><a href="{URL}">通知</a></li>'.encode()
    page = Page(
        url="https://bureau.test/", body=b"<ul class=then>" + row + b"</ul>", captured_at=f"{BEFORE}.000Z"
    )
    job = Job(capture=1, kind="listing", site="bureau", rules=1, page=page)
    read = reading.parse(job, False)
    assert isinstance(read, Rows) and len(read.links) == 1 and read.flags == ()
    article = replace(job, kind="article", page=replace(page, url=URL, body=OLD))
    old = reading.parse(article, False)
    assert isinstance(old, Article) and "rule_missed" not in old.flags


def test_a_day_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match=r"Earlier\.until"):
        Earlier(until="2026-02-31")


def test_every_version_can_be_derived_again_from_the_rules_of_its_time() -> None:
    from archive.store import READER_NAME
    from archive.store.evidence.reread import Reader

    desk = Desk(sites={"bureau": BOTH})
    desk.see(OLD, BEFORE)
    desk.see(NEW.replace(b"5%", b"6%"), AFTER)
    reader = Reader(desk.archive.db, READER_NAME)
    versions = reader.versions()
    assert len(versions) == 2
    assert [list(reader.differences(version)) for version in versions] == [[], []]
