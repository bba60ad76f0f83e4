"""What a researcher does in the room, done by a real browser with its scripts switched off."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from archive.clock import Clock, moment
from archive.model import Article, Exchange, ReadingResult, Verdict
from archive.reader import prepare
from archive.store.archive import Archive
from tests.archive.browser import Browser, browser_path
from tests.archive.copied import COPY, COPY_URL, HOST, MIRROR, ORIGINAL_URL, make
from tests.archive.holding import SITE, article
from tests.archive.page_checks import faults_of, in_three_forms

PROGRAM = browser_path()
pytestmark = pytest.mark.skipif(
    PROGRAM is None, reason="no chromium on this machine: the room was not visited"
)
PLAN = f"{HOST}/a/t20240311_1001.html"
PLAN_TEXT = (
    "各区要加快布局未来产业。\n到2027年，产业规模达到1.5万亿元，研发投入占比提高到5%。\n"
    "各单位应当于2024年12月31日前报送方案。\n试点城市包括北京、上海。"
)
PAGES = ("/", "/?q=未来产业", "/doc/3", "/doc/3?at=2024-04-01", "/doc/3/diff/1/2", "/doc/3/diff/1/2?view=side&show=whole",
         "/copy/1", "/compare", "/review", "/site/mirror", "/capture/1", "/held/latest", "/held/changes", "/held/site_health",
         "/held/events", "/held/captures", "/held/copies", "/held/versions", "/held/captures/1", "/held", "/held/words?words=北京",
         "/doc/3/1", "/compare/bookmarklet",
         "/doc/99999", "/?q=没有这样的词语", f"/?q={quote('https://nowhere.example/x')}")  # fmt: skip


def _fill(path: Path) -> None:
    make(path)
    clock = Clock(moment("2026-05-02T00:00:00.000Z"), time.monotonic(), "set")
    archive = Archive.open(path, holder="tests", sites={"bureau": SITE, "mirror": MIRROR}, clock=clock)
    changed = PLAN_TEXT.replace("1.5万亿", "15万亿").replace("12月31日", "11月30日").replace("应当", "可以")
    crawl = archive.begin_crawl("bureau", "watch")
    for text, at in (
        (PLAN_TEXT, "2024-03-12"),
        (PLAN_TEXT, "2024-05-01"),
        (changed, "2024-06-01"),
        ("", "2024-07-01"),
    ):
        _look(archive, crawl, text, f"{at}T02:00:00.000Z")
    archive.end_crawl(crawl, Verdict.OK, [])
    archive.end_crawl(archive.begin_crawl("mirror", "watch"), Verdict.BROKEN, ["challenge"])
    archive.close()


def _look(archive: Archive, crawl: int, text: str, at: str) -> None:
    shown = article(text, title="北京市未来产业行动方案", published_at="2024-03-11")
    exchange = Exchange(url=PLAN, kind="article", site="bureau", captured_at=at, status=200 if text else 404,
                        body=f"<html>{at}{text}".encode(), headers=(("content-type", "text/html"),))  # fmt: skip
    kept = archive.keep(exchange, crawl)
    if text:
        assert isinstance(shown, Article)
        read = ReadingResult(result=shown, visible_digest=at, prepared=prepare(shown), signs=(), trusted=True)
        archive.record(archive.jobs.of(kept.capture), read)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve an archive with an edited document, a copy and a broken site; give the room's address."""
    path = tmp_path_factory.mktemp("room") / "held.db"
    _fill(path)
    program = "import sys, pathlib; from archive.reading_room import launch; " \
              "sys.exit(launch(pathlib.Path(sys.argv[1]), 0, False))"  # fmt: skip
    served = subprocess.Popen([sys.executable, "-c", program, str(path)], stderr=subprocess.PIPE, text=True)
    assert served.stderr
    address = re.search(r"http://127\.0\.0\.1:\d+", served.stderr.readline())
    assert address
    yield address[0]
    served.kill()
    served.wait()
    served.stderr.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Open one window for all visits, with the scripts of pages switched off."""
    assert PROGRAM
    window = Browser(PROGRAM)
    yield window
    window.close()


@pytest.fixture(autouse=True)
def start(room: str, browser: Browser, request: pytest.FixtureRequest) -> None:
    """Begin at the front page; what is asked of each page in turn goes there by itself."""
    browser.resize(1280, 900)
    browser.darken(False)
    browser.allow_scripts(False)
    if "page" not in request.fixturenames:
        browser.open(f"{room}/-/language?to=zh&back=/")


def test_find_two_words_in_a_year_and_open(browser: Browser) -> None:
    browser.type("#q", "北京 未来产业")
    browser.press("Enter", leads=True)
    assert "关于加快培育未来产业的若干意见" not in browser.text("ol.cards")
    browser.type("#q", " OR 未来产业")
    browser.press("Enter", leads=True)
    assert "关于加快培育未来产业的若干意见" in browser.text("ol.cards")
    browser.enter_day("[name=since]", "2024-01-01")
    browser.enter_day("[name=until]", "2024-12-31")
    browser.follow("筛选")
    assert "共 1 篇" in browser.text()
    browser.follow("北京市未来产业行动方案")
    assert browser.path == "/doc/3"
    assert "产业规模达到15万亿元" in browser.text(".text")


def test_see_the_history_and_compare_two_versions(browser: Browser, room: str) -> None:
    browser.open(f"{room}/doc/3")
    assert browser.run("document.querySelectorAll('.timeline .stretch').length") == 2
    assert browser.run("document.querySelectorAll('.timeline .gone').length") >= 1
    browser.follow("访问记录（", leads=False)
    assert "页面不在" in browser.text(".about")
    browser.follow("比较")
    assert browser.path == "/doc/3/diff/1/2"
    browser.follow("并排")
    assert "1.5万亿" in browser.text(".side-by-side .changed td:nth-child(2)")
    assert "15万亿" in browser.text(".side-by-side .changed td:nth-child(3)")
    assert "日期" in browser.text() and "数字" in browser.text()


def test_see_it_as_of_a_day(browser: Browser, room: str) -> None:
    browser.open(f"{room}/doc/3")
    browser.enter_day("[name=at]", "2024-05-15")
    browser.follow("查看", "aside")
    assert browser.path == "/doc/3?at=2024-05-15"
    assert "产业规模达到1.5万亿元" in browser.text(".text")
    browser.open(f"{room}/doc/3?at=2024-01-01")
    assert "还没有收录" in browser.text()


def test_open_the_copy_page(browser: Browser, room: str) -> None:
    browser.open(f"{room}/doc/1")
    browser.follow("逐字对照")
    assert browser.path == "/copy/1"
    assert "可以" in browser.text(".changed .kind-altered")
    assert "免责声明" not in browser.text(".collated")
    browser.follow("页脚", ".collated", leads=False)
    assert "免责声明" in browser.text(".collated")
    browser.follow("日期 1")
    assert "31" in browser.text(".collated") and "组织实施" not in browser.text(".collated")


@pytest.mark.parametrize(
    ("address", "leads"),
    [
        pytest.param(ORIGINAL_URL, "/doc/1", id="its own address"),
        pytest.param(ORIGINAL_URL.replace("https", "http"), "/doc/1", id="its twin"),
        pytest.param(COPY_URL, "/doc/2", id="the copy's own address"),
        pytest.param(
            "https://archive.example/web/2024/" + PLAN, "北京市未来产业行动方案", id="inside another"
        ),
        pytest.param(PLAN.replace("www.bureau", "cache.else"), "北京市未来产业行动方案", id="a mirror's"),
        pytest.param(
            "https://m.example/pub/a/t20240311_1001.html", "北京市未来产业行动方案", id="below a folder"
        ),
        pytest.param("https://nowhere.example/2024/zzz.html", "没有收录", id="nowhere"),
    ],
)
def test_paste_an_address(browser: Browser, address: str, leads: str) -> None:
    browser.type("#q", address)
    browser.press("Enter", leads=True)
    assert browser.path == leads if leads.startswith("/doc") else leads in browser.text()


def test_paste_a_sentence_that_was_changed_a_little(browser: Browser) -> None:
    browser.type("#q", "支持高等学校、科研院所和企业共建联合试验室，实行揭榜挂帅制度")
    browser.press("Enter", leads=True)
    assert "以下为近似结果" in browser.text() and "关于加快培育未来产业的若干意见" in browser.text()


def test_see_why_a_site_is_broken(browser: Browser) -> None:
    browser.follow("示例转载网", ".health")
    assert browser.path == "/site/mirror"
    assert "网站要求先做验证" in browser.text(".notice")


def test_take_a_csv_away(browser: Browser, room: str, tmp_path: Path) -> None:
    browser.open(f"{room}/held/latest")
    browser.downloads(tmp_path)
    browser.follow("下载", leads=False)
    browser.follow("CSV", leads=False)
    text = _downloaded(tmp_path / "latest.csv")
    assert "北京市未来产业行动方案" in text and text.count("\n") > 3


def _downloaded(path: Path) -> str:
    end = time.monotonic() + 30
    while not path.exists():
        assert time.monotonic() < end, [*path.parent.iterdir()]
        time.sleep(0.1)
    return path.read_text("utf-8")


def test_paste_an_article_and_see_how_it_differs(browser: Browser, room: str) -> None:
    browser.follow("比对", "header")
    assert browser.path == "/compare"
    browser.type("#text", COPY)
    browser.resize(360, 900)
    browser.follow("开始", ".compare-form")
    assert "关于加快培育未来产业的若干意见" in browser.text("h2") and "可以" in browser.text(
        ".changed .kind-altered"
    )
    assert browser.run("document.documentElement.scrollWidth") <= 360


def test_narrow_a_search_by_clicking(browser: Browser) -> None:
    browser.type("#q", "未来产业")
    browser.press("Enter", leads=True)
    browser.follow("改动过", ".choices")
    assert "共 1 篇" in browser.text() and "北京市未来产业行动方案" in browser.text("ol.cards")
    browser.follow("不限", ".choices")
    assert "关于加快培育未来产业的若干意见" in browser.text("ol.cards")


def test_a_mark_of_the_timeline_leads_to_the_page_as_it_was(browser: Browser, room: str) -> None:
    browser.open(f"{room}/doc/3")
    browser.click("document.querySelector('.timeline a')")
    assert re.fullmatch(r"/capture/\d+/view", browser.path) and "各区要加快布局未来产业" in browser.text(
        "body"
    )


def test_on_a_phone_the_versions_come_before_the_text(browser: Browser, room: str) -> None:
    browser.resize(360, 900)
    browser.open(f"{room}/doc/3")
    order = [".notice.edited", "#versions", "#changes", ".text"]
    tops = [browser.run(f"document.querySelector('{name}').getBoundingClientRect().top") for name in order]
    assert tops == sorted(tops)


def test_switch_the_language_and_stay(browser: Browser, room: str) -> None:
    browser.open(f"{room}/doc/3")
    browser.follow("English", "header")
    assert browser.path == "/doc/3" and "Version 2" in browser.text("aside")
    browser.follow("中文", "header")
    assert "第 2 版" in browser.text("aside")


def test_everything_is_reached_with_the_keyboard(browser: Browser) -> None:
    browser.press("Tab")
    assert browser.run("document.activeElement.className") == "skip"
    reached = []
    for _ in range(12):
        browser.press("Tab")
        reached.append(browser.run("document.activeElement.innerText || document.activeElement.name"))
        assert browser.run("getComputedStyle(document.activeElement).outlineStyle") != "none"
    assert {"q", "查找", "文件", "改动", "来源", "数据"} <= set(reached)


@in_three_forms
@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_sound(
    browser: Browser, room: str, page: str, language: str, width: int, dark: bool
) -> None:
    assert faults_of(browser, room, page, language=language, width=width, dark=dark) == {}
