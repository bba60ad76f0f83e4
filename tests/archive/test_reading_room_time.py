"""Versions in time: between which days each was seen, and no old text under a new date, nor a new one under an old."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from archive.model import ReadingResult
from archive.reader import prepare
from archive.reading_room import typeset
from archive.store.file.connection import open_for_reading
from archive.store.read.history import (
    Sightings,
    as_of,
    as_of_sentence,
    is_ahead,
    sightings,
    sightings_sentence,
)
from archive.store.read.news import news
from tests.archive.holding import TEXT, URL, Holding, Run, article, runner
from tests.archive.visit import see, visit

ATOM = "{http://www.w3.org/2005/Atom}"
SECOND = TEXT.replace("5%", "6%")
OTHER = URL.replace("one", "two")


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an archive of a document that said one thing, another, was away, said the first again, and was confirmed by a 304."""
    holding = Holding(tmp_path_factory.mktemp("room") / "held.db")
    first = article(title="一号题", published_at="2026-03-01")
    holding.show(first, "2026-03-02T17:00:00.000Z")  # the third of March in Beijing
    holding.show(first, "2026-03-05T00:00:00.000Z")
    holding.show(article(SECOND, title="二号题", published_at="2026-03-06"), "2026-03-09T00:00:00.000Z")
    holding.look("2026-03-12T00:00:00.000Z", status=404)
    holding.show(first, "2026-03-20T00:00:00.000Z")
    holding.look("2026-03-25T00:00:00.000Z", status=304)
    ahead = article("明天的事。" * 9, title="先行的通知", published_at="2031-01-01")
    holding.show(ahead, "2026-03-09T00:00:00.000Z", url=OTHER)
    holding.close()
    return holding.path


@pytest.fixture
def yuanben(path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(path, capsys)


@pytest.mark.parametrize(
    ("number", "first", "last", "captures", "stretches"),
    [(1, "2026-03-03", "2026-03-20", 3, 2), (2, "2026-03-09", "2026-03-09", 1, 1)],
)
def test_sightings_are_whole_captures_by_the_days_of_beijing(
    path: Path, number: int, first: str, last: str, captures: int, stretches: int
) -> None:
    db = open_for_reading(path)
    seen = sightings(db, 1, number)
    assert seen.days == (first, last) and seen.captures == captures and len(seen.stretches) == stretches
    assert seen.last != "2026-03-25T00:00:00.000Z"  # the server's word that nothing changed is no sighting
    assert ("other states between" in sightings_sentence(seen)) == (stretches > 1)
    db.close()


@pytest.mark.parametrize(
    ("day", "basis"), [("2026-03-04", "still_gone"), ("2026-03-05", "missed"), ("2026-03-03", "until_gone")]
)
def test_day_after_the_last_sighting_says_what_was_found_instead(
    tmp_path: Path, day: str, basis: str
) -> None:
    holding = Holding(tmp_path / "held.db")
    holding.show(article(), "2026-03-03T00:00:00.000Z")
    for gone in ("2026-03-04", "2026-03-05"):
        holding.look(f"{gone}T00:00:00.000Z", status=404)
    at = "2026-03-03T17:00:00.000Z" if basis == "until_gone" else f"{day}T15:59:59.999Z"
    known = as_of(holding.archive.db, 1, 1, at)
    holding.close()
    assert known.basis == basis


def test_cut_capture_is_no_sighting(tmp_path: Path) -> None:
    holding = Holding(tmp_path / "held.db")
    holding.show(article(), "2026-03-02T00:00:00.000Z")
    holding.show(article(), "2026-03-04T00:00:00.000Z")
    db = holding.archive.db
    db.execute("drop trigger if exists captures_no_update")
    for (name,) in db.execute(
        "select name from sqlite_master where type = 'trigger' and tbl_name = 'captures'"
    ).fetchall():
        db.execute(f"drop trigger {name}")
    db.execute("update captures set truncated = 'length' where captured_at > '2026-03-03'")
    assert sightings(db, 1, 1).days == ("2026-03-02", "2026-03-02")
    holding.close()


DAYS = [
    ("2026-03-03", 1, "that_day", "on that very day"),
    ("2026-03-04", 1, "before_and_after", "inferred, not proved"),
    ("2026-03-07", 1, "until_other", "showed version 2"),
    ("2026-03-10", 2, "until_gone", "found no page"),
    ("2026-03-12", 2, "returned", "showed version 1"),
    ("2026-03-15", 2, "returned", "showed version 1"),
    ("2026-03-20", 1, "that_day", "on that very day"),
    ("2026-03-28", 1, "not_since", "not proved"),
]


@pytest.mark.parametrize(("day", "version", "basis", "said"), DAYS)
def test_as_of_a_day_page_and_command_say_the_same(
    path: Path, yuanben: Run, day: str, version: int, basis: str, said: str
) -> None:
    shown = yuanben("show", URL, "--at", day, "--json").json
    assert (shown["version"], shown["as_of"]["basis"], shown["as_of"]["day"]) == (version, basis, day)
    page = see(path, f"/doc/1?at={day}")
    notice = page.split('class="notice as-of"')[1].split("</div>")[0]
    assert said in notice and f"Version {version}" in notice
    title = re.search(r"<h1[^>]*>([^<]*)", page)
    assert title and title[1] == ("一号题" if version == 1 else "二号题")
    line = next(
        line for line in yuanben("show", URL, "--at", day).out.splitlines() if line.startswith("as of")
    )
    assert day in line


def test_day_on_which_it_was_missed_says_since_when(path: Path) -> None:
    db = open_for_reading(path)
    known = as_of(db, 1, 2, "2026-03-15T15:59:59.999Z")
    assert known.missed == "2026-03-12T00:00:00.000Z" and "not found on 2026-03-12" in as_of_sentence(known)
    notice = see(path, "/doc/1?at=2026-03-15").split('class="notice as-of"')[1].split("</div>")[0]
    assert "2026-03-12 08:00 the page was not found" in notice
    db.close()


@pytest.mark.parametrize(
    ("number", "first", "last"), [(1, "2026-03-03", "2026-03-20"), (2, "2026-03-09", "2026-03-09")]
)
def test_citation_names_the_version_its_address_and_its_days(
    path: Path, number: int, first: str, last: str
) -> None:
    page = see(path, f"/doc/1/{number}")
    gb, bib = (part.split("<")[0] for part in re.split(r'class="cite"[^>]*>', page)[1:3])
    assert f"[EB/OL]. (2026-03-0{1 if number == 1 else 6})[{last}]. {URL}" in gb
    for text in (gb, bib):
        assert f"http://localhost/doc/1/{number}" in text and first in text and last in text
        assert "2026-03-25" not in text
    assert f"第{number}版" in gb and "非存续之证" in gb
    assert f"version = {{{number}}}" in bib and f"urldate = {{{last}}}" in bib and "not proof" in bib


def test_citation_of_a_day_is_that_of_its_version(path: Path) -> None:
    then, version = (see(path, address) for address in ("/doc/1?at=2026-03-10", "/doc/1/2"))
    cited = re.split(r'class="cite"[^>]*>', then)[1].partition("<")[0]
    assert "[2026-03-09]" in cited and cited in version


@pytest.mark.parametrize(
    ("published_at", "seen_at", "ahead"),
    [("2026-03-02", "2026-03-02T00:00:00.000Z", False), ("2026-03-03", "2026-03-02T00:00:00.000Z", False),
     ("2026-03-04", "2026-03-02T00:00:00.000Z", True), ("2031-01-01T08:00+08:00", "2026-03-02T00:00:00.000Z", True),
     (None, "2026-03-02T00:00:00.000Z", False), ("2031-01-01", None, False)],
)  # fmt: skip
def test_date_ahead_of_the_day_it_was_seen_is_known(
    published_at: str | None, seen_at: str | None, ahead: bool
) -> None:
    assert is_ahead(published_at, seen_at) is ahead


def test_date_ahead_is_flagged_not_cited_and_not_among_the_newest(path: Path) -> None:
    page = see(path, "/doc/2")
    assert "not believed" in page and "[EB/OL]. [2026-03-09]" in page and "date    = {2031" not in page
    assert "先行的通知" not in see(path, "/") and "一号题" in see(path, "/")
    assert "not believed" in see(path, "/held/latest")
    newest = see(path, "/site/bureau").split("<h2>")
    assert not any("先行的通知" in part for part in newest if 'class="cards"' in part)


def test_old_version_says_that_the_state_is_of_today(path: Path, yuanben: Run) -> None:
    page = see(path, "/doc/1/2")
    assert "not the latest" in page and "Seen on 2026-03-09" in page
    assert "/held/versions.json?document=1&amp;number=2" in page
    out = yuanben("show", URL, "--version", "2").out
    assert (
        "2 of 2, not the current one" in out
        and "the document today" in out
        and "on 2026-03-09 (Beijing" in out
    )


def test_search_in_all_versions_tells_which_stands(path: Path, yuanben: Run) -> None:
    hits = {hit["version"]: hit for hit in yuanben("search", "研发投入", "--all-versions", "--json").json}
    assert {
        number: (hit["is_current"], hit["title"], hit["published_at"]) for number, hit in hits.items()
    } == {
        1: (True, "一号题", "2026-03-01"),
        2: (False, "二号题", "2026-03-06"),
    }
    out = yuanben("search", "研发投入", "--all-versions").out
    assert out.count("not the current one") == 1 and out.count("the document today: ") == 1
    page = see(path, "/?q=%E7%A0%94%E5%8F%91%E6%8A%95%E5%85%A5&all=1")
    assert page.count("not the latest version") == 1


def test_history_bounds_are_whole_captures(yuanben: Run) -> None:
    bounds = [
        (v["first_captured_at"][:10], v["last_captured_at"][:10])
        for v in yuanben("history", URL, "--json").json["versions"]
    ]
    assert bounds == [("2026-03-02", "2026-03-20"), ("2026-03-09", "2026-03-09")]


def test_timeline_draws_no_version_over_a_look_that_saw_none(path: Path) -> None:
    spans = re.findall(r'class="stretch.*?<title>([^<]*)', see(path, "/doc/1"))
    assert [span.partition(": ")[2] for span in spans] == [
        "2026-03-03 01:00 – 2026-03-05 08:00", "2026-03-09 08:00 – 2026-03-09 08:00", "2026-03-20 08:00 – 2026-03-20 08:00",
    ]  # fmt: skip


def test_news_has_the_title_of_its_day(tmp_path: Path) -> None:
    holding = Holding(tmp_path / "held.db")
    holding.show(article(title="旧题"), "2026-03-01T00:00:00.000Z")
    for day in range(2, 8):
        holding.look(f"2026-03-0{day}T00:00:00.000Z", status=404)
        holding.show(article(title="别的"), f"2026-03-0{day}T00:00:01.000Z", url=OTHER)
    holding.show(article(SECOND, title="新题"), "2026-03-09T00:00:00.000Z")
    told: dict[str, Any] = {one.kind: one for one in news(holding.archive.db, document=1)}
    holding.close()
    assert told["new"].title == told["withdrawn"].title == "旧题"
    assert told["edited"].title == "新题"


def test_feed_of_documents_dates_a_version_by_when_it_was_seen(path: Path) -> None:
    feed = ElementTree.fromstring(visit(path, "/held/latest.atom?document=1")[0].text)
    assert feed.findtext(f"{ATOM}entry/{ATOM}updated") == "2026-03-02T17:00:00.000Z"
    rows = "/held.atom?sql=select+document,number+as+version,title,'2020-01-01T00:00:00.000Z'+as+first_seen+from+versions+where+document=1+order+by+number"
    feed = ElementTree.fromstring(visit(path, rows)[0].text)
    times = [entry.findtext(f"{ATOM}updated") for entry in feed.findall(f"{ATOM}entry")]
    assert times == ["2026-03-02T17:00:00.000Z", "2026-03-09T00:00:00.000Z"]


def test_version_that_no_whole_capture_showed_has_no_day_to_cite() -> None:
    document = {"id": 1, "url": URL, "publisher": "示例委"}
    version = {"number": 1, "title": "题", "published_at": None, "issuer": None, "author": None, "doc_number": None,
               "text_digest": "sha256:0"}  # fmt: skip
    seen = Sightings(first=None, last=None, captures=0, stretches=())
    cited = typeset.gb_t_7714(document, version, seen, "http://localhost/doc/1/1")
    assert "[EB/OL]. . " not in cited and "无完整抓取" in cited
    assert "urldate" not in typeset.bibtex(document, version, seen, "http://localhost/doc/1/1")


def test_text_of_an_earlier_reader_says_that_it_was_read_anew(tmp_path: Path) -> None:
    holding = Holding(tmp_path / "held.db")
    holding.show(article(), "2026-03-02T00:00:00.000Z")
    archive = holding.archive
    archive.readings._reader = "yuanben/later"
    archive.jobs._reader = "yuanben/later"
    (job,) = archive.jobs.again(["bureau"])
    anew = article(TEXT + "\n附则。")
    archive.record(
        job, ReadingResult(result=anew, visible_digest="anew", prepared=prepare(anew), signs=(), trusted=True)
    )
    old, new = sightings(archive.db, 1, 1), sightings(archive.db, 1, 2)
    holding.close()
    assert (old.read_anew_as, new.read_anew_as) == (2, None) and old.days == new.days
    page = see(holding.path, "/doc/1/1")
    assert "read anew as version 2" in page and "后经重读为第2版" in page
    assert "read anew" not in see(holding.path, "/doc/1/2").replace("since read anew as version 1", "")
