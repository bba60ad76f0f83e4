"""A site that was redesigned: its articles are found all the same, and the verdict says that the rule is to be mended."""

from __future__ import annotations

import random

import pytest

from archive.model import Expect, Job, Page, Rows, Unreadable, Verdict
from crawler.cms import general
from crawler.reading import parse, sites
from crawler.report import findings, judge
from crawler.seen import CrawlObservation, ListObservation
from tests.archive.layouts import LAYOUTS, Layout, MadeArticle, page

LIST = "https://www.ndrc.gov.cn/xxgk/zcfb/tz/"


def _rows(dice: random.Random) -> list[MadeArticle]:
    made = []
    for number in range(dice.randint(4, 20)):
        month, day = 9 - number % 8, 1 + number * 7 % 28
        href = f"./2026{month:02d}/t2026{month:02d}{day:02d}_{1408100 - number}.html"
        made.append(
            MadeArticle(href, f"关于印发第{number + 1}批重点工作方案的通知", f"2026-{month:02d}-{day:02d}")
        )
    return made


def _read(
    html: str, site: str = "ndrc", url: str = LIST, content_type: str = "text/html"
) -> Rows | Unreadable:
    asked = Page(url=url, body=html.encode(), content_type=content_type)
    found = parse(Job(capture=0, kind="listing", site=site, rules=0, page=asked), False)
    assert isinstance(found, Rows | Unreadable)
    return found


@pytest.mark.parametrize("layout", LAYOUTS, ids=[layout.__name__ for layout in LAYOUTS])
def test_no_article_is_lost_by_a_made_up_redesign(layout: Layout) -> None:
    """Wanted and found are compared by address: of a row that the declared rule still reads nothing is asked here."""
    for seed in range(6):
        dice = random.Random(f"{layout.__name__} {seed}")
        rows = _rows(dice)
        html = page(layout(rows, dice), dice).replace("<li", "<p role=row").replace("</li>", "</p>")
        read = _read(html)
        assert isinstance(read, Rows), read
        wanted = [LIST + row.href[2:] for row in rows]
        assert [link.url for link in read.links] == wanted, seed
        assert ("general_list" in read.flags) == bool(read.drafted)


@pytest.mark.parametrize("layout", LAYOUTS[1:4], ids=[layout.__name__ for layout in LAYOUTS[1:4]])
def test_rows_read_in_the_general_way_keep_their_days_titles_and_the_further_pages(layout: Layout) -> None:
    dice = random.Random(7)
    rows = _rows(dice)
    pager = '<script>createPageHTML(3, 0, "index", "html");</script>'
    read = _read(page(layout(rows, dice), dice, pager=pager))
    assert isinstance(read, Rows) and "general_list" in read.flags and "no_rows" not in read.flags
    assert [(link.name, link.date) for link in read.links] == [(row.title, row.day) for row in rows]
    assert read.pages == (LIST + "index_1.html", LIST + "index_2.html")
    assert read.drafted.startswith('rows="')


def _other(rows: str) -> str:
    return page(rows, random.Random(1), title="栏目")


INSTEAD = [
    ("a challenge", "<html><script>document.cookie='__jsl_clearance=1';location.href='/'</script></html>"),
    ("an empty answer", ""),
    ("a shell", "<html><script src=/app.js></script><body><div id=app></div></body></html>"),
    ("an empty list", _other("<ul class=u-list></ul>")),
    ("links elsewhere", _other("".join(f"<p><a href='/other/{n}.html'>别处的一篇文章之{n}</a> 2026-09-0{n}</p>" for n in range(1, 7)))),
    ("a ranking beside an empty list", _other("<ul class=u-list></ul><div class=hot-rank>" + "".join(f"<p><a href='./202609/t2026090{n}_{n}.html'>一篇热门的文章之{n}</a></p>" for n in range(1, 7)) + "</div>")),
]  # fmt: skip


@pytest.mark.parametrize("html", [row[1] for row in INSTEAD], ids=[row[0] for row in INSTEAD])
def test_what_stands_in_a_lists_place_is_not_read_as_one(html: str) -> None:
    read = _read(html)
    assert isinstance(read, Unreadable) or (read.links, read.drafted) == ((), "")


def test_a_list_that_says_it_has_no_rows_is_believed() -> None:
    empty, asked = Rows(links=(), announced=0), Page(url=LIST, body=b"[]", content_type="application/json")
    assert general.instead(asked, sites()["ndrc"], empty) is empty


def test_a_list_that_the_declared_rule_reads_is_left_to_it() -> None:
    items = "".join(
        f"<li><a href='{row.href}'>{row.title}</a><span>{row.day}</span></li>"
        for row in _rows(random.Random(3))
    )
    read = _read(_other(f"<ul class=u-list>{items}</ul>"))
    assert isinstance(read, Rows) and read.links and not read.drafted and "general_list" not in read.flags


def test_data_that_changed_its_names_is_read_all_the_same() -> None:
    body = '{"feed":[' + ",".join(
        f'{{"headline":"关于第{n}件事的意见","link":"https://www.gov.cn/zhengce/content/202609/content_{7999000 + n}.htm","day":"2026-09-0{n}"}}'
        for n in range(1, 6)
    ) + "]}"  # fmt: skip
    url = "https://www.gov.cn/zhengce/zuixin/ZUIXINZHENGCE.json"
    read = _read(body, "gov_cn", url, "application/json")
    assert isinstance(read, Rows) and len(read.links) == 5 and "general_list" in read.flags


def test_the_verdict_stays_redesigned_and_the_finding_names_the_drafted_rule() -> None:
    one = ListObservation(
        url=LIST, outcome="listing", reason=None, links=12, links_before=12, drafted='rows="div.new p"'
    )
    seen = CrawlObservation(
        counts={"captures": 13, "listing": 1, "new": 12},
        lists=[one],
        read_articles=12,
        today="2026-09-15T00:00:00Z",
    )
    verdict, reasons = judge(seen, Expect(articles=5))
    assert (verdict, reasons) == (Verdict.BROKEN, ["redesigned"])
    (found,) = findings(seen, Expect(articles=5), reasons)
    assert (found.reason, found.url) == ("redesigned", LIST)
    assert 'rows="div.new p"' in found.says and "12" in found.says
