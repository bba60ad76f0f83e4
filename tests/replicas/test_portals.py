"""The replicas of agencies and portals, of the smaller sites and of the republishers: their traps are there."""

from __future__ import annotations

import json
import re

import pytest

from . import beijing, cac, china_com_cn, miit, most, ndrc, news_cn, people, smaller, trs
from .browse import fetch
from .control import Replicas
from .mirror import FILTER, ORIGINS, PLAIN, SLIPS, TONES


def test_the_agencys_lists_have_html_in_titles_and_addresses_of_two_kinds(replicas: Replicas) -> None:
    rows = json.loads(fetch(replicas, f"https://www.news.cn{next(iter(news_cn.SOURCES))}").body)["datasource"]
    assert any(row["title"].startswith("<font") for row in rows)
    assert any(row["showTitle"].startswith("<b>") for row in rows)
    assert {row["publishUrl"].startswith("https://") for row in rows} == {True, False}


@pytest.mark.parametrize("host", ["www.news.cn", "www.xinhuanet.com"])
def test_the_agencys_pages_hide_other_headlines_and_answer_under_both_names(
    replicas: Replicas, host: str
) -> None:
    pieces = replicas.world.pieces("news_cn")
    old = next(piece for piece in pieces if "/c_" in news_cn.address(piece))
    new = replicas.world.piece("news_cn/factory")
    for piece, container in ((old, 'id="p-detail"'), (new, 'id="detailContent"')):
        page = fetch(replicas, news_cn.address(piece, host)).text
        assert container in page
        assert '<div class="seo" style="display:none">' in page
        assert all(line in page for line in piece.lines() if "\t" not in line)
    assert '<span class="year"><em>2026</em></span>' in page
    assert "【纠错】" in page


def test_the_papers_pages_are_gb2312_in_three_parts_with_numbers_for_names(replicas: Replicas) -> None:
    piece = replicas.world.piece("people/long")
    parts = [fetch(replicas, people.address(piece, n)) for n in (1, 2, 3)]
    assert parts[0].headers["content-type"] == "text/html"
    with pytest.raises(UnicodeDecodeError):
        parts[0].body.decode("utf-8")
    texts = [part.body.decode("gb18030") for part in parts]
    assert "charset=GB2312" in texts[0]
    assert 'name="author" content="106105"' in texts[0]
    assert re.search(r"2026年09月14日08:18\u3000", texts[0])
    assert all(sum(line in text for text in texts) == 1 for line in piece.lines())
    assert fetch(replicas, people.address(piece, 4)).status == 404


def test_the_papers_lists_have_single_quotes_and_its_twin_other_words(replicas: Replicas) -> None:
    page = fetch(replicas, "http://politics.people.com.cn/GB/1024/index.html").body.decode("gb18030")
    assert len(re.findall(r"<li><a href='[^']+' target", page)) == 8
    assert 'href="index2.html"' in page
    url = people.address(replicas.world.piece("people/long"), 2)
    original, twin = (
        fetch(replicas, u).body.decode("gb18030") for u in (url, url.replace("/n1/", "/BIG5/n1/"))
    )
    assert "数据" in original
    assert "資料" in twin


def test_the_portal_shows_one_number_in_two_skins(replicas: Replicas) -> None:
    piece = replicas.world.pieces("china_com_cn")[0]
    wide = fetch(replicas, china_com_cn.address(piece)).text
    narrow = fetch(replicas, china_com_cn.address(piece, mobile=True)).text
    assert 'class="articleTitle"' in wide
    assert 'id="videoarea"' in wide
    assert 'class="d_title"' in narrow
    assert "/m/" in fetch(replicas, "http://news.china.com.cn/").text


def test_the_administrations_columns_are_named_on_its_front_page_only(replicas: Replicas) -> None:
    front = fetch(replicas, "https://www.cac.gov.cn/index.htm").text
    columns = re.findall(r'href="(//www\.cac\.gov\.cn/[^"]+index_1\.htm)"', front)
    assert len(columns) == 2
    assert '<div id="loadingInfoPage">' in fetch(replicas, f"https:{columns[0]}").text
    piece = replicas.world.pieces("cac")[0]
    assert fetch(replicas, cac.address(piece).replace("https:", "http:")).status == 200


def test_the_torch_centre_has_no_day_in_its_addresses_and_files_in_a_folder(replicas: Replicas) -> None:
    piece = replicas.world.pieces("chinatorch")[0]
    page = fetch(replicas, smaller.torch_address(piece)).text
    assert re.search(r"/\d{6}/[0-9a-f]{32}\.shtml$", smaller.torch_address(piece))
    href = re.search(r'href="([0-9a-f]{32}/files/[0-9a-f]{32}\.pdf)"', page)[1]
    folder = smaller.torch_address(piece).rpartition("/")[0]
    assert fetch(replicas, f"{folder}/{href}").body.startswith(b"%PDF-")


def test_nobody_shakes_hands_with_the_frozen_site(replicas: Replicas) -> None:
    with pytest.raises(OSError):
        fetch(replicas, f"https://{smaller.FROZEN}/zgc/zwgk/tzgg/index.html")


def test_a_republisher_names_itself_as_source_and_files_by_another_day(replicas: Replicas) -> None:
    piece = replicas.world.pieces("achie")[0]
    page = fetch(replicas, smaller.achie_address(piece)).text
    assert f"来源:高新院 achie.org 日期:{piece.day} 点击:" in page
    assert "相关文章推荐：" in page
    assert piece.day.replace("-", "") not in smaller.achie_address(piece)
    other = fetch(replicas, smaller.imline_address(replicas.world.pieces("beijiang")[0])).text
    assert "北疆新闻版权与免责声明" in other


@pytest.mark.parametrize("host", [TONES, PLAIN, SLIPS, FILTER])
def test_a_hijacked_host_keeps_the_path_and_sells_the_title(replicas: Replicas, host: str) -> None:
    site = {TONES: "miit", PLAIN: "beijing", SLIPS: "ndrc", FILTER: "most"}[host]
    piece = next(p for p in replicas.world.pieces(site) if not p.dialect and len(p.lines()) > 5)
    url = {
        TONES: lambda: miit.address(piece),
        PLAIN: lambda: trs.address(beijing.SKIN, piece),
        SLIPS: lambda: trs.address(ndrc.SKIN, piece),
        FILTER: lambda: most.address(piece),
    }[host]()
    original, copied = fetch(replicas, url).text, fetch(replicas, url.replace(ORIGINS[host], host)).text
    assert (
        re.search(r"<title>.*</title>", copied, re.DOTALL)[0]
        != re.search(r"<title>.*?</title>", original, re.DOTALL)[0]
    )
    assert "在线观看" in copied
    assert "icp备95" in copied
    if host in (TONES, PLAIN):
        assert len(re.findall(r"[\u4e00-\u9fff]\([a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ]{1,6}\)", copied)) > 30
    assert (re.search(r"(\([a-z]+\))\1\1", copied) is not None) == (host == PLAIN)


def test_a_hijacked_host_answers_as_its_origin_where_there_is_nothing(replicas: Replicas) -> None:
    assert fetch(replicas, f"https://{PLAIN}/nothing.html").status == 404
