"""Which version a copy follows, which page may be called an original, and that no copy is left out of ``copies``."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from archive.clock import Clock, moment
from archive.model import Article, Exchange, ReadingResult, Removed, Role, Site
from archive.reader import prepare
from archive.store.archive import Archive
from tests.archive.collating import TEXT
from tests.archive.holding import Run, article, runner
from tests.archive.visit import visit

TITLE = "关于加强渠道养护工作的通知"
BUREAU = "https://www.bureau.example/a/one.html"
LIBRARY = "https://library.example/doc/77.html"
SITES = {
    "bureau": Site(publisher="示例水务局", role=Role.ORIGINAL, domains=("bureau.example",)),
    "library": Site(publisher="示例文库", role=Role.ORIGINAL, domains=("library.example",)),
    "mirror": Site(publisher="示例转载网", role=Role.COPY, domains=("mirror.example",)),
}


@dataclass
class Shelf:
    """An archive to which any host shows pages, declared or not."""

    path: Path

    def __post_init__(self) -> None:
        clock = Clock(moment("2026-05-01T00:00:00.000Z"), time.monotonic(), "set")
        self.archive = Archive.open(self.path, holder="tests", sites=SITES, create=True, clock=clock)

    def show(self, url: str, shown: Article, day: str, *, signs: tuple[str, ...] = ()) -> None:
        """Let an address show an article on a day; ``signs`` make the reader distrust it."""
        host = url.split("/")[2]
        site = next((name for name, one in SITES.items() if host.endswith(one.domains[0])), host)
        crawl = self.archive.begin_crawl(site, "watch")
        kept = self.archive.keep(
            Exchange(url=url, kind="article", site=site, captured_at=f"{day}T00:00:00.000Z", status=200,
                     body=f"<html>{shown.title}{shown.text}{day}".encode(), headers=(("content-type", "text/html"),)),
            crawl,
        )  # fmt: skip
        flagged = Article(**{**{name: getattr(shown, name) for name in shown.__slots__}, "flags": signs})
        found = ReadingResult(
            result=flagged, visible_digest=f"{url}{day}", prepared=prepare(flagged), signs=signs, trusted=True
        )
        self.archive.record(self.archive.jobs.of(kept.capture), found)

    def copies(self) -> list[tuple[str, str, int, int]]:
        """Return the rows of ``copies``: copy, original, differences, stale."""
        rows = self.archive.db.execute("select copy_url, original_url, substantive, stale from copies")
        return sorted(tuple(row) for row in rows)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "a.db")


@pytest.fixture
def yuanben(shelf: Shelf, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(shelf.path, capsys)


def notice(text: str = TEXT, **fields: Any) -> Article:
    return article(text, **{"title": TITLE, **fields})


def copy_file(folder: Path, text: str) -> str:
    path = folder / "copy.txt"
    path.write_text(text, encoding="utf-8")
    return str(path)


VERSIONS = {
    "figures": (TEXT, TEXT.replace("300万元", "380万元").replace("应当", "可以")),
    "a point": (TEXT, TEXT.replace("1.5万亩", "15万亩")),
    "a dash": (TEXT.replace("五年", "2026—2030年"), TEXT.replace("五年", "20262030年")),
    "a paragraph": (TEXT, TEXT + "\n各单位于每季度末报送进展，重大事项随时报告，不得漏报、迟报和瞒报。"),
    "grown": ("\n".join(TEXT.splitlines()[:3]), TEXT),
}


@pytest.mark.parametrize("texts", VERSIONS.values(), ids=VERSIONS.keys())
def test_a_verbatim_copy_of_either_version_follows_that_one(
    shelf: Shelf, yuanben: Run, tmp_path: Path, texts: tuple[str, str]
) -> None:
    for day, text in zip(("2026-03-02", "2026-03-06"), texts, strict=True):
        shelf.show(BUREAU, notice(text), day)
    for number, text in enumerate(texts, 1):
        found = yuanben("compare", copy_file(tmp_path, text), "--json").json
        assert (found["original"]["version"], found["substantive"]) == (number, 0)
        listed = {one["version"]: one["substantive"] for one in found["original"]["versions"]}
        assert sorted(listed) == [1, 2] and listed[number] == 0
        assert found["original"]["superseded_by"] == (2 if number == 1 else None)
    old = yuanben("compare", copy_file(tmp_path, texts[0])).out
    assert "superseded by version 2" in old and "it says now" in old


def test_a_copy_with_an_edit_of_its_own_follows_the_version_it_was_made_of(
    shelf: Shelf, yuanben: Run, tmp_path: Path
) -> None:
    shelf.show(BUREAU, notice(), "2026-03-02")
    shelf.show(BUREAU, notice(TEXT.replace("120公里", "180公里").replace("95%", "98%")), "2026-03-06")
    copy = TEXT.replace("予以通报批评，", "").replace("300万元", "500万元")
    found = yuanben("compare", copy_file(tmp_path, copy), "--json").json
    assert (found["original"]["version"], found["substantive"]) == (1, 2)
    now = [(edit["original_text"], edit["current_text"]) for edit in found["current"]["edits"]]
    assert [new for _, new in now] == ["180", "98%"] or [new for _, new in now] == ["180", "98"]


def test_versions_of_one_text_are_told_apart_by_title_and_date(
    shelf: Shelf, yuanben: Run, tmp_path: Path
) -> None:
    shelf.show(BUREAU, notice(title="关于加强渠道养护工作的通知（征求意见稿）"), "2026-03-02")
    shelf.show(BUREAU, notice(), "2026-03-06")
    page = tmp_path / "copy.html"
    body = "".join(f"<p>{line}</p>" for line in TEXT.splitlines())
    page.write_text(
        f"<!doctype html><title>关于加强渠道养护工作的通知（征求意见稿）</title><h1>关于加强渠道养护工作的通知（征求意见稿）</h1><div>{body}</div>",
        "utf-8",
    )
    assert yuanben("compare", str(page), "--json").json["original"]["version"] == 1
    assert yuanben("compare", copy_file(tmp_path, TEXT), "--json").json["original"]["version"] == 2


def test_the_original_of_a_held_copy_may_come_to_be_another_version(shelf: Shelf) -> None:
    changed = TEXT.replace("120公里", "180公里")
    shelf.show("https://news.mirror.example/1.html", notice(changed, published_at="2026-03-05"), "2026-03-04")
    shelf.show(BUREAU, notice(), "2026-03-02")
    assert [row[2:] for row in shelf.copies()] == [(1, 0)]
    shelf.show(BUREAU, notice(changed), "2026-03-06")
    assert [row[2:] for row in shelf.copies()] == [(0, 0)]


@pytest.mark.parametrize(
    "signs",
    [("spam_title",), ("spam_body",), ("hidden_text",), ("title_foreign",), ("foreign_links", "spam_title")],
)
def test_a_doubted_page_is_a_candidate_with_a_reason_and_no_original(
    shelf: Shelf, yuanben: Run, tmp_path: Path, signs: tuple[str, ...]
) -> None:
    spam = "http://spam.example/news/1.html"
    shelf.show(spam, notice(), "2026-03-02", signs=signs)
    found = yuanben("compare", copy_file(tmp_path, TEXT), "--json").json
    assert (found["original"], found["substantive"]) == (None, 0)
    (one,) = found["candidates"]
    assert one["url"] == spam and one["reason"]
    out = yuanben("compare", copy_file(tmp_path, TEXT)).out
    assert "none in this archive" in out and "not its original" in out
    shelf.show(BUREAU, notice(TEXT.replace("应当", "可以")), "2026-03-03")
    assert yuanben("compare", copy_file(tmp_path, TEXT), "--json").json["original"]["url"] == BUREAU


UNDECLARED = {
    "a news host": "http://news.reprint.example/2026/03/one.html",
    "an office": "http://www.county.example.gov.cn/zw/one.html",
    "a forum": "https://bbs.example/thread-1.html",
}


@pytest.mark.parametrize("url", UNDECLARED.values(), ids=UNDECLARED.keys())
@pytest.mark.parametrize("order", [1, -1], ids=["original first", "copy first"])
def test_a_copy_on_a_host_that_nobody_declared_is_matched(shelf: Shelf, url: str, order: int) -> None:
    looks = [(BUREAU, notice(), "2026-03-02"), (url, notice(TEXT.replace("应当", "可以")), "2026-03-05")]
    for look in looks[::order]:
        shelf.show(*look)
    assert shelf.copies() == [(url, BUREAU, 1, 0)]


def test_of_two_undeclared_hosts_the_office_that_was_first_is_the_original(shelf: Shelf) -> None:
    office, news = UNDECLARED["an office"], UNDECLARED["a news host"]
    shelf.show(news, notice(published_at="2026-03-04"), "2026-03-04")
    shelf.show(office, notice(published_at="2026-03-01"), "2026-03-05")
    assert shelf.copies() == [(news, office, 0, 0)]


def test_no_two_pages_are_copies_of_each_other(shelf: Shelf) -> None:
    one, other = "http://www.one.example/a.html", "http://www.two.example/b.html"
    shelf.show(one, notice(published_at=None), "2026-03-02")
    shelf.show(other, notice(published_at="2026-03-01"), "2026-03-05")
    assert shelf.copies() == [(other, one, 0, 0)]
    shelf.show(one, notice(published_at="2026-03-04", title="渠道养护"), "2026-03-06")
    assert shelf.copies() == [(one, other, 0, 0)]


def test_three_hosts_are_copies_of_the_issuing_site(shelf: Shelf) -> None:
    for day, url in enumerate(UNDECLARED.values(), 2):
        shelf.show(url, notice(), f"2026-03-0{day}")
    shelf.show(BUREAU, notice(), "2026-03-09")
    assert {row[0]: row[1] for row in shelf.copies()} == dict.fromkeys(UNDECLARED.values(), BUREAU)


def test_a_source_line_says_who_copied_whom(shelf: Shelf) -> None:
    one, other = "http://www.one.example/a.html", "http://www.two.example/b.html"
    shelf.show(one, notice(source_line="www.two.example"), "2026-03-02")
    shelf.show(other, notice(), "2026-03-05")
    assert shelf.copies() == [(one, other, 0, 0)]


def test_a_reprint_on_an_issuing_site_is_compared_or_tied(shelf: Shelf) -> None:
    shelf.show(BUREAU, notice(published_at="2026-03-01"), "2026-03-02")
    shelf.show(LIBRARY, notice(published_at="2026-03-03", source_line="示例水务局"), "2026-03-04")
    assert shelf.copies() == [(LIBRARY, BUREAU, 0, 0)]
    second = BUREAU.replace("one", "two")
    text = TEXT.replace("渠道", "泵站").replace("养护", "检修").replace("水务", "河务")
    shelf.show(second, notice(text, title="关于加强泵站检修工作的通知"), "2026-03-02")
    shelf.show(LIBRARY.replace("77", "78"), notice(text, title="关于加强泵站检修工作的通知"), "2026-03-02")
    tied = shelf.archive.db.execute("select count(*) from ties").fetchone()[0]
    assert tied + len(shelf.copies()) >= 2


def test_yearly_notices_and_other_texts_are_nobodys_copies(shelf: Shelf) -> None:
    shelf.show(BUREAU, notice(), "2026-03-02")
    shelf.show(
        BUREAU.replace("one", "next"),
        notice(TEXT.replace("2027年", "2028年"), published_at="2027-03-01"),
        "2026-03-03",
    )
    other = "各粮站应当做好防潮防霉工作，定期检查仓房，落实安全储粮责任，确保储粮安全。\n" * 8
    shelf.show("http://grain.example/1.html", article(other, title="关于粮食仓储的意见"), "2026-03-03")
    assert shelf.copies() == []


def test_what_the_reader_took_off_the_held_original_is_no_addition(
    shelf: Shelf, yuanben: Run, tmp_path: Path
) -> None:
    marks = (Removed(kind="closing", text="（完）", where="end of text"),
             Removed(kind="editor", text="【责任编辑：张三】", where="div"))  # fmt: skip
    shelf.show(BUREAU, notice(removed=marks), "2026-03-02")
    for end in ("（完）", "(完)", "【责任编辑:张三】", "（完）【责任编辑：张三】"):
        found = yuanben("compare", copy_file(tmp_path, TEXT + end), "--json").json
        assert (found["substantive"], found["variants"], found["coverage"]) == (0, [], 1.0), end
    found = yuanben("compare", copy_file(tmp_path, TEXT + "（实习编辑）"), "--json").json
    assert found["substantive"] or found["boilerplate"]


def test_title_day_and_source_that_differ_are_told(shelf: Shelf, yuanben: Run) -> None:
    copy = "https://news.mirror.example/2026/1.html"
    shelf.show(BUREAU, notice(source_line="示例水务局"), "2026-03-02")
    shelf.show(
        copy,
        notice(title="重磅！渠道养护新规来了", published_at="2026-03-09", source_line="河畔资讯"),
        "2026-03-10",
    )
    found = yuanben("compare", copy, "--json").json
    told = {one["field"]: (one["copy"], one["original"]) for one in found["fields"]}
    assert told == {
        "title": ("重磅！渠道养护新规来了", TITLE),
        "published_at": ("2026-03-09", "2026-03-01"),
        "source_line": ("河畔资讯", "示例水务局"),
    }
    out = yuanben("compare", copy).out
    assert "重磅！渠道养护新规来了" in out and "2026-03-09" in out and "河畔资讯" in out
    report = json.loads(shelf.archive.db.execute("select report from comparisons").fetchone()[0])
    assert len(report["fields"]) == 3 and report["original"]["versions"]


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({}, id="all the same"),
        pytest.param(
            {"published_at": "2026-03-01T09:00+08:00", "source_line": "示例水务局"},
            id="the hour, the publisher",
        ),
        pytest.param({"title": "關於加強渠道養護工作的通知", "published_at": None}, id="script, no day"),
    ],
)
def test_fields_that_say_the_same_are_not_told(shelf: Shelf, yuanben: Run, fields: dict[str, Any]) -> None:
    copy = "https://news.mirror.example/2026/1.html"
    shelf.show(BUREAU, notice(), "2026-03-02")
    shelf.show(copy, notice(**fields), "2026-03-10")
    assert yuanben("compare", copy, "--json").json["fields"] == []


def test_the_copy_page_shows_versions_fields_values_and_repeated_edits(shelf: Shelf) -> None:
    said = "\n我们已安排1.5亿元，我们将继续投入，各地抓好落实。"
    shelf.show(BUREAU, notice(TEXT + said, source_line="示例水务局"), "2026-03-02")
    shelf.show(BUREAU, notice((TEXT + said).replace("95%", "98%")), "2026-03-06")
    copied = (TEXT + said).replace("1.5亿", "15000万").replace("我们", "工业和信息化部")
    shelf.show(
        "https://news.mirror.example/2026/1.html",
        notice(copied, title="渠道养护新规", published_at="2026-03-09", source_line="河畔资讯"),
        "2026-03-10",
    )
    (page,) = visit(shelf.path, "/copy/1", headers={"accept-language": "en"})
    for shown in (
        "follows version 1",
        "stands at version 2",
        "98",
        "The same value, written differently (1)",
        "15000万",
        "the same in each place, 2 in all",
        "渠道养护新规",
        "河畔资讯",
    ):
        assert shown in page.text, shown
    assert "built-in" not in page.text
    row = shelf.archive.db.execute(
        "select v.number from comparisons k join versions v on v.id = k.original_version"
    )
    assert row.fetchone()[0] == 1


def test_a_wholly_faithful_copy_of_another_width_is_told_as_such(
    shelf: Shelf, yuanben: Run, tmp_path: Path
) -> None:
    shelf.show(BUREAU, notice(), "2026-03-02")
    found = yuanben("compare", copy_file(tmp_path, TEXT.replace("1.5万亩", "１．５萬畝")), "--json").json
    assert (found["substantive"], found["same_values"], found["coverage"]) == (0, [], 1.0)
    assert found["damage"]["width"] and found["damage"]["script"]


def test_notices_of_one_pattern_hide_no_copy_elsewhere_and_are_no_copies_of_each_other(shelf: Shelf) -> None:
    copy = "https://news.unknown.example/5.html"
    shelf.show(copy, notice(published_at="2026-03-05"), "2026-03-05")
    pattern = TEXT.splitlines()[0]
    for number in range(25):
        own = "".join(f"第{number}段第{n}处由第{number * n}工区负责。" for n in range(40))
        shelf.show(BUREAU.replace("one", f"n{number}"), notice(f"{pattern}\n{own}"), "2026-03-06")
    assert shelf.copies() == []
    shelf.show(BUREAU, notice(published_at="2026-03-01"), "2026-03-06")
    assert shelf.copies() == [(copy, BUREAU, 0, 0)]
