"""Every feed is valid Atom (RFC 4287), a feed reader's library reads it, and names and order stay."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import feedparser
import pytest
from lxml import etree

from archive.atom import ATOM, feed
from archive.model import Outcome
from archive.store.read.news import news
from archive.store.schedule.crawls import Finding
from tests.archive.holding import TEXT, URL, Holding, Run, article, runner
from tests.archive.visit import HOSTILE, visit

SCHEMA = etree.RelaxNG(etree.parse(Path(__file__).parent / "atom.rng"))
NAMES = {"a": ATOM}
OTHER = URL.replace(".html", "-2.html")
EDIT = "<ins>15"


def complaints(body: bytes) -> list[str]:
    """Return what is wrong with a feed: by the schema, and by what the RFC says beyond it."""
    tree = etree.fromstring(body)
    found = [] if SCHEMA.validate(tree) else [str(error) for error in SCHEMA.error_log]
    entries = tree.findall("a:entry", NAMES)
    ids = [
        tree.findtext("a:id", namespaces=NAMES),
        *(one.findtext("a:id", namespaces=NAMES) for one in entries),
    ]
    if len(ids) != len(set(ids)):
        found.append("an id stands twice")
    if tree.find("a:author", NAMES) is None and any(one.find("a:author", NAMES) is None for one in entries):
        found.append("an entry has no author")
    for entry in entries:
        if entry.find("a:content", NAMES) is None and not entry.xpath(
            "a:link[@rel='alternate']", namespaces=NAMES
        ):
            found.append("an entry without content has no alternate link")
        if len(entry.xpath("a:link[@rel='alternate']", namespaces=NAMES)) > 1:
            found.append("two alternate links")
    return found


def parsed(body: bytes) -> list[dict[str, Any]]:
    """Return the entries as a feed reader has them; it must have nothing to complain of."""
    read = feedparser.parse(body)
    assert not read.bozo, read.bozo_exception
    assert read.version == "atom10" and read.feed.id and read.feed.title and read.feed.updated_parsed
    assert all(one.id and one.title and one.updated_parsed for one in read.entries)
    return list(read.entries)


@pytest.fixture
def holding(tmp_path: Path) -> Holding:
    """An archive with two documents, an edit, an absence, a quarantined page, a finding, hostile titles."""
    held = Holding(tmp_path / "a.db")
    held.show(article(), "2026-04-01T00:00:00.000Z")
    held.show(article(TEXT.replace("1.5万亿", "15万亿")), "2026-04-02T00:00:00.000Z")
    held.show(article(title="]]>&amp;<b>\x0b" + HOSTILE[0]), "2026-04-02T00:00:00.000Z", url=OTHER)
    spam = article("立即注册领取彩金，点击下载。", title="新葡京娱乐")
    shown = held.show(spam, "2026-04-03T00:00:00.000Z", url=OTHER, signs=("spam_title", "spam_body"))
    assert shown is Outcome.QUARANTINED
    lost = Finding(reason="empty_list", url=None, says="no row & <none>")
    with held.archive.writing():
        from archive.store.schedule.crawls import keep_findings

        keep_findings(
            held.archive.db, "bureau", held.crawl, [lost], lambda *_: True, at="2026-04-04T00:00:00.000Z"
        )
    return held


@pytest.fixture
def yuanben(holding: Holding, capsys: pytest.CaptureFixture[str]) -> Run:
    holding.close()
    return runner(holding.path, capsys)


@pytest.mark.parametrize(
    ("asked", "kinds"),
    [
        ([], {"finding_opened", "quarantined", "edited", "new"}),
        (["--site", "bureau"], {"finding_opened", "quarantined", "edited", "new"}),
        (["--url", URL], {"edited", "new"}),
        (["--query", "未來產業"], {"edited", "new"}),
    ],
    ids=["all", "a site", "a document", "a query"],
)
def test_feeds_written_as_files_are_valid_and_read(
    yuanben: Run, tmp_path: Path, asked: list[str], kinds: set[str]
) -> None:
    path = tmp_path / "feed.xml"
    assert yuanben("feed", str(path), *asked).code == 0
    first = path.read_bytes()
    assert complaints(first) == []
    entries = parsed(first)
    assert {one.tags[0].term for one in entries} >= kinds and bool(entries) == bool(kinds)
    if "edited" in kinds:
        assert any(EDIT in one.content[0].value for one in entries)
    yuanben("feed", str(path), *asked)
    assert path.read_bytes() == first


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("", []),
        ("?site=bureau", ["--site", "bureau"]),
        ("?document=1", ["--url", URL]),
        ("?query=未來產業", ["--query", "未來產業"]),
    ],
    ids=["all", "a site", "a document", "a query"],
)
def test_the_room_serves_the_same_feeds(
    yuanben: Run, holding: Holding, tmp_path: Path, query: str, named: list[str]
) -> None:
    (response,) = visit(holding.path, f"/feed.atom{query}")
    assert response.status_code == 200 and response.headers["content-type"].startswith("application/atom+xml")
    assert complaints(response.content) == []
    yuanben("feed", str(tmp_path / "feed.xml"), *named)
    written = (tmp_path / "feed.xml").read_bytes()
    assert [one.id for one in parsed(response.content)] == [one.id for one in parsed(written)]
    assert feedparser.parse(response.content).feed.id == feedparser.parse(written).feed.id
    assert any(EDIT in one.content[0].value for one in parsed(response.content))


@pytest.mark.parametrize(("language", "label"), [("zh", "网站改动"), ("en", "edited")])
def test_entries_lead_to_the_difference_and_say_it_in_the_readers_language(
    holding: Holding, language: str, label: str
) -> None:
    (response,) = visit(holding.path, "/feed.atom?document=1", headers={"accept-language": language})
    first, *_ = feedparser.parse(response.text).entries
    ways = {link.rel: link.href for link in first.links}
    assert ways["alternate"].endswith("/doc/1/diff/1/2") and ways["via"] == URL
    assert first.title.startswith(f"[{label}]")


def test_entries_of_a_file_lead_to_the_room_that_is_named(yuanben: Run) -> None:
    ran = yuanben("feed", "-", "--url", "1", "--room", "https://room.example", "--language", "zh")
    assert 'href="https://room.example/doc/1/diff/1/2"' in ran.out and "网站改动" in ran.out


def test_a_feed_of_a_document_that_is_not_held_is_not_found(holding: Holding) -> None:
    holding.close()
    assert visit(holding.path, "/feed.atom?document=99")[0].status_code == 404


@pytest.mark.parametrize(
    "listed",
    [
        "changes.atom",
        "changes.atom?document=1",
        "changes.atom?site=bureau",
        "latest.atom?_search=未来产业",
        "version_detail.atom",
        "events.atom",
        "captures.atom",
        "documents.atom",
        "versions.atom",
    ],
)
def test_every_list_that_is_offered_as_a_feed_is_a_valid_one(holding: Holding, listed: str) -> None:
    holding.close()
    first, again = visit(holding.path, f"/a/{listed}", f"/a/{listed}")
    assert first.status_code == 200 and complaints(first.content) == [], first.text[:2000]
    assert parsed(first.content) and again.content == first.content


def test_names_and_order_stay_when_more_happens(holding: Holding) -> None:
    before = parsed(feed("all", news(holding.archive.db)))
    holding.show(article(TEXT.replace("1.5万亿", "1.6万亿")), "2026-04-09T00:00:00.000Z")
    after = parsed(feed("all", news(holding.archive.db)))
    assert [one.id for one in after][-len(before) :] == [one.id for one in before]
    assert [(one.title, one.summary) for one in after][-len(before) :] == [
        (one.title, one.summary) for one in before
    ], "what was told is not told otherwise later"


def test_the_validator_finds_what_is_wrong(holding: Holding) -> None:
    body = feed("all", news(holding.archive.db))
    for old, new in (
        (b"<id>urn", b"<id>u rn"),
        (b"<updated>2026-04-02T", b"<updated>2026-04-02 "),
        (b"<summary>", b"<summary type='pdf'>"),
        (b'rel="alternate"', b'rel="elsewhere"'),
        (b"<author>", b"<autor>"),
        (b'term="edited"', b'label="edited"'),
    ):
        assert old in body
        spoilt = body.replace(old, new).replace(
            b"</author>", b"</autor>" if b"<autor>" in new else b"</author>"
        )
        assert complaints(spoilt), f"{new!r} passed"
