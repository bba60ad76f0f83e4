"""The science ministry's replica: two dialects, an end that is a 404, an old age, a body that never comes."""

from __future__ import annotations

import re

import pytest

from .browse import fetch
from .control import Replicas
from .most import HANGING, address

WWW = "https://www.most.gov.cn"
FORMAL = "/xxgk/xinxifenlei/fdzdgknr/fgzc/gfxwj/"


def test_a_list_is_its_directory_then_numbered_pages_then_404(replicas: Replicas) -> None:
    first = fetch(replicas, f"{WWW}/tztg/").text
    total = int(re.search(r"total:'(\d+)'", first)[1])
    assert first == fetch(replicas, f"{WWW}/tztg/index.html").text
    assert total > 1
    assert fetch(replicas, f"{WWW}/tztg/index_{total - 1}.html").status == 200
    assert fetch(replicas, f"{WWW}/tztg/index_{total}.html").status == 404


@pytest.mark.parametrize(
    ("path", "row"),
    [
        ("/tztg/", r'<li><a href="\./\d{6}/t\d{8}_\d+\.html" title="[^"]+"[^>]*>.+?</a><span class="date">'),
        ("/kjbgz/", r'<li><a href="\./\d{6}/t\d{8}_\d+\.html".+?<span class="date mhide">\d{4}-\d\d-\d\d'),
        (FORMAL, r"list-main-li-item\" href=\"\./\d{6}/t\d{8}_\d+\.html\"\s+title='[^']+'"),
    ],
    ids=["first dialect", "first dialect, hidden on phones", "second dialect, single quotes"],
)
def test_lists_speak_two_dialects(replicas: Replicas, path: str, row: str) -> None:
    assert len(re.findall(row, fetch(replicas, WWW + path).text)) >= 10


def test_one_row_is_a_pdf(replicas: Replicas) -> None:
    name = re.search(r'href="\.(/202609/W0\d+\.pdf)"', fetch(replicas, f"{WWW}/tztg/").text)[1]
    assert fetch(replicas, f"{WWW}/tztg{name}").body.startswith(b"%PDF-")


def test_there_is_no_robots_file_and_no_validator_on_http_as_on_https(replicas: Replicas) -> None:
    assert fetch(replicas, f"{WWW}/robots.txt").status == 404
    page = fetch(replicas, address(replicas.world.piece("most/fund")).replace("https:", "http:"))
    assert page.status == 200
    assert not {"etag", "last-modified", "set-cookie"} & page.headers.keys()


@pytest.mark.parametrize(
    ("key", "container"),
    [
        ("most/fund", '<div id="Zoom">'),
        ("most/retitled", 'class="trs_editor_view'),
        ("most/explained", 'class="text wide"'),
    ],
)
def test_an_article_stands_in_the_container_of_its_column(
    replicas: Replicas, key: str, container: str
) -> None:
    piece = replicas.world.piece(key)
    page = fetch(replicas, address(piece)).text
    body = page[page.index(container) : page.index("div_qrcode")]
    assert all(cell in body for line in piece.lines() for cell in line.split("\t"))


def test_a_formal_document_has_a_card_of_labels_and_files_beside_it(replicas: Replicas) -> None:
    piece = replicas.world.piece("most/measures")
    page = fetch(replicas, address(piece)).text
    assert re.search(rf"<td><b>发文字号：</b></td>\s*<td>\s*{piece.doc_number}\s*</td>", page)
    folder = address(piece).rpartition("/")[0]
    assert all(fetch(replicas, folder + link.href[1:]).status == 200 for link in piece.files)


def test_the_old_age_is_in_gb2312_with_the_body_between_two_meta_elements(replicas: Replicas) -> None:
    piece = replicas.world.piece("most/ancient")
    fetched = fetch(replicas, address(piece))
    assert fetched.headers["content-type"] == "text/html"
    with pytest.raises(UnicodeDecodeError):
        fetched.body.decode("utf-8")
    page = fetched.body.decode("gb18030")
    body = page[page.index("ContentStart") : page.index("ContentEnd")]
    assert all(line in body for line in piece.lines())
    rows = fetch(replicas, f"{WWW}/kjbgz/2017/index.htm").body.decode("gb18030")
    assert re.search(r'<td class="STYLE30">·<a href="[^"]+\.htm".+?</a>\(2017-11-21\)', rows)


def test_one_body_never_comes_and_is_listed_when_asked(replicas: Replicas) -> None:
    with pytest.raises(TimeoutError):
        fetch(replicas, WWW + HANGING, timeout=0.5)
    assert HANGING[7:] not in fetch(replicas, f"{WWW}/kjbgz/").text
    replicas.mode("www.most.gov.cn", "hanging_article")
    assert HANGING[7:] in fetch(replicas, f"{WWW}/kjbgz/").text


def test_the_second_day_edits_one_number_and_nothing_else(replicas: Replicas) -> None:
    piece = replicas.world.piece("most/fund")
    before = fetch(replicas, address(piece)).text
    replicas.day = 2
    after = fetch(replicas, address(piece)).text
    assert before != after
    assert before.replace("1.5亿元", "15亿元") == after


def test_the_second_day_shows_spam_in_an_article_s_place_and_the_fourth_the_article_again(
    replicas: Replicas,
) -> None:
    piece = replicas.world.piece("most/victim")
    before = fetch(replicas, address(piece)).text
    replicas.day = 2
    spam = fetch(replicas, address(piece))
    assert spam.status == 200
    assert piece.title not in spam.text
    assert "彩" in re.search(r"<title>(.+)</title>", spam.text)[1]
    assert len(set(re.findall(r'href="http://([^/"]+)', spam.text))) > 20
    replicas.day = 4
    related = re.compile(r"相关文件.+?</ul>", re.DOTALL)
    assert related.sub("", fetch(replicas, address(piece)).text) == related.sub("", before)


def test_the_fourth_day_gives_one_article_a_new_title_only(replicas: Replicas) -> None:
    old = replicas.world.piece("most/retitled")
    replicas.day = 4
    new = replicas.world.piece("most/retitled")
    assert (old.title != new.title, old.lines() == new.lines(), address(old) == address(new)) == (True,) * 3
    assert new.title in fetch(replicas, address(new)).text
