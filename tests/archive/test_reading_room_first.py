"""What a reader must know comes first: edits, troubles and standings, in words, with names of publishers."""

from __future__ import annotations

import json
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from archive.clock import Clock, moment
from archive.model import Block, Cell, Exchange, Verdict
from archive.reading_room.connections import calendar
from archive.reading_room.typeset import shown_time
from archive.reading_room.words import plain_metadata, shapes
from archive.store.archive import Archive
from archive.store.schedule.crawls import Finding
from tests.archive import copied
from tests.archive.copied import MIRROR
from tests.archive.holding import SITE, Holding, article
from tests.archive.visit import see, visit

ZH = {"accept-language": "zh-CN"}
URL = "https://www.bureau.example/a/berth.html"
TEXT = (
    "海州市渔港泊位管理办法\n第一章 总则\n第一条 为规范泊位管理，制定本办法。\n第二条 泊位费按每米15元收取。\n"
    "第二章 附则\n第三条 本办法自2024年3月1日起施行。"
)
TABLE = "收费标准如下：\n泊位\t每米\n\t夏季\t冬季\n甲\t15元\t10元\n先申请\n后入港\n图一 渔港"


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    holding = Holding(tmp_path_factory.mktemp("room") / "held.db")
    shown = {"title": "海州市渔港泊位管理办法", "published_at": "2024-02-01"}
    holding.show(article(TEXT, **shown), "2026-03-01T01:00:00.000Z", url=URL)
    holding.show(article(TEXT.replace("15元", "25元"), **shown), "2026-03-05T01:00:00.000Z", url=URL)
    holding.show(article("彩票" * 30, **shown), "2026-03-09T01:00:00.000Z", url=URL, signs=("spam_body",))
    table = article(TABLE, title="渔港收费公告", blocks=tuple(_blocks()))
    holding.show(table, "2026-03-02T01:00:00.000Z", url=URL.replace("berth", "fee"))
    archive = holding.archive
    archive.end_crawl(holding.crawl, Verdict.OK, [])
    challenge = Finding(reason="challenge", url="https://www.bureau.example/list.html", says="a challenge")
    for verdict in (Verdict.BROKEN, Verdict.BROKEN):
        archive.end_crawl(
            archive.begin_crawl("bureau", "watch"), verdict, ["challenge"], findings=[challenge],
            is_judged=lambda *_: True,
        )  # fmt: skip
    holding.close()
    return holding.path


def _blocks() -> Iterator[Block]:
    def at(words: str) -> dict[str, int]:
        start = TABLE.index(words)
        return {"start": start, "end": start + len(words)}

    def cell(words: str, row: int, column: int, **more: int) -> Cell:
        return Cell(**at(words), row=row, column=column, **more)

    yield Block(kind="paragraph", **at("收费标准如下："))
    cells = (cell("泊位", 0, 0, rows=2), cell("每米", 0, 1, columns=2), cell("夏季", 1, 1), cell("冬季", 1, 2),
             cell("甲", 2, 0), cell("15元", 2, 1), cell("10元", 2, 2))  # fmt: skip
    yield Block(kind="table", start=at("泊位")["start"], end=at("10元")["end"], cells=cells)
    yield Block(kind="item", level=1, number="1.", **at("先申请"))
    yield Block(kind="item", level=1, number="2.", **at("后入港"))
    yield Block(kind="picture", start=at("图一")["start"], end=at("图一")["start"], words="渔港全景")
    yield Block(kind="caption", **at("图一 渔港"))


def test_the_front_page_begins_with_changes_and_troubles(path: Path) -> None:
    page = see(path, "/", headers=ZH)
    changes, trouble, newest = (page.index(f'id="{name}"') for name in ("changes", "troubled", "newest"))
    assert changes < trouble < newest
    assert "改动发生在 2026-03-01 09:00 与 2026-03-05 09:00 之间" in page
    assert re.search(r'<p class="summary" lang="zh">[^<]*15[^<]*→[^<]*25', page)
    assert "示例委" in page and re.search(r">\s*bureau\s*<", page) is None


def test_a_broken_source_says_what_is_broken_and_since_when(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        first = db.execute("select min(finished_at) from crawls where verdict = 'BROKEN'").fetchone()[0]
    page = see(path, "/", headers={"accept-language": "en"})
    trouble = page.split('id="troubled"')[1].split("</section>")[0]
    assert "it answers with a challenge page" in trouble and "www.bureau.example/list.html" in trouble
    assert f"since {shown_time(first)} (Beijing)" in trouble
    assert "Last healthy" in trouble or "Never healthy yet" in trouble


def test_nothing_is_called_trouble_where_there_is_none(tmp_path: Path) -> None:
    copied.make(tmp_path / "held.db")
    assert "没有需要留意的" in see(tmp_path / "held.db", "/", headers=ZH)


def test_the_calendar_has_each_day_s_changes_and_leads_to_them(path: Path) -> None:
    page = see(path, "/", headers={"accept-language": "en"})
    (address,) = re.findall(r'<a href="([^"]+)" aria-label="2026-03-05: changes: 1"', page)
    assert "泊位" in see(path, address.replace("&amp;", "&"))
    with closing(sqlite3.connect(path)) as db:
        db.row_factory = sqlite3.Row
        made = calendar(db, 4)
    assert made
    days = [day for _, _, day in made.days]
    assert made.weeks == 4 and {day.day: day.changes for day in days if day.changes} == {"2026-03-05": 1}
    assert days[0].bounds == ("2026-02-08T16:00:00.000Z", "2026-02-09T16:00:00.000Z")


def test_an_edited_document_says_between_when_and_what_before_its_text(path: Path) -> None:
    page = see(path, "/doc/1", headers=ZH)
    banner = page.split('class="notice edited"')[1].split("</div>")[0]
    assert "2026-03-01 09:00 与 2026-03-05 09:00 之间" in banner and 'href="/doc/1/diff/1/2"' in banner
    text = page.index('<div class="text"')
    assert (
        page.index('class="notice edited"') < page.index('id="versions"') < page.index('id="changes"') < text
    )
    assert 'class="notice edited"' not in see(path, "/doc/1/1")


def test_clauses_have_names_that_links_can_lead_to(path: Path) -> None:
    page = see(path, "/doc/1", headers=ZH)
    assert '<p id="第二条">第二条 泊位费' in page and '<a href="#第二条">' in page
    assert re.search(r'<h2 id="第一章">第一章 总则', page)
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_marks_of_the_timeline_lead_to_the_kept_pages(path: Path) -> None:
    page = see(path, "/doc/1")
    timeline = page.split('class="timeline"')[1].split("</figure>")[0]
    assert re.findall(r'<a href="(/capture/\d+)', timeline)


def test_tables_lists_pictures_and_captions_are_set_as_such(path: Path) -> None:
    page = see(path, "/doc/2", headers=ZH)
    assert '<td rowspan="2">泊位</td><td colspan="2">每米</td>' in page and "<td>冬季</td>" in page
    assert page.count('<ul class="items">') == 1 and page.count("</ul>") >= 1
    assert re.search(r'<li class="depth1"><span class="number">1\.</span> 先申请', page)
    assert "[图片：渔港全景]" in page and '<p class="caption">图一 渔港</p>' in page


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_what_waits_for_a_person_says_why_and_how_to_decide(path: Path, language: str) -> None:
    page = see(path, "/review", headers={"accept-language": language})
    assert ("正文像垃圾信息" if language == "zh-CN" else "text looks like spam") in page
    assert f"yuanben review {URL} --accept" in page and "<ins>彩票" in page and "示例委" in page


@pytest.mark.parametrize(
    ("address", "shown", "hidden"),
    [
        pytest.param("/held/events", ("发现问题", "原因：要求验证", "网址：www.bureau.example/list.html", ">示例委<"), ('{"', ">bureau<"), id="events"),
        pytest.param("/held/captures?_sort_desc=id", ('href="/capture/4"', ">文章<", ">示例委<"), (">bureau<",), id="captures"),
        pytest.param("/held/changes", (">示例委<",), (">bureau<",), id="changes"),
    ],
)  # fmt: skip
def test_lists_are_for_people(
    path: Path, address: str, shown: tuple[str, ...], hidden: tuple[str, ...]
) -> None:
    page = see(path, address, headers=ZH)
    rows = page.split("<tbody>")[1].split("</tbody>")[0]
    assert [words for words in shown if words not in rows] == []
    assert [words for words in hidden if words in rows] == []


def test_the_list_of_copies_has_titles_shares_and_accounts(tmp_path: Path) -> None:
    copied.make(tmp_path / "held.db")
    rows = see(tmp_path / "held.db", "/held/copies", headers=ZH).split("<tbody>")[1]
    assert (
        ">重磅！关于加快培育未来产业的若干意见</a>" in rows
        and ">94%<" in rows
        and 'href="/copy/1">逐字对照' in rows
    )
    assert "示例转载网" in rows and "示例委" in rows


def test_a_new_site_has_its_publisher_s_name_at_once(tmp_path: Path) -> None:
    path = tmp_path / "held.db"
    copied.make(path)
    clock = Clock(moment("2026-05-02T00:00:00.000Z"), time.monotonic(), "set")
    archive = Archive.open(path, holder="tests", sites={"bureau": SITE, "mirror": MIRROR}, clock=clock)
    crawl = archive.begin_crawl("mirror", "watch")
    archive.keep(Exchange(url="https://news.mirror.example/list", kind="listing", site="mirror",
                          captured_at="2026-05-02T00:00:00.000Z", status=None, error="refused"), crawl)  # fmt: skip
    archive.end_crawl(crawl, Verdict.BROKEN, ["unreachable"])
    archive.close()
    assert "示例转载网" in see(path, "/held/crawls", headers=ZH)


def test_the_sql_page_has_views_and_examples_at_hand(path: Path) -> None:
    page = see(path, "/held?sql=select+1")
    assert all(f"<code>{name}</code>" in page for name, _ in shapes())
    examples = re.findall(r'<p><a href="(/held\?sql=[^"]+)"><code>', page)
    assert len(examples) > 2
    assert [a.status_code for a in visit(path, *(x.replace("&amp;", "&") for x in examples))] == [200] * len(
        examples
    )


def test_the_file_for_a_plain_datasette_shows_views_and_hides_tables(path: Path, tmp_path: Path) -> None:
    said = plain_metadata("held")["databases"]["held"]
    with closing(sqlite3.connect(path)) as db:
        views = {row[0] for row in db.execute("select name from sqlite_master where type = 'view'")}
        assert {name for name, table in said["tables"].items() if not table["hidden"]} == views
        for query in said["queries"].values():
            db.execute(f"explain {query['sql']}", dict.fromkeys(query.get("params", []), ""))
    assert json.loads(json.dumps(said)) == said


def test_a_source_is_named_by_its_publisher_where_it_is_chosen(path: Path) -> None:
    facets = see(path, "/held/latest", headers=ZH).split('class="facets"')[1].split("</div>")[0]
    assert ">示例委</a>" in facets and ">bureau<" not in facets
    assert '<option value="bureau">示例委</option>' in see(path, "/?q=泊位", headers=ZH)
