"""The replicas on TRS and jpaas: the traps that field notes tell of are really there."""

from __future__ import annotations

import json
import re
from urllib.parse import quote

import pytest

from . import jpaas, scio
from .beijing import GATE, SLICED
from .beijing import SKIN as BEIJING
from .browse import AGENT, fetch
from .control import Replicas
from .kw_beijing import SKIN as KW
from .ndrc import SKIN as NDRC
from .trs import Skin, address

SKINS = (NDRC, scio.SKIN, BEIJING, KW)


@pytest.mark.parametrize("skin", SKINS, ids=[skin.site for skin in SKINS])
def test_an_article_holds_its_whole_text_and_its_files_stand_beside_it(
    replicas: Replicas, skin: Skin
) -> None:
    for piece in replicas.world.pieces(skin.site)[:12]:
        url = address(skin, piece)
        page = fetch(replicas, url).text
        if piece.dialect != "picture":
            said = re.sub(r"<[^>]+>|\s", "", page)
            assert all(re.sub(r"\s", "", line) in said for line in piece.lines())
        for link in piece.files:
            folder = url.rpartition("/")[0]
            assert fetch(replicas, folder + link.href[1:]).status == 200
        if piece.dialect == "picture":
            shown = re.search(r'<img src="\./([^"]+\.jpg)"', page)[1]
            assert fetch(replicas, f"{url.rpartition('/')[0]}/{shown}").body.startswith(b"\xff\xd8\xff")


@pytest.mark.parametrize(
    ("url", "rows"),
    [
        ("https://www.ndrc.gov.cn/xxgk/zcfb/tz/", r'<li><a href="\./\d{6}/t\d{8}_\d+\.html" title="[^"]+"[^>]*>.+?</a><span>\d{4}/\d\d/\d\d</span>'),
        ("https://www.ndrc.gov.cn/xxgk/zcfb/gg/", r'<li><a href="\./\d{6}/t\d{8}_\d+\.html" title="[^"]+"[^>]*>[^<]+</a></li>'),
        ("https://www.scio.gov.cn/xwfb/gwyxwbgsxwfbh/index.html", r'<a href="//www\.scio\.gov\.cn/live/2026/39001/"'),
        ("https://www.beijing.gov.cn/zhengce/zhengcefagui/", r'<i class="flag"[^>]*>是</i><a href="\./'),
        ("https://www.beijing.gov.cn/gongkai/zfxxgk/zc/gz/", r'<p class="c-bt-t"><a href="\./'),
        ("https://kw.beijing.gov.cn/zwgk/zcwj/", r'<div class="title-list-box"><ul class="list"><li><a href="\./'),
        ("https://kw.beijing.gov.cn/xwdt/", r'<ul class="hot-news-list"><li><a href="\./'),
    ],
    ids=["days", "no days", "conference", "flags", "cards", "title list", "news list"],
)  # fmt: skip
def test_lists_look_as_reported(replicas: Replicas, url: str, rows: str) -> None:
    assert re.search(rows, fetch(replicas, url).text)


def test_the_commissions_upper_column_is_a_shell_and_its_pages_name_no_charset(replicas: Replicas) -> None:
    shell = fetch(replicas, "https://www.ndrc.gov.cn/xxgk/zcfb/")
    assert "window.location.href='./fzggwl/'" in shell.text
    page = fetch(replicas, "https://www.ndrc.gov.cn/xxgk/zcfb/tz/")
    assert page.headers["content-type"] == "text/html"
    number = int(re.search(r'createPageHTML\((\d+), 0, "index", "html"\)', page.text)[1])
    assert fetch(replicas, f"https://www.ndrc.gov.cn/xxgk/zcfb/tz/index_{number - 1}.html").status == 200
    assert fetch(replicas, f"https://www.ndrc.gov.cn/xxgk/zcfb/tz/index_{number}.html").status == 404


def test_the_commissions_files_stand_after_the_body(replicas: Replicas) -> None:
    page = fetch(replicas, address(NDRC, replicas.world.piece("ndrc/charging"))).text
    assert page.index('class="article_con"') < page.index('<div class="attachment">')
    assert "P020260911" not in page[: page.index('<div class="attachment">')]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_conference_has_parts_and_a_page_for_telephones(replicas: Replicas, scheme: str) -> None:
    base = f"{scheme}://www.scio.gov.cn/live/2026/39001/"
    event, told = fetch(replicas, base).text, fetch(replicas, base + "tw/").text
    assert 'href="./tw/"' in event
    assert fetch(replicas, base + "tw/index_m.html").text == told
    assert len(re.findall(r"<strong>[^<]+：</strong>", told)) >= 4
    assert re.search(r"<strong>[^<]+：</strong></p>", told), "a name in a paragraph of its own"
    assert re.search(r"<strong>[^<]+：</strong>[^<]", told), "a name before the words"
    assert fetch(replicas, base + "qwxz/202609/P020260910512345678901.pdf").body.startswith(b"%PDF-")


def test_the_city_gives_all_rows_at_once_and_one_of_them_is_a_test(replicas: Replicas) -> None:
    page = fetch(replicas, f"https://www.beijing.gov.cn/{SLICED}/").text
    assert len(re.findall(r'<i class="flag"[^>]*>是</i>', page)) == 18
    assert len(re.findall(r'<i class="flag"[^>]*></i>', page)) == 1
    assert "$('.default_news li')" in page
    assert fetch(replicas, f"https://www.beijing.gov.cn/{SLICED}/index_1.html").status == 404
    other = fetch(replicas, "https://www.beijing.gov.cn/zhengce/zhengcefagui/").text
    assert re.search(r"createPageHTML\(27, 2, 1, 'index', 'html'\)", other)


def test_the_gateway_puts_other_words(replicas: Replicas) -> None:
    url = address(BEIJING, replicas.world.piece("beijing/lowaltitude"))
    path = url.removeprefix("https://www.beijing.gov.cn")
    original, copied = (
        fetch(replicas, url).text,
        fetch(replicas, f"https://www.beijing.gov.cn{GATE}{path}").text,
    )
    assert "互联网" in original
    assert "網際網路" in copied
    assert "支援" in copied
    assert fetch(replicas, f"https://www.beijing.gov.cn{GATE}/nothing.html").status == 404


def test_the_science_commission_wants_a_referer_and_has_forgotten_its_old_addresses(
    replicas: Replicas,
) -> None:
    url = "https://kw.beijing.gov.cn/zwgk/zcwj/"
    assert fetch(replicas, url, {"User-Agent": AGENT}).status == 403
    assert fetch(replicas, "https://kw.beijing.gov.cn/art/2020/1/16/art_736_472080.html").status == 404
    assert fetch(replicas, "https://kw.beijing.gov.cn/col/col736/index.html").status == 404
    migrated = replicas.world.piece("kw_beijing/migrated")
    assert migrated.day.startswith("2022")
    assert "/P02024" in migrated.files[0].href


@pytest.mark.parametrize("ministry", jpaas.MINISTRIES, ids=[one.site for one in jpaas.MINISTRIES])
def test_a_ministrys_list_is_asked_by_the_ids_its_page_names(
    replicas: Replicas, ministry: jpaas.Dialect
) -> None:
    column = next(iter(jpaas.COLUMNS[ministry.site]))
    shell = fetch(replicas, f"https://{ministry.host}/{column}/index.html").text
    asks = [
        dict(re.findall(r"'(\w+)':'([^']*)'", told)) for told in re.findall(r'queryData="([^"]+)"', shell)
    ]
    assert [one["tagId"] for one in asks] == ["天气", ministry.tag]
    assert {one["parseType"] for one in asks} == {"bulidstatic"}
    first, second = (_unit(replicas, ministry, asks[1], page) for page in (1, 2))
    assert _unit(replicas, ministry, asks[1] | {"parseType": "buildstatic"}, 1)["success"] is False
    assert _unit(replicas, ministry, asks[1] | {"pageNo": "2"}, 1) == first
    assert first["data"]["html"] != second["data"]["html"]
    assert len(re.findall(r"art_[0-9a-f]{32}", first["data"]["html"])) >= ministry.rows - 1


def _unit(replicas: Replicas, ministry: jpaas.Dialect, asked: dict[str, str], page: int) -> dict[str, object]:
    more = {"paramJson": json.dumps({"pageNo": page, "pageSize": "20"})} if page > 1 else {}
    query = "&".join(f"{name}={quote(value)}" for name, value in (asked | more).items())
    answer: dict[str, object] = json.loads(
        fetch(replicas, f"https://{ministry.host}{jpaas.API}?{query}").body
    )
    return answer


def test_a_consultation_shows_the_day_it_ends_and_a_file_has_no_ending(replicas: Replicas) -> None:
    ministry = jpaas.MINISTRIES[1]
    pieces = [p for p in replicas.world.pieces("mohurd") if p.title.startswith("关于")]
    page = fetch(replicas, jpaas.address(ministry, pieces[0])).text
    href = re.search(rf'href="({jpaas.DOWNLOAD}\?[^"]+)"', page)[1].replace("&amp;", "&")
    assert fetch(replicas, f"https://{ministry.host}{href}").body.startswith(b"%PDF-")
