"""What documents name and do, and the standings that follow, as an archive keeps them. All texts are made up."""

from __future__ import annotations

import json
import random
from datetime import date
from itertools import permutations
from typing import Any

import pytest

from archive.store.read.connections import check, cites, standing_of
from archive.store.read.search import search
from archive.store.write.connections import settle_some, unsettle
from tests.archive.desk import HOST, Desk, html

PAGES = {
    "old": html(
        "海府办规〔2016〕9号", "第一条 为加强渔港管理，保障船舶停泊安全，制定本办法。",
        "第二条 渔港管理坚持统一规划的原则，由市水务局负责。", "第三条 本办法自印发之日起施行。",
        "海州市人民政府办公室 2016年5月4日印发",
        title="海州市人民政府办公室关于印发海州市渔港管理办法的通知", date="2016-05-06",
    ),
    "new": html(
        "海府办规〔2021〕3号", "第一条 为加强渔港管理，保障船舶停泊安全，根据《海州市渔业条例》，制定本办法。",
        "第二条 渔港管理坚持统一规划、分级负责的原则，由市渔业局负责。",
        "第三条 市财政按不低于年度收入的30%提取渔港维护资金，专款专用。",
        "第四条 本办法自2021年5月1日起施行，有效期10年。《海州市人民政府办公室关于印发海州市渔港管理办法的通知》（海府办规〔2016〕9号）同时废止。",
        "海州市人民政府办公室 2021年4月16日印发",
        title="海州市人民政府办公室关于印发海州市渔港管理办法的通知", date="2021-04-19",
    ),
    "law": html(
        "（2010年9月1日海州市人民代表大会常务委员会通过）", "第一条 为了保护渔业资源，制定本条例，适用于本市水域。",
        "第二条 从事捕捞的单位和个人应当遵守禁渔期的规定。", "第三条 本条例自2011年1月1日起施行。",
        title="海州市渔业条例", date="2010-09-01",
    ),
    "reading": html(
        "近日，我市印发了《海州市渔港管理办法》（海府办规〔2021〕3号），现就有关情况解读如下，供各单位学习时参考。",
        "新办法把渔港维护资金的提取比例定为百分之三十，并明确由市渔业局负责日常管理工作。",
        title="《海州市渔港管理办法》政策解读", date="2021-04-25",
    ),
}  # fmt: skip


def see(desk: Desk, names: tuple[str, ...]) -> None:
    for day, name in enumerate(names, 1):
        desk.see(PAGES[name], f"2026-04-{day:02}T08:00:00", url=f"https://{HOST}/a/{name}.html")


def rows(desk: Desk) -> dict[str, Any]:
    """Return what the views hold, each document by its address."""
    urls = {row["id"]: row["url"] for row in desk.rows("select id, url from documents")}
    found: dict[str, Any] = {}
    for view in ("citations", "relations", "standings", "clauses"):
        found[view] = sorted(
            json.dumps(
                {
                    k: urls.get(v, v) if k in ("document", "target", "other") else v
                    for k, v in dict(row).items()
                    if k != "version_id"
                },
                ensure_ascii=False,
            )
            for row in desk.rows(f"select * from {view}")
        )
    return found


@pytest.fixture
def desk() -> Desk:
    made = Desk()
    see(made, ("old", "new", "law", "reading"))
    return made


def document(desk: Desk, name: str) -> int:
    return int(desk.rows(f"select id from documents where url like '%/{name}.html'")[0][0])


def test_documents_in_any_order_give_the_same_rows(desk: Desk) -> None:
    expected = rows(desk)
    assert all(expected.values())
    for order in random.Random(7).sample(list(permutations(PAGES)), 5):
        other = Desk()
        see(other, order)
        assert rows(other) == expected, order


def test_a_citation_finds_its_document_by_number_or_by_title(desk: Desk) -> None:
    found = {(r["cited_number"], r["cited_title"]): r["target"] for r in desk.rows("select * from citations")}
    assert found["海府办规〔2016〕9号", "海州市人民政府办公室关于印发海州市渔港管理办法的通知"] == document(
        desk, "old"
    )
    assert found[None, "海州市渔业条例"] == document(desk, "law")
    assert found["海府办规〔2021〕3号", "海州市渔港管理办法"] == document(desk, "new")


def test_a_wrong_title_is_found_by_what_is_said_of_the_document(desk: Desk) -> None:
    (found,) = check(
        desk.db,
        "《海州市渔港维护办法》规定，市财政按不低于年度收入的30%提取渔港维护资金，专款专用。",
        date(2022, 1, 1),
    )
    assert (found.verdict, found.number) == ("wrong_title", "海府办规〔2021〕3号")


def test_a_search_hit_says_the_clause_that_it_stands_in(desk: Desk) -> None:
    (hit,) = search(desk.db, "渔港维护资金，专款专用")
    assert hit.clause == "第三条"
    assert [hit.clause for hit in search(desk.db, "市人民代表大会常务委员会通过")] == [None]


HISTORY = ("（2014年5月6日海州市人民政府令第9号公布", "根据2021年3月4日海州市人民政府令第20号修订）")


def regulation(*head: str, effect: str) -> bytes:
    return html(
        *head, "第一条 为了保护渔业资源，制定本条例，适用于本市水域内的一切活动。",
        "第二条 从事捕捞的单位和个人应当遵守禁渔期和禁渔区的规定。", f"第三条 本条例自{effect}起施行。",
        title="海州市渔民条例", date="2014-05-06" if len(head) == 1 else "2021-03-04",
    )  # fmt: skip


def test_a_law_ends_where_a_later_text_of_it_names_its_version() -> None:
    pages = {
        "first": regulation(HISTORY[0] + "）", effect="2014年7月1日"),
        "second": regulation(*HISTORY, effect="2021年5月1日"),
    }
    spans = []
    for order in (("first", "second"), ("second", "first")):
        desk = Desk()
        for day, name in enumerate(order, 1):
            desk.see(pages[name], f"2026-04-{day:02}T08:00:00", url=f"https://{HOST}/a/{name}.html")
        spans.append([
            standing_of(desk.db, document(desk, name), date(*day))["standing"]
            for name, day in (
                ("first", (2021, 4, 30)), ("first", (2021, 5, 1)), ("second", (2021, 4, 30)), ("second", (2021, 5, 1)),
            )
        ])  # fmt: skip
    assert spans == [["in_force", "repealed", "not_yet", "in_force"]] * 2


def test_a_standing_says_who_ended_a_document_and_where(desk: Desk) -> None:
    found = standing_of(desk.db, document(desk, "old"))
    assert (found["standing"], found["since"]) == ("repealed", "2021-05-01")
    (reason,) = found["because"]
    assert reason["document"].endswith("/new.html")
    text = desk.rows(f"select text from latest where document = {document(desk, 'new')}")[0][0]
    assert text[reason["start"] : reason["end"]].endswith("（海府办规〔2016〕9号）")


def test_the_replacing_document_of_the_same_title_is_not_ended_by_its_own_words(desk: Desk) -> None:
    assert standing_of(desk.db, document(desk, "new"), date(2024, 1, 1))["standing"] == "in_force"
    assert standing_of(desk.db, document(desk, "new"), date(2031, 5, 1))["standing"] == "expired"
    assert standing_of(desk.db, document(desk, "old"), date(2020, 1, 1))["standing"] == "in_force"
    assert standing_of(desk.db, document(desk, "old"), date(2016, 5, 3))["standing"] == "not_yet"


def test_a_page_that_speaks_of_documents_has_no_standing_of_its_own(desk: Desk) -> None:
    row = desk.rows(
        f"select class, standing, published_on from latest where document = {document(desk, 'reading')}"
    )[0]
    assert tuple(row) == ("interpretation", "unknown", "2021-04-25")


def test_a_document_knows_what_rests_on_it(desk: Desk) -> None:
    found = cites(desk.db, document(desk, "new"))
    assert [entry["url"].rpartition("/")[2] for entry in found["cited_by"]] == ["reading.html"] * 2
    assert {entry["relation"] for entry in found["cited_by"]} == {"interprets", "cites"}
    assert {entry["relation"] for entry in found["cites"]} >= {"based_on", "replaces"}
    assert all(entry["target"] for entry in found["cites"])
    assert found["standing"]["effective_from"] == "2021-05-01"
    json.dumps(found)


def test_a_draft_and_an_interpretation_find_the_document_by_their_titles(desk: Desk) -> None:
    draft = html(
        "我局起草了有关办法，现向社会公开征求意见，请于2021年3月20日前将意见反馈至市渔业局，欢迎提出修改建议。",
        title="关于公开征求《海州市渔港管理办法（征求意见稿）》意见的通知", date="2021-02-20",
    )  # fmt: skip
    desk.db.execute("delete from unsettled")
    desk.see(draft, "2026-04-09T08:00:00", url=f"https://{HOST}/a/draft.html")
    found = cites(desk.db, document(desk, "reading"))
    assert "interprets" in {entry["relation"] for entry in found["cites"]}
    (entry,) = [
        entry for entry in cites(desk.db, document(desk, "draft"))["cites"] if entry["relation"] == "drafts"
    ]
    assert entry["cited_title"] == "海州市渔港管理办法（征求意见稿）"
    row = desk.rows(f"select class, standing from latest where document = {document(desk, 'draft')}")[0]
    assert tuple(row) == ("draft", "draft")
    assert desk.rows("select kind, date from deadlines")[0]["date"] == "2021-03-20"


def test_a_report_is_held_against_what_the_archive_has(desk: Desk) -> None:
    report = (
        "《海州市渔港管理办法》（海府办规〔2016〕9号）仍是依据。《海州市渔港管理办法》（海府办规〔2021〕3号）第三条"
        "要求按不低于年度收入的50%提取渔港维护资金。《海州市渔业条例》第二条要求遵守禁渔期。《海州市渔船条例》（海府令第99号）另有规定。"
    )
    found = [verdict.verdict for verdict in check(desk.db, report, date(2025, 3, 1))]
    assert found == ["not_in_force", "misquoted", "right", "not_held"]


def test_a_later_version_takes_its_own_ends_back(desk: Desk) -> None:
    kept = (
        PAGES["new"]
        .decode()
        .replace("（海府办规〔2016〕9号）同时废止", "（海府办规〔2016〕9号）继续有效至2030年1月1日")
    )
    desk.see(kept.encode(), "2026-05-01T08:00:00", url=f"https://{HOST}/a/new.html")
    desk.see(kept.encode(), "2026-05-02T08:00:00", url=f"https://{HOST}/a/new.html")
    assert standing_of(desk.db, document(desk, "old"))["standing"] != "repealed"


def test_another_reader_reads_every_kept_version_anew(desk: Desk) -> None:
    expected = rows(desk)
    desk.db.execute("update version_connections set reader = 0, class = 'other'")
    desk.db.execute("delete from version_citations")
    unsettle(desk.db)
    while settle_some(desk.db):
        pass
    assert rows(desk) == expected
    assert desk.rows("select count(*) from unsettled")[0][0] == 0
