"""A change of standing and a contradiction are events of the document that they concern. All texts are made up."""

from __future__ import annotations

import json
import random
from itertools import permutations
from typing import Any

import pytest

from archive.atom import feed
from archive.notices import notice, turn_said
from archive.relations import RELATIONS_VERSION
from archive.store.read.connections import place_of
from archive.store.read.news import News, news
from archive.store.write import connections as kept
from archive.store.write.connections import settle_some, unsettle
from tests.archive.desk import HOST, Desk, html

OLD = "海州市人民政府办公室关于印发海州市盐田管理办法的通知"
LOOK, LATER, LAST = "2026-04-01T08:00:00", "2026-04-10T08:00:00", "2026-04-20T08:00:00"


def old(term: str = "本办法自2022年5月1日起施行，有效期5年。", validity: str = "", title: str = OLD) -> bytes:
    page = html(
        "海府办规〔2022〕8号", "第一条 为加强盐田管理，保护盐田资源，促进盐业生产，制定本办法。",
        "第二条 市盐务局负责本市盐田的日常管理工作，并会同有关部门做好保护。", f"第三条 {term}",
        "海州市人民政府办公室 2022年4月6日印发", title=title, date="2022-04-08",
    )  # fmt: skip
    card = (
        f"<table><tr><th>有效性：</th><td>{validity}</td><th>主题分类：</th><td>农业、渔业</td></tr></table>"
    )
    return page.replace(b'<div id="zoom">', f'{card}<div id="zoom">'.encode()) if validity else page


def end(
    words: str = "《海州市盐田管理办法》（海府办规〔2022〕8号）同时废止。",
    effect: str = "2026年4月5日",
    number: str = "海府办规〔2026〕2号",
) -> bytes:
    return html(
        number, "第一条 为加强盐业生产管理，保障食用盐供应和安全，制定本规定。",
        "第二条 本市行政区域内从事食用盐生产经营活动的单位和个人，应当遵守本规定。",
        f"第三条 本规定自{effect}起施行。{words}", "海州市人民政府办公室 2026年4月2日印发",
        title="海州市盐业管理规定", date="2026-04-03",
    )  # fmt: skip


def see(desk: Desk, name: str, page: bytes, at: str) -> None:
    desk.see(page, at, url=f"https://{HOST}/a/{name}.html")


def told(desk: Desk, kind: str = "standing_changed") -> list[dict[str, Any]]:
    """Return what events say, each with the document and the time."""
    rows = desk.rows(
        "select d.url, e.happened_at, e.details from events e join documents d on d.id = e.document where e.kind = ? "
        "order by e.happened_at, d.url",
        kind,
    )
    return [
        {"of": row["url"].rpartition("/")[2], "at": row["happened_at"]} | json.loads(row["details"])
        for row in rows
    ]


def pieces(desk: Desk, today: str = "2026-04-21") -> list[News]:
    found = news(desk.db, today=today)
    return [one for one in found if one.kind == "standing_changed" and str(one.url).endswith("/old.html")]


@pytest.fixture
def desk() -> Desk:
    made = Desk()
    see(made, "old", old(), LOOK)
    return made


def test_a_repeal_learned_later_is_an_event_of_the_repealed_document(desk: Desk) -> None:
    see(desk, "end", end(), LATER)
    (event,) = told(desk)
    assert (event["of"], event["at"][:19]) == ("old.html", LATER)
    assert (event["from"], event["to"], event["since"]) == ("in_force", "repealed", "2026-04-05")
    assert event["by"].endswith("/end.html") and event["cause"] == "source"
    text = desk.rows("select text from versions where title = '海州市盐业管理规定'")[0][0]
    assert "海府办规〔2022〕8号" in text[event["start"] : event["end"]]


def test_a_repeal_to_come_is_told_when_it_is_learned_and_again_when_its_day_comes(desk: Desk) -> None:
    see(desk, "end", end(effect="2026年7月1日"), LATER)
    (event,) = told(desk)
    assert (event["from"], event["to"], event["until"]) == ("in_force", "in_force", "2026-07-01")
    assert len(pieces(desk, "2026-06-30")) == 1
    first, _ = pieces(desk, "2026-07-01")
    assert (first.at, first.details["to"]) == ("2026-06-30T16:00:00.000Z", "repealed")


def test_a_document_seen_first_after_its_repeal_is_no_news() -> None:
    desk = Desk()
    see(desk, "end", end(), LOOK)
    see(desk, "old", old(), LATER)
    assert told(desk) == [] and pieces(desk) == []


def test_an_extension_learned_later_tells_both_days(desk: Desk) -> None:
    see(desk, "end", end("《海州市盐田管理办法》（海府办规〔2022〕8号）有效期延长至2030年4月30日。"), LATER)
    (event,) = told(desk)
    assert (event["from"], event["to"], event["expires_on"]) == ("in_force", "in_force", "2030-04-30")
    assert event["before"]["expires_on"] == "2027-04-30"


def test_an_edit_of_its_own_term_is_told_beside_the_edit(desk: Desk) -> None:
    for look in (LATER, LAST):
        see(desk, "old", old("本办法自2022年5月1日起施行，有效期3年。"), look)
    (event,) = told(desk)
    assert (event["from"], event["to"], event["since"]) == ("in_force", "expired", "2025-05-01")
    assert event["at"][:19] == LATER and event["by"].endswith("/old.html")


def test_an_end_with_a_day_of_its_own_counts_from_that_day(desk: Desk) -> None:
    see(desk, "end", end("《海州市盐田管理办法》（海府办规〔2022〕8号）自2026年8月1日起废止。"), LATER)
    (event,) = told(desk)
    assert (event["to"], event["until"]) == ("in_force", "2026-08-01")


def test_an_extension_without_a_day_leaves_what_follows_the_term_unknown(desk: Desk) -> None:
    see(desk, "end", end("《海州市盐田管理办法》（海府办规〔2022〕8号）有效期延长两年。"), LATER)
    assert told(desk)[0]["expires_on"] == "2029-04-30"
    see(
        desk,
        "end",
        end("《海州市盐田管理办法》（海府办规〔2022〕8号）有效期予以延长。", "2026年10月1日"),
        LAST,
    )
    rows = desk.rows("select standing, since from standing_spans where document = 1 order by position")
    assert [tuple(row) for row in rows][-2:] == [("in_force", "2022-05-01"), ("unknown", "2027-05-01")]


def test_what_is_told_follows_when_it_is_derived_again(desk: Desk) -> None:
    from archive.store.evidence.rederive import Connected

    see(desk, "end", end(), LATER)
    again = Connected(desk.db)
    assert [one for number in again.documents() for one in again.differences(number)] == []
    again.close()
    desk.db.execute("drop trigger events_no_update")
    desk.db.execute(
        "update events set details = replace(details, '2026-04-05', '2026-04-06') where document = 1"
    )
    again = Connected(desk.db)
    assert {one.table for number in again.documents() for one in again.differences(number)} == {"events"}


def test_a_text_that_takes_its_repeal_back_gives_the_standing_back(desk: Desk) -> None:
    see(desk, "end", end(), LATER)
    see(desk, "end", end("《海州市盐田管理办法》继续执行，各单位应当做好衔接工作。"), LAST)
    assert [(event["from"], event["to"]) for event in told(desk)] == [
        ("in_force", "repealed"), ("repealed", "in_force"),
    ]  # fmt: skip
    assert told(desk)[1]["reason"] == "no_more"


def test_a_second_text_that_says_the_same_is_no_news(desk: Desk) -> None:
    see(desk, "end", end(), LATER)
    see(desk, "copy", end(), LAST)
    assert len(told(desk)) == 1


def test_a_citation_as_in_force_or_a_mere_mention_changes_nothing(desk: Desk) -> None:
    see(desk, "end", end("盐田的管理按照《海州市盐田管理办法》（海府办规〔2022〕8号）执行。"), LATER)
    assert told(desk) == [] and told(desk, "standing_contradicted") == []


@pytest.mark.parametrize("order", list(permutations(range(4)))[::3], ids=str)
def test_any_order_of_import_gives_the_same_events(order: tuple[int, ...]) -> None:
    looks = (
        ("old", old(validity="有效"), LOOK), ("end", end(), LATER), ("old", old(validity="有效"), "2026-04-15T08:00:00"),
        ("end", end("《海州市盐田管理办法》（海府办规〔2022〕8号）自2026年8月1日起废止。"), LAST),
    )  # fmt: skip

    def events(numbers: tuple[int, ...]) -> list[str]:
        desk = Desk()
        for number in numbers:
            see(desk, *looks[number])
        desk.archive.settle("bureau")
        rows = told(desk) + told(desk, "standing_contradicted")
        return [json.dumps(row, ensure_ascii=False) for row in rows]

    assert events(order) == events((0, 1, 2, 3))
    assert len(events(order)) == 3


def regulation(*head: str, effect: str) -> bytes:
    return html(
        *head, "第一条 为了保护盐田资源，促进盐业健康发展，制定本条例，适用于本市行政区域。",
        "第二条 从事盐业生产的单位和个人，应当遵守资源保护和安全生产的有关规定。", f"第三条 本条例自{effect}起施行。",
        title="海州市盐业条例", date="2014-05-06" if len(head) == 1 else "2026-03-04",
    )  # fmt: skip


def test_laws_their_amendments_and_withdrawn_words_come_out_alike_in_any_order() -> None:
    first = "（2014年5月6日海州市人民代表大会常务委员会通过"
    looks = (
        ("law", regulation(first + "）", effect="2014年7月1日"), LOOK),
        ("law2", regulation(first, "根据2026年3月4日海州市人民代表大会常务委员会决定修正）", effect="2026年4月1日"), LATER),
        ("old", old(validity="有效"), "2026-04-02T08:00:00"),
        ("end", end(), "2026-04-03T08:00:00"),
        ("end", end("《海州市盐田管理办法》继续执行，各单位应当做好衔接工作。"), "2026-04-12T08:00:00"),
        ("old", old(validity="有效"), LAST),
        ("longer", end("《海州市盐田管理办法》（海府办规〔2022〕8号）有效期延长两年。", number="海府办规〔2026〕7号"), LAST),
    )  # fmt: skip
    seen = set()
    chance = random.Random(5)
    for _ in range(6):
        desk = Desk()
        for look in chance.sample(looks, len(looks)):
            see(desk, *look)
        rows = told(desk) + told(desk, "standing_contradicted")
        seen.add(json.dumps(rows, ensure_ascii=False))
    assert len(seen) == 1
    (only,) = seen
    assert [(row["of"], row["from"], row["to"]) for row in json.loads(only) if "from" in row] == [
        ("old.html", "in_force", "in_force"), ("law.html", "in_force", "repealed"), ("old.html", "repealed", "in_force"),
        ("old.html", "in_force", "in_force"),
    ]  # fmt: skip


def test_an_earlier_look_moves_the_event_to_it_and_the_later_one_is_put_aside(desk: Desk) -> None:
    see(desk, "end", end(), LAST)
    see(desk, "end", end(), LATER)
    (event,) = told(desk)
    assert event["at"][:19] == LATER
    (aside,) = desk.rows("select kind, happened_at from superseded_events where kind = 'standing_changed'")
    assert aside["happened_at"][:19] == LAST


def test_a_card_that_calls_a_repealed_document_in_force_is_contradicted() -> None:
    desk = Desk()
    see(desk, "old", old(validity="有效"), "2026-04-06T08:00:00")
    see(desk, "end", end(), LATER)
    (event,) = told(desk, "standing_contradicted")
    assert (event["of"], event["standing"], event["carded_on"]) == ("old.html", "repealed", "2026-04-06")
    assert event["by"].endswith("/end.html")


def test_a_card_last_seen_before_the_repeal_was_right() -> None:
    desk = Desk()
    see(desk, "old", old(validity="有效"), LOOK)
    see(desk, "end", end(), LATER)
    assert told(desk, "standing_contradicted") == []
    see(desk, "old", old(validity="有效"), LAST)
    (event,) = told(desk, "standing_contradicted")
    assert (event["at"][:19], event["carded_on"]) == (LAST, "2026-04-20")


def test_a_card_that_says_repealed_contradicts_no_text() -> None:
    desk = Desk()
    see(desk, "old", old(validity="已废止"), LOOK)
    see(desk, "end", end("本规定由市盐务局负责解释。"), LATER)
    assert told(desk, "standing_contradicted") == []


def test_reading_the_texts_anew_is_no_news(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        blind = kept.connections("", "")
        patch.setattr(kept, "RELATIONS_VERSION", RELATIONS_VERSION - 1)
        patch.setattr(kept, "connections", lambda text, title: blind)
        see(desk, "end", end(), LATER)
        for table in ("relations", "citations"):
            desk.db.execute(f"delete from version_{table}")
        desk.db.execute("update version_connections set reader = ?", (RELATIONS_VERSION - 1,))
        desk.db.execute(
            "insert into superseded_events (event, kind, happened_at, site, document, capture, crawl, details, superseded_by) "
            "select id, kind, happened_at, site, document, capture, crawl, details, 1 from events"
        )
        desk.db.execute("delete from events where kind like 'standing%'")
    unsettle(desk.db)
    while settle_some(desk.db):
        pass
    (event,) = told(desk)
    assert (event["to"], event["cause"]) == ("repealed", "reading")
    assert pieces(desk) == []


def test_reading_the_pages_anew_changes_no_event(desk: Desk) -> None:
    see(desk, "end", end(), LATER)
    before = told(desk), [one.id for one in pieces(desk)]
    later = desk.reopened(reader="another")
    later.reread()
    later.archive.settle_connections()
    assert (told(desk), [one.id for one in pieces(desk)]) == before


def test_a_term_that_ends_is_news_on_its_day_and_nothing_is_written(desk: Desk) -> None:
    assert pieces(desk, "2027-04-30") == []
    (piece,) = pieces(desk, "2027-05-01")
    assert (piece.at, piece.details["from"], piece.details["to"]) == (
        "2027-04-30T16:00:00.000Z",
        "in_force",
        "expired",
    )
    assert told(desk) == []
    assert notice(piece, "zh").says == "有效 → 有效期已满，自2027-05-01起，有效期至2027-04-30：已到所定日期"


def test_a_term_that_had_ended_at_first_sight_is_no_news() -> None:
    desk = Desk()
    see(desk, "old", old("本办法自2022年5月1日起施行，有效期2年。"), LOOK)
    assert pieces(desk) == []


def test_the_change_is_in_feeds_notices_history_and_on_the_page(desk: Desk) -> None:
    see(desk, "end", end(), LATER)
    (piece,) = pieces(desk)
    assert piece.summary == f"in force, now repealed, since 2026-04-05: replaces in https://{HOST}/a/end.html"
    said = f"有效 → 已废止，自2026-04-05起：据https://{HOST}/a/end.html（被取代）"
    assert notice(piece, "zh").says == said and notice(piece, "zh").label == "效力有变"
    assert said in feed("bureau", [piece], language="zh").decode()
    (turn,) = place_of(desk.db, 1)["turns"]
    assert turn_said(turn["kind"], turn["details"], "zh") == said
    assert turn["by"]["title"] == "海州市盐业管理规定"


def test_what_is_withheld_is_not_named_in_news(desk: Desk) -> None:
    from archive.store.file.withheld import withhold

    see(desk, "end", end(), LATER)
    withhold(desk.db, 2, reason="court order", by="archivist", at="2026-04-21T00:00:00.000Z")
    assert pieces(desk) == []
