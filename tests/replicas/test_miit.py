"""The ministry's replica catches a spider that is wrong about the site: headers, method, paging, rows, files."""

from __future__ import annotations

import ast
import gzip
import json
import re
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from .browse import AGENT, fetch
from .control import Replicas
from .miit import address

WWW = "https://www.miit.gov.cn"
COLUMN = f"{WWW}/xwfb/szyw/index.html"


def asked_for(page: str) -> tuple[str, dict[str, str]]:
    """Return the endpoint and the parameters that a column page names."""
    attribute = re.search(r'url="([^"]+)" queryData="([^"]+)"', page)
    assert attribute
    return WWW + attribute[1], ast.literal_eval(attribute[2])


def unit(replicas: Replicas, **more: str) -> Any:
    """Return the list's JSON for the first column."""
    where, parameters = asked_for(fetch(replicas, COLUMN).text)
    return json.loads(fetch(replicas, f"{where}?{urlencode(parameters | more)}").body)


def rows_of(answer: Any) -> list[str]:
    """Return the addresses of the rows, as written."""
    return re.findall(r'<a class="fl" href="([^"]+)"', answer["data"]["html"])


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"User-Agent": AGENT, "Referer": WWW}, 200),
        ({"User-Agent": AGENT}, 403),
        ({"User-Agent": "Scrapy/2.19", "Referer": WWW}, 403),
        ({}, 403),
    ],
    ids=["both headers", "no referer", "not browser-like", "neither"],
)
def test_without_a_browser_like_name_and_a_referer_there_is_a_block_page(
    replicas: Replicas, headers: dict[str, str], status: int
) -> None:
    assert fetch(replicas, COLUMN, headers).status == status


def test_the_robots_file_is_refused_too(replicas: Replicas) -> None:
    assert fetch(replicas, f"{WWW}/robots.txt").status == 403


def test_the_column_page_has_no_rows_and_its_parameters_are_no_json(replicas: Replicas) -> None:
    page = fetch(replicas, COLUMN).text
    assert not re.search(r"/art/\d{4}/art_", page)
    where, parameters = asked_for(page)
    assert where.endswith("/front/page/build/unit")
    assert parameters["pageId"] == "6333578be1d646aabc3e0e79406688c9"
    assert parameters["editType"] == "null"


def test_the_list_comes_in_pages_of_24_and_says_how_many_there_are(replicas: Replicas) -> None:
    first, second = unit(replicas), unit(replicas, paramJson='{"pageNo":2,"pageSize":"24"}')
    total = int(re.search(r'rows="24" count="(\d+)" pageno="1"', first["data"]["html"])[1])
    assert 'pageno="2"' in second["data"]["html"]
    assert (len(rows_of(first)), len(rows_of(second))) == (24, total - 24)
    assert not set(rows_of(first)) & set(rows_of(second))
    assert {type(first["code"]), type(second["code"])} == {str, int}


def test_a_bare_page_number_gives_the_first_page_for_ever(replicas: Replicas) -> None:
    assert rows_of(unit(replicas, pageNo="2")) == rows_of(unit(replicas))


def test_post_is_answered_with_500_and_json(replicas: Replicas) -> None:
    where, parameters = asked_for(fetch(replicas, COLUMN).text)
    refused = fetch(replicas, f"{where}?{urlencode(parameters)}", method="POST")
    assert (refused.status, json.loads(refused.body)["success"]) == (500, False)


@pytest.mark.parametrize("change", [{"pageId": "0" * 32}, {"parseType": "bulidstatic"}])
def test_wrong_parameters_and_the_mode_give_success_false_with_status_200(
    replicas: Replicas, change: dict[str, str]
) -> None:
    assert unit(replicas, **change)["success"] is False
    replicas.mode("www.miit.gov.cn", "success_false")
    assert unit(replicas)["success"] is False


def test_one_row_leads_to_another_host(replicas: Replicas) -> None:
    foreign = [href for href in rows_of(unit(replicas)) if href.startswith("http")]
    assert len(foreign) == 1
    assert "miit.gov.cn" not in foreign[0]


def test_an_article_is_the_same_on_the_mobile_twin(replicas: Replicas) -> None:
    piece = replicas.world.piece("miit/machine-tools")
    page = fetch(replicas, address(piece)).text
    assert page == fetch(replicas, address(piece, "wap.miit.gov.cn")).text
    assert f'<h1 id="con_title">{piece.title}</h1>' in page
    assert f'<span id="con_time">发布时间：{piece.published}</span>' in page
    assert all(cell in page for line in piece.lines() for cell in line.split("\t"))


def test_a_file_on_the_internal_host_is_refused_and_its_twin_is_not(replicas: Replicas) -> None:
    links = replicas.world.piece("miit/machine-tools").files
    inside = next(link.href for link in links if "jyhwzhq" in link.href)
    assert fetch(replicas, inside).status == 403
    twin = fetch(replicas, inside.replace("jyhwzhq.", "www."))
    assert (twin.status, twin.body[:5]) == (200, b"%PDF-")
    old = next(link.href for link in links if link.kind == "doc")
    assert fetch(replicas, WWW + old).body[:4] == b"\xd0\xcf\x11\xe0"


def test_bodies_are_gzipped_for_those_who_take_it_and_every_answer_sets_a_cookie(replicas: Replicas) -> None:
    headers = {"User-Agent": AGENT, "Referer": WWW, "Accept-Encoding": "gzip"}
    packed = fetch(replicas, COLUMN, headers)
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == fetch(replicas, COLUMN).body
    assert "__jsluid_s" in packed.headers["set-cookie"]
    assert "etag" not in packed.headers


def test_search_answers_in_two_shapes_and_without_hits_lacks_the_result(replicas: Replicas) -> None:
    base = f"{WWW}/search-front-server/api/search/info?websiteid=110000000000000&q="
    name = {"User-Agent": AGENT}
    plain = json.loads(fetch(replicas, base + quote("工业母机"), name).body)["data"]["searchResult"]
    grouped = json.loads(fetch(replicas, f"{base}&group=distinct&pg=5", name).body)["data"]["searchResult"]
    assert "<em>工业母机</em>" in plain["dataResults"][0]["data"]["title_text"]
    assert "data" in grouped["dataResults"][0]["groupData"][0]
    none = json.loads(fetch(replicas, base + quote("查无此文"), name).body)
    assert (none["code"], none["data"]) == ("200", {})


def test_the_feed_is_rss(replicas: Replicas) -> None:
    feed = fetch(replicas, f"{WWW}/api-gateway/jpaas-plugins-web-server/front/rss/getinfo?webId=x").text
    assert feed.count("<item>") == 20


def test_the_second_day_brings_a_new_notice_at_the_top(replicas: Replicas) -> None:
    before = rows_of(unit(replicas))
    replicas.day = 2
    after = rows_of(unit(replicas))
    assert after[1] == before[0]
    assert address(replicas.world.piece("miit/new-notice")).endswith(after[0])


def test_the_fourth_day_replaces_a_file_under_its_name(replicas: Replicas) -> None:
    href = replicas.world.piece("miit/draft-standard").files[0].href
    before = fetch(replicas, WWW + href).body
    replicas.day = 4
    assert fetch(replicas, WWW + href).body != before


def test_old_paths_are_refused(replicas: Replicas) -> None:
    assert fetch(replicas, f"{WWW}/n1146295/n1652858/c7485448/content.html").status == 403
