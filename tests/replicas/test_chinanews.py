"""The news agency's replica: what moves on a page without the article moving, and pages in old clothes."""

from __future__ import annotations

import re

import pytest

from .browse import fetch
from .chinanews import address
from .control import Replicas

WWW = "https://www.chinanews.com.cn"


def test_a_feed_names_the_newest_articles_and_one_feed_is_missing(replicas: Replicas) -> None:
    feed = fetch(replicas, f"{WWW}/rss/scroll-news.xml").text
    assert feed.count("<item>") > 10
    assert fetch(replicas, f"{WWW}/rss/cul.xml").status == 404


def test_a_list_has_times_without_a_year_and_addresses_without_a_scheme(replicas: Replicas) -> None:
    page = fetch(replicas, f"{WWW}/scroll-news/news1.html").text
    assert '<div class="dd_time">9-10 22:26</div>' in page
    assert re.search(r'<div class="dd_bt"><a href="//www\.chinanews\.com\.cn/', page)
    assert fetch(replicas, f"{WWW}/scroll-news/news99.html").status == 404


def test_an_article_of_two_pages_is_whole_only_when_both_are_read(replicas: Replicas) -> None:
    piece = replicas.world.piece("chinanews/two-pages")
    first, second = (fetch(replicas, address(piece, part)).text for part in (1, 2))
    name = address(piece, 2).rpartition("/")[2]
    assert f'<a href="{name}">' in first
    assert all((line in first) != (line in second) for line in piece.lines())
    assert piece.lines()[0] in first
    assert piece.lines()[-1] in second
    assert fetch(replicas, address(piece, 3)).status == 404


def test_the_body_has_an_advertisement_in_it_and_the_page_a_hidden_block(replicas: Replicas) -> None:
    page = fetch(replicas, address(replicas.world.piece("chinanews/noise"))).text
    body = page[page.index('class="left_zw"') :]
    assert body.index("adInContent") < body.index("function_code_page")
    assert 'id="pubtime_baidu">2026-09-10 22:26:00' in page
    assert page.count("<h1") == 2


def test_another_skin_has_other_class_names(replicas: Replicas) -> None:
    assert "content_left_title" in fetch(replicas, address(replicas.world.piece("chinanews/ads"))).text


def test_the_old_age_is_in_gbk_and_only_the_page_says_so(replicas: Replicas) -> None:
    piece = replicas.world.piece("chinanews/ancient")
    fetched = fetch(replicas, address(piece))
    assert fetched.headers["content-type"] == "text/html"
    assert all(line in fetched.body.decode("gb18030") for line in piece.lines())


def test_a_validator_is_given_and_honoured(replicas: Replicas) -> None:
    where = address(replicas.world.piece("chinanews/ads"))
    stamp = fetch(replicas, where).headers["last-modified"]
    assert fetch(replicas, where, {"If-Modified-Since": stamp}).status == 304


def test_a_page_is_published_again_with_everything_new_but_the_article(replicas: Replicas) -> None:
    piece = replicas.world.piece("chinanews/noise")
    before = fetch(replicas, address(piece))
    replicas.day = 2
    after = fetch(replicas, address(piece), {"If-Modified-Since": before.headers["last-modified"]})
    assert after.status == 200
    for part in (
        r"<!--\[4,322,\d+\]",
        r"totalsum.>\d+",
        r"adInContent[\s\S]+?</table>",
        r"相关新闻[\s\S]+?</ul>",
    ):
        assert re.search(part, before.text)[0] != re.search(part, after.text)[0]
    paragraphs = [re.findall(r"<p>　　(.+?)</p>", page.text) for page in (before, after)]
    assert paragraphs[0] == paragraphs[1] == list(piece.lines())
    other = address(replicas.world.piece("chinanews/ads"))
    replicas.day = 1
    unmoved = fetch(replicas, other).body
    replicas.day = 2
    assert fetch(replicas, other).body == unmoved


@pytest.mark.parametrize("path", ["/", "/rss/scroll-news.xml", "/cj/gd.shtml"])
def test_on_the_third_day_every_page_is_a_challenge_but_robots_answers(replicas: Replicas, path: str) -> None:
    replicas.day = 3
    challenged = fetch(replicas, WWW + path)
    assert challenged.status == 521
    assert "document.cookie" in challenged.text
    assert fetch(replicas, f"{WWW}/robots.txt").status == 200
    replicas.day = 4
    assert fetch(replicas, WWW + path).status == 200
