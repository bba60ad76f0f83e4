"""Marks that turn the reading direction are written out wherever the room, a feed or a command shows what was received."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import quote

import pytest

from archive.model import Exchange
from archive.text.script import MARKS, visible_marks
from tests.archive.holding import TEXT, Holding, article, runner
from tests.archive.visit import visit

TURNED = "\u202e通知\u202c甲\u2067乙\u2069"
URL = "https://www.bureau.example/a/turned\u202ecod.html"


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an archive in which an older reader and a file of another program left such marks everywhere."""
    holding = Holding(tmp_path_factory.mktemp("room") / "held.db")
    fields = {
        "title": TURNED,
        "source_line": TURNED,
        "author": TURNED,
        "doc_number": "国发\u200f〔2026〕3号",
    }
    holding.show(article(f"{TEXT}\n{TURNED}", **fields), "2026-03-02T00:00:00.000Z", url=URL)
    holding.show(article(f"{TEXT}\n{TURNED}五", **fields), "2026-03-09T00:00:00.000Z", url=URL)
    headers = (("content-type", "text/html"), ("location", f"/{TURNED}"), ("x-\u202eh", "1"))
    odd = Exchange(url=URL + "?b=\u2066", kind="article", site="bureau", captured_at="2026-03-10T00:00:00.000Z",
                   status=404, headers=headers)  # fmt: skip
    holding.archive.keep(odd, holding.crawl)
    holding.close()
    return holding.path


def test_no_page_turns_what_it_shows(path: Path) -> None:
    query = quote(TURNED)
    pages = ["/", "/doc/1", "/doc/1/1", "/doc/1?at=2026-03-05", "/doc/1/diff/1/2", "/doc/1/diff/1/2?view=side",
             "/site/bureau", "/capture/1", "/capture/3", "/held/latest", "/held/versions", "/held/captures", "/held/changes",
             f"/?q={query}", f"/?q={quote(URL)}", f"/?q={quote('https://x.example/' + TURNED)}", f"/held/latest?_search={query}",
             f"/held/words?words={query}", f"/held?sql=select+'{query}'", f"/{query}", f"/doc/1?at={query}",
             "/feed.atom", "/held/latest.atom", f"/feed.atom?query={query}"]  # fmt: skip
    for page in visit(path, *pages):
        assert not MARKS.search(page.text), page.url
    title, header = (visit(path, address)[0].text for address in ("/doc/1", "/capture/3"))
    assert "⟨U+202E⟩通知⟨U+202C⟩甲⟨U+2067⟩乙⟨U+2069⟩" in title
    assert "x-⟨U+202E⟩h" in header and "/⟨U+202E⟩通知" in header


def test_link_to_a_turned_address_leads_where_the_address_leads(path: Path) -> None:
    assert 'href="https://www.bureau.example/a/turned%E2%80%AEcod.html"' in visit(path, "/doc/1")[0].text


def test_search_for_turned_words_keeps_the_words(path: Path) -> None:
    page = visit(path, f"/?q={quote(TURNED)}")[0].text
    assert 'value="通知甲乙"' in page and "/doc/1" in page


@pytest.mark.parametrize(
    ("command", "words"),
    [("search", ["研发投入"]), ("show", [URL]), ("history", [URL]), ("diff", [URL]), ("quote", ["研发投入占比提高到5%"]),
     ("status", []), ("feed", ["-"]), ("review", [])],
)  # fmt: skip
def test_no_command_turns_what_it_prints(
    path: Path, capsys: pytest.CaptureFixture[str], command: str, words: list[str]
) -> None:
    out = runner(path, capsys)(command, *words).out
    assert not MARKS.search(out)


@pytest.mark.parametrize(
    ("text", "shown"),
    [("关于\u202e知通的\u202c", "关于⟨U+202E⟩知通的⟨U+202C⟩"), ("https://a.example/\u200fb", "https://a.example/%E2%80%8Fb"),
     ("HTTP://A.example/\u061c", "HTTP://A.example/%D8%9C"), ("见 https://a.example/\u202e", "见 https://a.example/⟨U+202E⟩"),
     ("plain", "plain")],
)  # fmt: skip
def test_marks_are_written_out_as_the_text_is_written(text: str, shown: str) -> None:
    assert visible_marks(text) == shown


def test_what_machines_read_is_what_was_kept(path: Path) -> None:
    rows = json.loads(visit(path, "/held/latest.json?_shape=array")[0].text)
    assert rows[0]["title"] == TURNED
