"""The room's pages beyond the first: sites, copies, look-ups, feeds, citations, plots."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.model import Verdict
from archive.reading_room import typeset
from archive.reading_room.side_by_side import pairs
from archive.store.file.connection import open_for_reading
from archive.store.read.history import Sightings
from archive.store.read.lookup import leads
from archive.store.read.sites import weight
from tests.archive import copied
from tests.archive.holding import TEXT, URL, Holding, article
from tests.archive.visit import see, visit

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an archive of one document that was edited twice, and was away once."""
    holding = Holding(tmp_path_factory.mktemp("room") / "held.db")
    holding.show(article(doc_number="示发〔2026〕3号"), "2026-03-02T00:00:00.000Z")
    holding.show(article(TEXT.replace("1.5万亿", "15万亿")), "2026-03-09T00:00:00.000Z")
    holding.look("2026-03-20T00:00:00.000Z", status=404)
    holding.show(article(TEXT + "\n附则。"), "2026-04-02T00:00:00.000Z")
    holding.archive.end_crawl(holding.crawl, Verdict.BROKEN, ["empty_list"])
    holding.close()
    return holding.path


@pytest.fixture(scope="module")
def copy_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("room") / "held.db"
    copied.make(path)
    return path


def test_site_page_says_what_is_wrong_what_was_expected_and_what_came(path: Path) -> None:
    page = see(path, "/site/bureau", headers={"accept-language": "zh"})
    for shown in (
        "不可用",
        "列表是空的",
        "一条也没有",
        "各列表合计应至少有 1 个链接",
        "每月发布",
        "首次收录",
        "示例委",
    ):
        assert shown in page
    assert page.count("<svg") == 2 and 'class="strip"' in page


def test_unknown_site_is_not_found(path: Path) -> None:
    assert [answer.status_code for answer in visit(path, "/site/nobody", "/site/~")] == [404] * 2


def test_timeline_shows_looks_versions_and_gaps(path: Path) -> None:
    page = see(path, "/doc/1")
    assert len(re.findall(r'class="stretch', page)) == 3
    assert len(re.findall(r'<g class="look gone', page)) == 1
    assert len(re.findall(r'<rect class="hole"', page)) == 1


@pytest.mark.parametrize(
    ("day", "shown", "version"),
    [
        ("2026-03-02", "1.5万亿", "Version 1"),
        ("2026-03-15", "15万亿", "Version 2"),
        ("2026-03-21", "15万亿", "missing the last time"),
        ("2026-05-01", "附则", "Version 3"),
    ],
)
def test_document_as_of_a_day(path: Path, day: str, shown: str, version: str) -> None:
    page = see(path, f"/doc/1?at={day}")
    text = page.split('<div class="text"')[1].split("</div>")[0]
    notice = page.split("as-of")[1].split("</div>")[0]
    assert shown in text and version in notice
    assert page.index("as-of") < page.index('<div class="text"') and page.count('class="asked"') == (
        day < "2026-05"  # after the last look there is no place on the line
    )


@pytest.mark.parametrize("day", ["2026-01-01", "1000-01-01"])
def test_before_the_first_capture_there_is_nothing_but_the_title(path: Path, day: str) -> None:
    page, now = see(path, f"/doc/1?at={day}"), see(path, "/doc/1")
    assert "Nothing had been captured" in page and 'class="asked"' not in page
    assert re.findall("<h1.*?</h1>", page)[0].split(">")[1] == re.findall("<h1.*?</h1>", now)[0].split(">")[1]


@pytest.mark.parametrize("day", ["soon", "2026-13-40", "99999-01-01", "", "2026-03-01T00:00"])
def test_what_is_no_day_shows_the_current_version_and_says_so(path: Path, day: str) -> None:
    page = see(path, f"/doc/1?at={quote(day)}")
    assert "as-of" not in page and ("is no day" in page) == bool(day)


def test_side_by_side_holds_the_old_on_the_left_and_the_new_on_the_right(path: Path) -> None:
    page = re.sub(r'<span class="unseen">.*?</span>', "", see(path, "/doc/1/diff/1/2?view=side&show=whole"))
    row = re.search(r'<tr class="changed">.*?</td><td>(.*?)</td><td>(.*?)</td>', page)
    assert row and "1.5万亿</del>" in row[1] and "15万亿</ins>" in row[2]
    assert "<ins" not in row[1] and "<del" not in row[2]


def test_changes_are_a_feed_that_can_be_narrowed(path: Path) -> None:
    every, none = visit(path, "/held/changes.atom?document=1", "/held/changes.atom?document=9")
    assert every.headers["content-type"] == "application/atom+xml; charset=utf-8"
    entries = ElementTree.fromstring(every.text).findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}summary") for entry in entries][-1].endswith("1.5万亿→15万亿")  # type: ignore[union-attr]
    assert entries[0].find(f"{ATOM}link[@rel='alternate']").get("href", "").endswith("/doc/1/diff/2/3")  # type: ignore[union-attr]
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == len(entries) == 2
    assert ElementTree.fromstring(none.text).findall(f"{ATOM}entry") == []


@pytest.mark.parametrize(
    "name", ["latest", "site_health", "version_detail", "events", "crawls", "words?words=产业"]
)
def test_lists_with_a_name_and_a_time_are_feeds(path: Path, name: str) -> None:
    table, _, query = name.partition("?")
    (answer,) = visit(path, f"/held/{table}.atom?{query}")
    feed = ElementTree.fromstring(answer.text)
    times = [entry.findtext(f"{ATOM}updated") for entry in feed.findall(f"{ATOM}entry")]
    assert times and all(
        re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+08:00)", str(t)) for t in times
    )


def test_letters_that_xml_forbids_do_not_break_a_feed(tmp_path: Path) -> None:
    holding = Holding(tmp_path / "held.db")
    holding.show(article("甲\x01乙\x1f", title="标\x08题<&>\ufffe"), "2026-03-02T00:00:00.000Z")
    holding.close()
    feed = ElementTree.fromstring(visit(holding.path, "/held/latest.atom")[0].text)
    assert feed.findtext(f"{ATOM}entry/{ATOM}title") == "标\ufffd题<&>\ufffd"


def test_copy_page_has_both_texts_and_every_variant(copy_path: Path) -> None:
    page = see(copy_path, "/copy/1", headers={"accept-language": "zh"})
    kept = copied.variants(copy_path)
    assert kept
    for number in range(1, len(kept) + 1):
        assert f'id="c{number}"' in page and f'id="o{number}"' in page
    assert "15" in page and "免责声明" in page.split("<details>")[-1]
    only = see(copy_path, "/copy/1?kind=date", headers={"accept-language": "zh"})
    assert "完成首批立项" in only and "组织实施" not in only


def test_documents_lead_to_their_comparison(copy_path: Path) -> None:
    for page in visit(copy_path, "/doc/1", "/doc/2", "/held/copies"):
        assert 'href="/copy/1"' in page.text


def test_texts_stand_side_by_side_in_full(copy_path: Path) -> None:
    variants = [{**dict(row), "number": n} for n, row in enumerate(copied.variants(copy_path), 1)]
    block = {"start": 0, "end": copied.COPY.index("\n"), "kind": "outside"}
    found = pairs(copied.COPY, copied.ORIGINAL, variants, [block], [])
    assert "".join(piece.text for pair in found for piece in pair.copy) == copied.COPY
    assert "".join(piece.text for pair in found for piece in pair.original) == copied.ORIGINAL
    assert found[0].boilerplate == "outside" and not found[0].original
    whole = ["".join(piece.text for piece in pair.original) for pair in found if pair.original]
    assert [line.rstrip("\n") for line in whole] == copied.ORIGINAL.split("\n")


SPANS = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 6), st.integers(0, 60), st.integers(0, 6)), max_size=5
)


@given(st.text("甲乙丙。\n，1（）", max_size=60), st.text("甲乙丙。\n，1（）", max_size=60), SPANS,
       st.lists(st.tuples(st.integers(0, 60), st.integers(1, 9)), max_size=3))  # fmt: skip
def test_nothing_of_either_text_is_ever_lost_or_doubled(
    copy: str, original: str, spans: list[tuple[int, int, int, int]], blocks: list[tuple[int, int]]
) -> None:
    """Whatever the comparison says: also what cannot be true of two texts."""
    variants = []
    for n, (c, clen, o, olen) in enumerate(spans, 1):
        c, o = min(c, len(copy)), min(o, len(original))
        variants.append(
            {"copy_start": c, "copy_end": min(c + clen, len(copy)), "original_start": o, "number": n, "rule": None,
             "original_end": min(o + olen, len(original)), "kind": "altered" if n % 2 else "reordered"}
        )  # fmt: skip
    framed = [
        {"start": s, "end": min(s + n, len(copy)), "kind": "footer"} for s, n in blocks if s < len(copy)
    ]
    found = pairs(copy, original, variants, framed, [])
    for text, side in ((copy, "copy"), (original, "original")):
        shown = "".join(piece.text for pair in found for piece in getattr(pair, side))
        assert "".join(shown.split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("url", "how"),
    [
        (URL, "address"),
        (URL.replace("https://www", "http://m"), "address"),
        ("https://web.archive.example/web/20260101/" + URL, "inside"),
        ("https://translate.example/?u=" + quote(URL, safe=""), "inside"),
        ("https://big5.gate.example/gate/big5/www.bureau.example/a/one.html", "gateway"),
        ("https://nowhere.example/x", None),
        ("https://nowhere.example/", None),
        ("no address", None),
        ("https://[::1", None),
        ("https://" + "a/" * 1500, None),
    ],
)
def test_addresses_lead_to_documents(path: Path, url: str, how: str | None) -> None:
    db = open_for_reading(path)
    assert [lead.how for lead in leads(db, url)] == ([how] if how else [])
    db.close()


@pytest.mark.parametrize(
    "url",
    [
        "https://mirror.example/a/plan2026.html",
        "mirror.example/sub/a/plan2026.html",
        "http://x.example/b/a/plan2026.html",
    ],
)
def test_mirrors_are_found_by_their_path(copy_path: Path, url: str) -> None:
    db = open_for_reading(copy_path)
    assert [(lead.document, lead.how) for lead in leads(db, url)] == [(1, "path")]
    db.close()


def test_sentence_changed_a_little_is_found(copy_path: Path) -> None:
    page = see(copy_path, f"/?q={quote('优先保障用地和用能、数据资源，不得以任何方式向企业摊派费用')}")
    assert "come near" in page and "/doc/1/1" in page


def test_citations_say_who_what_and_when_it_was_seen() -> None:
    document = {"id": 7, "url": "https://www.bureau.example/a_b/{1}.html", "publisher": "示例委",
                "last_seen": "2026-03-01T20:00:00.000Z"}  # fmt: skip
    version = {"number": 2, "title": "关于50%_目标的通知。", "published_at": "2026-02-01", "issuer": None, "author": None,
               "doc_number": "示发〔2026〕3号", "text_digest": "sha256:00"}  # fmt: skip
    seen = Sightings(
        first="2026-02-20T20:00:00.000Z", last="2026-02-27T20:00:00.000Z", captures=3, stretches=()
    )
    told = (document, version, seen, "https://room.example/doc/7/2")
    cited = typeset.gb_t_7714(*told)
    assert cited.startswith("示例委. 关于50%_目标的通知[EB/OL]. (2026-02-01)[2026-02-28]. https://")
    entry = typeset.bibtex(*told)
    assert entry.startswith("@online{yuanben-7-2,") and r"50\%\_目标" in entry and "{1}" not in entry
    assert entry.count("{") - entry.count(r"\{") == entry.count("}") - entry.count(r"\}")


def test_bars_stand_for_their_counts_and_months_without_any_are_there() -> None:
    counts = typeset.by_month({"2025-12": 4, "2024-11": 2}, "2026-01", 36)
    assert (
        counts[0] == ("2024-11", 2) and counts[-2:] == [("2025-12", 4), ("2026-01", 0)] and len(counts) == 15
    )
    drawn = typeset.bars(counts, height=40)
    assert (drawn.most, drawn.total) == (4, 6)
    assert [bar.height for bar in drawn.bars if bar.count] == [20, 40]
    assert typeset.bars([]).bars == ()


@pytest.mark.parametrize(
    ("summary", "what"),
    [("5%→6%", "number"), ("应当→可以", "duty"), ("+120字; 另3处", ""), ("加快→有序", "")],
)
def test_changes_of_figures_and_duties_come_first(summary: str, what: str) -> None:
    assert weight(summary) == what
