"""Graphs, series, the desk and the bookmark, in a real browser: scripts are off but for the page that brings a text."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import quote, unquote

import pytest

from tests.archive.browser import Browser, browser_path
from tests.archive.page_checks import faults_of, in_three_forms
from tests.archive.policy import DOCUMENTS, HOST, PLACES, held

PROGRAM = browser_path()
pytestmark = pytest.mark.skipif(
    PROGRAM is None, reason="no chromium on this machine: the room was not visited"
)
OLD = PLACES["old"]
PAGES = (f"/doc/{OLD}", f"/doc/{OLD}/graph", "/series", f"/series?prefix={quote('海府办规')}", "/desk", "/doc/8/diff/1/2",
         "/compare/bookmarklet", f"/?q={quote('国家旅游局')}")  # fmt: skip


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the policy with one document that changed, in a room with a desk; give its address."""
    path = held(tmp_path_factory.mktemp("room") / "policy.db", edited=True)
    program = "import sys, pathlib; from archive.reading_room import launch; " \
              "sys.exit(launch(pathlib.Path(sys.argv[1]), 0, desk=True))"  # fmt: skip
    served = subprocess.Popen([sys.executable, "-c", program, str(path)], stderr=subprocess.PIPE, text=True)
    assert served.stderr
    address = re.search(r"http://127\.0\.0\.1:\d+", served.stderr.readline())
    assert address
    yield address[0]
    served.kill()
    served.wait()
    served.stderr.close()


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a page of another site: what a browser calls cross-site."""
    folder = tmp_path_factory.mktemp("elsewhere")
    text = DOCUMENTS[OLD - 1][4].replace("2016年6月1日", "2016年7月1日")
    (folder / "copy.html").write_text(
        f"<meta charset=utf-8><title>转来的文章</title><p id=p>{text}</p>", "utf-8"
    )
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Silent, directory=str(folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_address[1]}/copy.html"
    server.shutdown()
    server.server_close()


class Silent(SimpleHTTPRequestHandler):
    """Serves files and tells nobody."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    assert PROGRAM
    window = Browser(PROGRAM)
    yield window
    window.close()


@in_three_forms
@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_sound(
    browser: Browser, room: str, page: str, language: str, width: int, dark: bool
) -> None:
    assert faults_of(browser, room, page, language=language, width=width, dark=dark) == {}


def test_follow_the_picture_to_what_took_a_documents_place(browser: Browser, room: str) -> None:
    browser.allow_scripts(False)
    browser.resize(360, 900)
    browser.open(f"{room}/-/language?to=zh&back=/doc/{OLD}/graph")
    place = f"document.querySelector('svg.graph a[href=\"/doc/{PLACES['new']}\"] rect')"
    assert browser.run(f"{place}.getBoundingClientRect().width") > 200
    browser.click(place)
    assert browser.path == f"/doc/{PLACES['new']}"


def test_mark_a_change_and_take_it_back(browser: Browser, room: str) -> None:
    browser.allow_scripts(False)
    browser.open(f"{room}/-/language?to=zh&back=/desk")
    assert "未审阅（1）" in browser.text()
    browser.follow("渔港", "#open ~ .changes")
    browser.follow("标为已审阅", ".desk-mark", leads=False)
    browser.type("#note", "已电话核实")
    browser.type("#who", "编辑甲")
    browser.click("document.querySelector('.mark button')")
    assert browser.path == "/doc/8/diff/1/2" and "已电话核实" in browser.text(".desk-mark")
    browser.open(f"{room}/desk")
    assert "已审阅（1）" in browser.text() and "编辑甲" in browser.text()
    browser.open(f"{room}/doc/8/diff/1/2")
    browser.follow("撤回审阅", ".desk-mark")
    browser.open(f"{room}/desk")
    assert "未审阅（1）" in browser.text()


def test_bring_a_text_from_another_site_and_compare_it(browser: Browser, room: str, elsewhere: str) -> None:
    browser.allow_scripts(False)
    browser.open(f"{room}/-/language?to=zh&back=/compare/bookmarklet")
    link = str(browser.run("document.querySelector('.carry a').getAttribute('href')"))
    browser.allow_scripts(True)
    browser.open(elsewhere)
    browser.run("getSelection().selectAllChildren(document.getElementById('p'))")
    browser.events.clear()
    # In this window, where it can be looked at; a person's opens another.
    browser.run(unquote(link.removeprefix("javascript:")).replace("_blank", "_self"))
    browser._until("Page.loadEventFired")
    assert browser.path == "/compare" and "还没有比对" in browser.text()
    assert browser.run("document.querySelector('#text').value").startswith("转来的文章\n")
    assert browser.run("document.querySelector('[name=url]').value") == elsewhere
    browser.follow("开始", ".compare-form")
    assert DOCUMENTS[OLD - 1][1] in browser.text("h2") and HOST.split("/")[2] not in browser.path


def test_another_site_cannot_mark_a_change(browser: Browser, room: str, elsewhere: str) -> None:
    browser.allow_scripts(True)
    browser.open(elsewhere)
    browser.events.clear()
    browser.run(
        f"document.body.innerHTML = '<form method=post action={room}/desk/mark><input name=document value=8>"
        "<input name=from value=1><input name=to value=2></form>'; document.forms[0].submit()"
    )
    browser._until("Page.loadEventFired")
    browser.open(f"{room}/desk")
    assert "未审阅（1）" in browser.text()
