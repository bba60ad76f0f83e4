"""The same exchanges say the same, in whatever files they come and in whatever order; and what they say is right."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from archive.models import Exchange, Repeat
from archive.standing import Around, Counted, Look, Sight, fold
from archive.store.answers.history import shown_at
from crawler.replay import exchanges as read_warc
from tests.archive import attach_files
from tests.archive.desk import HOST, SITE, answer, html
from tests.archive.histories import Files, differences, files, history, kept, page, sha1, story, url, written

CHUNKS = 6
DAY = "2026-04-{:02d}T{:02d}:00:00.000Z".format


@pytest.mark.loop
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_the_same_exchanges_say_the_same_in_whatever_files_and_order(
    chunk: int, rounds: Callable[[int, int], int]
) -> None:
    for seed in range(chunk, rounds(300, 10_000), CHUNKS):
        told = history(seed)
        found = differences(story(kept([told])), story(kept(files(told, random.Random(seed)))))
        assert not found, f"seed {seed}: {found}"


@pytest.mark.parametrize("seed", [50, 100, 33])
def test_so_they_do_when_the_files_are_read(seed: int, tmp_path: Path) -> None:
    told = history(seed)
    given = []
    for number, records in enumerate(files(told, random.Random(seed))):
        (path := tmp_path / f"{number}.warc").write_bytes(b"".join(map(written, records)))
        given.append(list(read_warc(path, {"bureau": SITE})))
    assert not differences(story(kept([told])), story(kept(given)))


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
    made = [kept(order) for order in (orders if len(orders) <= 6 else [*orders[::7], orders[-1]])]
    for desk in made[1:]:
        assert not differences(story(made[0]), story(desk))
    return made


def told(desk: Files, kind: str, number: int = 0) -> list[dict[str, Any]]:
    rows = desk.rows(
        "select e.details from events e join documents d on d.id = e.document where e.kind = ? and d.url = ? "
        "order by e.happened_at, e.id", kind, url(number)
    )  # fmt: skip
    return [json.loads(row[0]) for row in rows]


GONE = {"status": 404}
HOME = {"status": 302, "headers": (("Location", f"https://{HOST}/"),)}


@pytest.mark.parametrize(
    "absent", [GONE, {"status": 410}, HOME, {"status": 301, "headers": (("Location", "/index.html"),)}]
)
def test_a_withdrawal_is_decided_on_all_that_is_known_whatever_was_read_first(absent: dict[str, Any]) -> None:
    absences = [at(day, **absent) for day in (4, 6, 8)]
    for desk in in_every_order([at(2)], absences, others(2, 4, 6, 8)):
        assert desk.latest(url(0))["state"] == "withdrawn"
        assert told(desk, "withdrawn") == [{"last_present": DAY(2, 8), "first_absent": DAY(4, 8)}]


def test_without_another_document_nothing_is_said_to_be_withdrawn() -> None:
    for desk in in_every_order([at(2)], [at(day, **GONE) for day in (4, 6, 8)], others(2, 14)):
        assert desk.latest(url(0))["state"] == "live" and told(desk, "withdrawn") == []


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
            kind for kind in ("withdrawn", "taken_back", "moved", "restored") if told(desk, kind)
        } == kinds
        bounds = {"last_present": DAY(2, 8), "first_absent": DAY(4, 8)}
        assert told(desk, "moved") == [{"to": THERE, **bounds}]
    assert shown_at(desk.db, desk.latest(url(0))["document"], DAY(8, 9))["state"] == (
        "withdrawn" if found == 12 else "moved"
    )


def test_a_redirect_for_good_to_the_same_text_is_a_move_with_bounds() -> None:
    hops = [at(day, status=301, headers=(("Location", THERE),)) for day in (4, 6)]
    for desk in in_every_order([at(2)], hops, [at(4, hour=9, url=THERE), at(6, hour=9, url=THERE)]):
        assert desk.latest(url(0))["state"] == "moved"
        assert told(desk, "moved") == [{"to": THERE, "last_present": DAY(2, 8), "first_moved": DAY(4, 8)}]
        assert desk.latest(url(0))["last_seen"] == DAY(6, 8)


@pytest.mark.parametrize("status", [301, 302])
def test_a_redirect_to_what_nobody_knows_says_nothing(status: int) -> None:
    (desk,) = in_every_order([at(2), at(4, status=status, headers=(("Location", THERE),))])
    assert desk.latest(url(0))["state"] == "live" and told(desk, "moved") == []


@pytest.mark.parametrize("body", [b"<html><body></body></html>", b"<html><p></p></html>", b"\n"])
def test_a_page_that_turns_unreadable_is_told_once(body: bytes) -> None:
    looks = [at(2), *(at(day, body=body) for day in (4, 5)), at(6), at(7, body=body)]
    for desk in in_every_order(looks[:2], looks[2:4], looks[4:]):
        assert len(told(desk, "unreadable")) == 2 and desk.latest(url(0))["state"] == "unreadable"


@pytest.mark.parametrize("days", [(4, 6, 8), (4, 5, 6)], ids=["long enough", "within two days"])
def test_a_stale_block_does_not_outlive_absences(days: tuple[int, ...]) -> None:
    blocked, absences = at(3, status=403), [at(day, **GONE) for day in days]
    for desk in in_every_order([at(2), blocked], absences, others(2, *days)):
        assert desk.latest(url(0))["state"] == ("withdrawn" if days[-1] == 8 else "live")


@pytest.mark.parametrize("status", [500, 503, 403])
def test_an_error_takes_nothing_back(status: int) -> None:
    absences = [at(day, **GONE) for day in (4, 6, 8)]
    for desk in in_every_order([at(2)], [*absences, at(9, status=status)], others(2, 4, 6, 8)):
        assert desk.latest(url(0))["state"] == "withdrawn" and told(desk, "restored") == []


@pytest.mark.parametrize(
    ("asked_for_changes", "present"), [(True, DAY(3, 8)), (None, DAY(3, 8)), (False, DAY(2, 8))]
)
def test_a_304_bounds_an_absence_only_if_that_was_asked_for_alike(
    asked_for_changes: bool | None, present: str
) -> None:
    absences = [at(day, conditional=asked_for_changes, **GONE) for day in (4, 6, 8)]
    for desk in in_every_order([at(2)], [at(3, status=304)], absences, others(2, 4, 6, 8)):
        assert told(desk, "withdrawn") == [{"last_present": present, "first_absent": DAY(4, 8)}]


def test_what_a_late_look_shows_to_be_otherwise_is_set_aside_word_for_word() -> None:
    absences = [at(day, **GONE) for day in (4, 6, 8)]
    desk = kept([[at(2), *absences, *others(2, 4, 6, 8)]])
    assert len(told(desk, "withdrawn")) == 1
    desk.take([at(7)])
    assert told(desk, "withdrawn") == [] and desk.latest(url(0))["state"] == "live"
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
        assert len(told(desk, "edited")) == 1 and len(desk.versions()) == 2


def test_a_body_repeated_at_another_address_is_that_address_s_text() -> None:
    repeated = at(4, 1, repeats=Repeat(digest=sha1(page(1, 1))))
    for desk in in_every_order([at(2, 1), at(3, 2, body=page(1, 1))], [repeated]):
        assert "15万条" in desk.latest(url(1))["text"] and len(told(desk, "edited", 1)) == 1


def looked(day: int, sight: Sight, **more: Any) -> Look:
    return Look(at=DAY(day, 8), capture=day, sight=sight, **more)


def test_the_machine_asks_nothing_but_what_it_is_given() -> None:
    site = Counted({(DAY(day, 8)[:13], "seen"): 1 for day in range(1, 30)})
    looks = [looked(1, Sight.SHOWN, version=7, key="x"), *(looked(day, Sight.GONE) for day in (3, 5, 7))]
    for given in (looks, looks[::-1]):
        telling = fold(given, Around(site=site, own=Counted()))
        assert telling.story.state == "withdrawn" and telling.news[-1].details["first_absent"] == DAY(3, 8)
    assert fold(looks, Around(site=Counted(), own=Counted())).story.state == "live"
