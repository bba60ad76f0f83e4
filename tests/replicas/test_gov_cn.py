"""The State Council's replica: JSON lists, two search shapes, two templates, twins, a gateway, validators."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from .browse import fetch
from .control import Replicas
from .gov_cn import address, twin

WWW = "https://www.gov.cn"
LATEST = f"{WWW}/zhengce/zuixin/ZUIXINZHENGCE.json"
LIBRARY = "https://sousuo.www.gov.cn/search-gov/data"


def found(replicas: Replicas, query: str) -> Any:
    """Return what the library search answers."""
    return json.loads(fetch(replicas, f"{LIBRARY}?{query}").body)


def test_a_list_is_an_array_newest_first_with_rows_that_are_no_articles(replicas: Replicas) -> None:
    rows = json.loads(fetch(replicas, LATEST).body)
    days = [row["DOCRELPUBTIME"] for row in rows]
    assert days == sorted(days, reverse=True)
    assert rows[0].keys() == {"TITLE", "SUB_TITLE", "URL", "DOCRELPUBTIME"}
    assert any("content_" not in row["URL"] for row in rows)


def test_the_list_s_page_is_an_empty_shell_and_some_directories_refuse(replicas: Replicas) -> None:
    assert "content_" not in fetch(replicas, f"{WWW}/zhengce/zuixin/").text
    assert fetch(replicas, f"{WWW}/zhengce/zuixin/home.htm").status == 404
    assert fetch(replicas, f"{WWW}/zhengce/zhengceku/").status == 403


def test_the_library_answers_flat_or_grouped_by_kind(replicas: Replicas) -> None:
    flat = found(replicas, "t=zhengcelibrary_gw&n=50&p=1")["searchVO"]
    assert flat["totalCount"] == len(flat["listVO"]) > 0
    grouped = found(replicas, "t=zhengcelibrary&n=50&p=1")["searchVO"]
    assert grouped["totalCount"] == 0
    assert grouped["catMap"]["gongwen"]["totalCount"] > 0
    shown = [item["url"] for group in grouped["catMap"].values() for item in group["listVO"]]
    assert len(shown) > len(set(shown))


def test_the_library_has_holes_and_a_parameter_that_empties_it(replicas: Replicas) -> None:
    later = found(replicas, "t=zhengcelibrary_bm&n=5&p=2")["searchVO"]["listVO"]
    assert {item["pubtimeStr"] for item in later} == {None}
    marked = found(replicas, "t=zhengcelibrary_gw&n=5&p=1&q=%E5%8E%BF%E5%9F%9F")["searchVO"]["listVO"]
    assert "<em>县域</em>" in marked[0]["title"]
    assert found(replicas, "t=zhengcelibrary_gw&type=gwyzcwjk")["searchVO"]["totalCount"] == 0
    assert found(replicas, "t=zhengcelibrary_gw&q=zzzz")["code"] == 1001
    assert fetch(replicas, f"{LIBRARY}?t=zhengce", {"User-Agent": "Scrapy"}).status == 403


def test_a_formal_document_has_labels_with_wide_spaces_and_a_twin_in_the_library(replicas: Replicas) -> None:
    piece = replicas.world.piece("gov_cn/opinion")
    formal, copy = fetch(replicas, address(piece)).text, fetch(replicas, address(twin(piece))).text
    assert "<b>索　引　号：</b>" in formal
    assert 'id="ti"' not in formal
    assert 'id="ti"' in copy
    assert all(line in formal and line in copy for line in piece.lines())
    listed = [row["URL"] for row in json.loads(fetch(replicas, LATEST).body)]
    assert {address(piece), address(twin(piece))} <= set(listed)


def test_a_short_notice_has_its_text_in_a_pdf(replicas: Replicas) -> None:
    piece = replicas.world.piece("gov_cn/short")
    href = re.search(r'href="\./(P0\d+\.pdf)"', fetch(replicas, address(piece)).text)[1]
    assert fetch(replicas, f"{address(piece).rpartition('/')[0]}/{href}").body.startswith(b"%PDF-")


def test_an_etag_is_given_and_honoured(replicas: Replicas) -> None:
    where = address(replicas.world.piece("gov_cn/touched"))
    tag = fetch(replicas, where).headers["etag"]
    same = fetch(replicas, where, {"If-None-Match": tag})
    assert (same.status, same.body) == (304, b"")
    replicas.day = 2
    assert fetch(replicas, where, {"If-None-Match": tag}).status == 200


@pytest.mark.parametrize(
    ("key", "day", "moved"),
    [("gov_cn/touched", 2, False), ("gov_cn/edited", 4, True)],
    ids=["nothing but the time", "the text too"],
)
def test_the_time_of_change_moves_with_the_text_or_without(
    replicas: Replicas, key: str, day: int, moved: bool
) -> None:
    before = replicas.world.piece(key)
    old = fetch(replicas, address(before)).text
    replicas.day = day
    after = replicas.world.piece(key)
    new = fetch(replicas, address(after)).text
    stamp = re.compile(r'(lastmodifiedtime" content=")[^"]+')
    assert stamp.search(old)[0] != stamp.search(new)[0]
    assert (stamp.sub("", old) != stamp.sub("", new)) is moved
    assert (before.lines() != after.lines()) is moved


def test_the_gateway_uses_other_words_for_the_same_things(replicas: Replicas) -> None:
    path = address(replicas.world.piece("gov_cn/touched")).removeprefix(WWW)
    page = fetch(replicas, f"https://big5.www.gov.cn/gate/big5/www.gov.cn{path}").text
    assert "網際網路" in page
    assert "支援" in page
    assert "品質" in page
    assert fetch(replicas, f"https://big5.www.gov.cn{path}").status == 404


def test_the_second_day_takes_an_article_away_and_leaves_it_listed(replicas: Replicas) -> None:
    where = address(replicas.world.piece("gov_cn/gone"))
    assert fetch(replicas, where).status == 200
    replicas.day = 2
    assert fetch(replicas, where).status == 404
    assert where in fetch(replicas, f"{WWW}/yaowen/liebiao/YAOWENLIEBIAO.json").text


def test_the_third_day_empties_one_list_and_the_fourth_fills_it_again(replicas: Replicas) -> None:
    full = fetch(replicas, LATEST).body
    replicas.day = 3
    empty = fetch(replicas, LATEST)
    assert (empty.status, empty.body) == (200, b"[]")
    replicas.day = 4
    assert fetch(replicas, LATEST).body == full


def test_plain_http_is_sent_on_to_https(replicas: Replicas) -> None:
    moved = fetch(replicas, LATEST.replace("https:", "http:"))
    assert (moved.status, moved.headers["location"]) == (301, LATEST)
