"""The same exchanges say the same, in whatever files they come and in whatever order; and what they say is right."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from archive.model import Exchange, Repeat
from archive.state import Around, CountedHours, Look, Sight, Story, fold
from archive.store.read.history import latest_row_at
from crawler.replay import exchanges as read_warc
from tests.archive import attach_files
from tests.archive.desk import HOST, PARAGRAPHS, SITE, answer, html
from tests.archive.histories import (
    OTHER_WORK,
    TEXTS,
    Files,
    archive_of,
    differences,
    files,
    history,
    page,
    random_looks,
    sha1,
    story,
    url,
    warc_record,
)  # fmt: skip

# Of the random histories so many go through an archive: each of them costs as much as a hundred of the machine alone.
CHUNKS, IN_STORE = 4, 9
DAY = "2026-04-{:02d}T{:02d}:00:00.000Z".format


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_the_same_exchanges_say_the_same_in_whatever_files_and_order(
    chunk: int, rounds: Callable[[int, int], int]
) -> None:
    for seed in range(chunk, rounds(300, 10_000), CHUNKS):
        if seed >= 300 or seed % IN_STORE == chunk:
            told = history(seed)
            found = differences(
                story(archive_of([told])), story(archive_of(files(told, random.Random(seed))))
            )
            assert not found, f"seed {seed}: {found}"
        _holds_in_the_machine(seed)


def _holds_in_the_machine(seed: int) -> None:
    """Hold that looks say the same in any order, and told on from where a story rests."""
    dice = random.Random(seed)
    looks, around = random_looks(dice)
    whole = fold(looks, around)
    assert fold(dice.sample(looks, len(looks)), around) == whole, f"seed {seed}"
    cut = dice.randrange(len(looks) + 1)
    first = fold(looks[:cut], around)
    story, at, capture = first.resume_after or (Story(), "", 0)
    rest = [look for look in looks if (look.at, look.capture) > (at, capture)]
    resumed = fold(rest, around, start=story)
    assert resumed.story == whole.story, f"seed {seed}"
    assert [one for one in whole.events if (one.at, one.capture) > (at, capture)] == resumed.events, (
        f"seed {seed}"
    )


@pytest.mark.parametrize("seed", [33, 61])
def test_so_they_do_when_the_files_are_read(seed: int, tmp_path: Path) -> None:
    told = history(seed)
    given = []
    for number, records in enumerate(files(told, random.Random(seed))):
        (path := tmp_path / f"{number}.warc").write_bytes(b"".join(map(warc_record, records)))
        given.append(list(read_warc(path, {"bureau": SITE})))
    assert not differences(story(archive_of([told])), story(archive_of(given)))


def at(day: int, number: int = 0, hour: int = 8, **more: Any) -> Exchange:
    """Return an answer of a file: a page unless it has another status or body."""
    name = f"<urn:x:{day}.{hour}.{number}.{more.get('url', '')}>"
    body = None if "status" in more or "repeats" in more else more.pop("body", page(number, 0))
    told = {
        "origin": f"a.warc+{name}",
        "clock": "warc",
        "record": name,
        "entity": (sha1(body),) if body else (),
    }
    return answer(body, DAY(day, hour), **({"url": url(number)} | told | more))


def others(*days: int) -> list[Exchange]:
    """Return another document of the site that is there, looked at later in the day than the one in question."""
    return [at(day, 9, hour=20) for day in days]


def in_every_order(*given: Sequence[Exchange]) -> list[Files]:
    """Return the archives that come of some files in each of their orders, or in five; they must say the same."""
    orders = list(permutations(given))
    made = [archive_of(order) for order in (orders if len(orders) <= 6 else [*orders[::7], orders[-1]])]
    for desk in made[1:]:
        assert not differences(story(made[0]), story(desk))
    return made


def events_of(desk: Files, kind: str, number: int = 0) -> list[dict[str, Any]]:
    rows = desk.rows(
        "select e.details from events e join documents d on d.id = e.document where e.kind = ? and d.url = ? "
        "order by e.happened_at, e.id", kind, url(number)
    )  # fmt: skip
    return [json.loads(row[0]) for row in rows]


def test_a_flag_of_what_changed_is_of_the_look_that_changed_it() -> None:
    other = page(0, TEXTS)
    for desk in in_every_order([at(2)], [at(4, body=other), at(5, body=other)], [at(7, body=other)]):
        assert desk.latest(url(0))["title"] == "第0号轨道办法" and desk.latest(url(0))["flags"] == "[]"


def test_a_304_takes_over_no_flag_of_what_changed_before() -> None:
    other = page(0, TEXTS)
    for desk in in_every_order([at(2)], [at(4, body=other), at(5, body=other)], [at(7, status=304)]):
        assert desk.latest(url(0))["flags"] == "[]"


def test_a_304_keeps_the_flag_of_the_title_that_its_page_still_bears() -> None:
    hijacked = page(0, TEXTS + 1)
    for desk in in_every_order([at(2)], [at(4, body=hijacked), at(5, body=hijacked)], [at(7, status=304)]):
        assert json.loads(desk.latest(url(0))["flags"]) == ["spam_title", "title_quarantined"]


def test_a_page_was_first_seen_when_it_was_first_repeated_though_that_showed_nothing() -> None:
    lost = {"repeats": Repeat(digest=sha1(b"never held"))}
    for desk in in_every_order([at(2, **lost)], [at(5, **lost)]):
        assert desk.latest(url(0))["first_seen"] == desk.latest(url(0))["last_seen"] == DAY(2, 8)
    for desk in in_every_order([at(2, **lost)], [at(4)], [at(6)]):
        assert [desk.latest(url(0))[name] for name in ("first_seen", "last_seen")] == [DAY(2, 8), DAY(6, 8)]


GONE = {"status": 404}
HOME = {"status": 302, "headers": (("Location", f"https://{HOST}/"),)}


@pytest.mark.parametrize(
    "absent", [GONE, {"status": 410}, HOME, {"status": 301, "headers": (("Location", "/index.html"),)}]
)
def test_a_withdrawal_is_decided_on_all_that_is_known_whatever_was_read_first(absent: dict[str, Any]) -> None:
    absences = [at(day, **absent) for day in (4, 6, 8)]
    for desk in in_every_order([at(2)], absences, others(2, 4, 6, 8)):
        assert desk.latest(url(0))["state"] == "withdrawn"
        assert events_of(desk, "withdrawn") == [{"last_present": DAY(2, 8), "first_absent": DAY(4, 8)}]


def test_without_another_document_nothing_is_said_to_be_withdrawn() -> None:
    for desk in in_every_order([at(2)], [at(day, **GONE) for day in (4, 6, 8)], others(2, 14)):
        assert desk.latest(url(0))["state"] == "live" and events_of(desk, "withdrawn") == []


THERE = url(0, moved=True)


@pytest.mark.parametrize(
    ("found", "kinds"),
    [
        pytest.param(5, {"moved"}, id="found before it was said to be withdrawn"),
        pytest.param(
            12, {"withdrawn", "taken_back", "moved"}, id="found later: the withdrawal is taken back"
        ),
    ],
)
def test_what_stands_elsewhere_has_moved_also_when_that_is_found_later(found: int, kinds: set[str]) -> None:
    absences = [at(day, **GONE) for day in (4, 6, 8)]
    for desk in in_every_order([at(2)], absences, others(2, 4, 6, 8, 12), [at(found, url=THERE)]):
        assert desk.latest(url(0))["state"] == "moved"
        assert {
            kind for kind in ("withdrawn", "taken_back", "moved", "restored") if events_of(desk, kind)
        } == kinds
        bounds = {"last_present": DAY(2, 8), "first_absent": DAY(4, 8)}
        assert events_of(desk, "moved") == [{"to": THERE, **bounds}]
    assert latest_row_at(desk.db, desk.latest(url(0))["document"], DAY(8, 9))["state"] == (
        "withdrawn" if found == 12 else "moved"
    )


def test_a_redirect_for_good_to_the_same_text_is_a_move_with_bounds() -> None:
    hops = [at(day, status=301, headers=(("Location", THERE),)) for day in (4, 6)]
    for desk in in_every_order([at(2)], hops, [at(4, hour=9, url=THERE), at(6, hour=9, url=THERE)]):
        assert desk.latest(url(0))["state"] == "moved"
        assert events_of(desk, "moved") == [
            {"to": THERE, "last_present": DAY(2, 8), "first_moved": DAY(4, 8)}
        ]
        assert desk.latest(url(0))["last_seen"] == DAY(6, 8)


def test_an_address_at_which_a_text_was_put_aside_later_is_none_of_the_document() -> None:
    hop = at(4, status=301, headers=(("Location", THERE),))
    there = at(4, hour=9, url=THERE, body=page(0, 1))
    home = [at(2), at(6, body=page(0, 1))]
    (alone,) = in_every_order([*home, hop, there])
    assert [one[0] for one in story(alone)[url(0)]["addresses"]] == [url(0), THERE]
    for desk in in_every_order(home, [hop, there], [at(1, url=THERE, body=page(0, TEXTS))]):
        assert [one[0] for one in story(desk)[url(0)]["addresses"]] == [url(0)]


@pytest.mark.parametrize("status", [301, 302])
def test_a_redirect_to_what_nobody_knows_says_nothing(status: int) -> None:
    (desk,) = in_every_order([at(2), at(4, status=status, headers=(("Location", THERE),))])
    assert desk.latest(url(0))["state"] == "live" and events_of(desk, "moved") == []


@pytest.mark.parametrize("body", [b"<html><body></body></html>", b"<html><p></p></html>", b"\n"])
def test_a_page_that_turns_unreadable_is_told_once(body: bytes) -> None:
    looks = [at(2), *(at(day, body=body) for day in (4, 5)), at(6), at(7, body=body)]
    for desk in in_every_order(looks[:2], looks[2:4], looks[4:]):
        assert len(events_of(desk, "unreadable")) == 2 and desk.latest(url(0))["state"] == "unreadable"


@pytest.mark.parametrize("days", [(4, 6, 8), (4, 5, 6)], ids=["long enough", "within two days"])
def test_a_stale_block_does_not_outlive_absences(days: tuple[int, ...]) -> None:
    blocked, absences = at(3, status=403), [at(day, **GONE) for day in days]
    for desk in in_every_order([at(2), blocked], absences, others(2, *days)):
        assert desk.latest(url(0))["state"] == ("withdrawn" if days[-1] == 8 else "live")


@pytest.mark.parametrize("status", [500, 503, 403])
def test_an_error_takes_nothing_back(status: int) -> None:
    absences = [at(day, **GONE) for day in (4, 6, 8)]
    for desk in in_every_order([at(2)], [*absences, at(9, status=status)], others(2, 4, 6, 8)):
        assert desk.latest(url(0))["state"] == "withdrawn" and events_of(desk, "restored") == []


@pytest.mark.parametrize(
    ("asked_for_changes", "present"), [(True, DAY(3, 8)), (None, DAY(3, 8)), (False, DAY(2, 8))]
)
def test_a_304_bounds_an_absence_only_if_that_was_asked_for_alike(
    asked_for_changes: bool | None, present: str
) -> None:
    absences = [at(day, conditional=asked_for_changes, **GONE) for day in (4, 6, 8)]
    for desk in in_every_order([at(2)], [at(3, status=304)], absences, others(2, 4, 6, 8)):
        assert events_of(desk, "withdrawn") == [{"last_present": present, "first_absent": DAY(4, 8)}]


def test_what_a_late_look_shows_to_be_otherwise_is_set_aside_word_for_word() -> None:
    absences = [at(day, **GONE) for day in (4, 6, 8)]
    desk = archive_of([[at(2), *absences, *others(2, 4, 6, 8)]])
    assert len(events_of(desk, "withdrawn")) == 1
    desk.take([at(7)])
    assert events_of(desk, "withdrawn") == [] and desk.latest(url(0))["state"] == "live"
    (row,) = desk.rows("select kind, details, superseded_by from superseded_events")
    assert row["kind"] == "withdrawn" and json.loads(row["details"])["first_absent"] == DAY(4, 8)
    assert desk.one("select captured_at from captures where id = ?", row["superseded_by"]) == DAY(7, 8)


FILE = f"https://{HOST}/f/annex.pdf"
LINKED = html(*("关于做好登记工作的有关事项，现将申报材料和格式要求一并印发，请遵照执行。",) * 3).replace(
    b'<div id="pages">', f'<p><a href="{FILE}">附件</a></p><div id="pages">'.encode()
)


def test_a_file_replaced_between_two_days_is_one_change_in_every_order() -> None:
    old, new = attach_files.pdf("补贴1.5万元"), attach_files.pdf("补贴15万元")
    days = [
        [at(day, body=LINKED), at(day, hour=9, url=FILE, kind="attachment", body=old if day < 6 else new)]
        for day in (2, 4, 6, 8)
    ]
    for desk in in_every_order(*days):
        changes = desk.rows("select changed_at_earliest as a, changed_at_latest as b from changes")
        assert [(row["a"], row["b"]) for row in changes] == [(DAY(4, 9), DAY(6, 9))]
        assert len(events_of(desk, "edited")) == 1 and len(desk.versions()) == 2


def test_a_body_repeated_at_another_address_is_that_address_s_text() -> None:
    repeated = at(4, 1, repeats=Repeat(digest=sha1(page(1, 1))))
    for desk in in_every_order([at(2, 1), at(3, 2, body=page(1, 1))], [repeated]):
        assert "15万条" in desk.latest(url(1))["text"] and len(events_of(desk, "edited", 1)) == 1


FOREIGN = html(*OTHER_WORK, title="城市轨道交通运营安全管理办法")
SPAM = html(title="澳门新葡京真人百家乐注册送彩金")
SHORT = html(PARAGRAPHS[0])


@pytest.mark.parametrize("odd", [FOREIGN, SHORT], ids=["another text", "half of it gone"])
@pytest.mark.parametrize("days", [(6,), (6, 8)], ids=["seen once", "seen again two days later"])
def test_a_text_that_waits_waits_in_every_order(odd: bytes, days: tuple[int, ...]) -> None:
    for desk in in_every_order([at(2), at(4)], *([at(day, body=odd)] for day in days)):
        is_believed = len(days) > 1
        believed = "replaced" if odd == FOREIGN else "live"
        assert desk.latest(url(0))["state"] == (believed if is_believed else "quarantined")
        assert len(desk.versions()) == len(desk.changes()) + 1 == len(days)
        changed = desk.rows("select changed_at_earliest as a, changed_at_latest as b from changes")
        assert [tuple(row) for row in changed] == ([(DAY(4, 8), DAY(6, 8))] if is_believed else [])
        assert len(events_of(desk, "quarantined")) == 1


def test_what_stood_before_a_passing_text_is_no_second_change() -> None:
    for desk in in_every_order([at(2)], [at(4, body=FOREIGN)], [at(6)]):
        assert desk.latest(url(0))["state"] == "live" and desk.changes() == []
        assert "登记" in desk.latest(url(0))["title"] and len(desk.versions()) == 1


def test_a_text_that_was_there_before_needs_no_second_look_to_return() -> None:
    back = html(aside="今日访问量：12345")
    for desk in in_every_order(
        [at(2, body=html())], [at(4, body=FOREIGN), at(6, body=FOREIGN)], [at(8, body=back)]
    ):
        assert desk.latest(url(0))["state"] == "live" and len(desk.changes()) == 2


def test_a_hijacked_title_in_the_middle_is_put_aside_in_every_order() -> None:
    good = [at(day, body=html()) for day in (2, 8)]
    for desk in in_every_order(good[:1], [at(4, body=SPAM)], [at(6, body=SPAM)], good[1:]):
        assert desk.changes() == [] and len(desk.versions()) == 1
        assert [one["kept"] for one in events_of(desk, "title_quarantined")] == [desk.latest(url(0))["title"]]


def test_a_page_first_met_under_a_spam_title_gets_its_own_back_at_once() -> None:
    for desk in in_every_order([at(2, body=SPAM)], [at(4, body=html())]):
        assert desk.latest(url(0))["title"].startswith("关于做好公共数据")
        assert events_of(desk, "title_quarantined") == [], "no title was put aside for another"


def test_a_version_that_never_was_is_kept_aside_word_for_word_and_its_number_not_given_again() -> None:
    desk = archive_of([[at(6, body=FOREIGN)]])
    (before,) = desk.rows("select id, number, text from versions")
    desk.take([at(2)])
    (row,) = desk.rows("select version, number, told from superseded_versions")
    assert (row["version"], row["number"]) == (before["id"], before["number"])
    assert json.loads(row["told"])["text"] == before["text"]
    assert desk.column("select number from versions") == [2]
    assert desk.column("select count(*) from superseded_readings") == [1]


def looked(day: int, sight: Sight, **more: Any) -> Look:
    return Look(at=DAY(day, 8), capture=day, sight=sight, **more)


def test_the_machine_asks_nothing_but_what_it_is_given() -> None:
    site = CountedHours({(DAY(day, 8)[:13], "seen"): 1 for day in range(1, 30)})
    looks = [looked(1, Sight.SHOWN, version=7, key="x"), *(looked(day, Sight.GONE) for day in (3, 5, 7))]
    for given in (looks, looks[::-1]):
        telling = fold(given, Around(site=site, own=CountedHours()))
        assert telling.story.state == "withdrawn" and telling.events[-1].details["first_absent"] == DAY(3, 8)
    assert fold(looks, Around(site=CountedHours(), own=CountedHours())).story.state == "live"
