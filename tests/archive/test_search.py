"""Search: exact, in both scripts, whatever the query holds."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from archive.model import Article
from archive.reader import prepare
from archive.store.file.connection import open_for_reading
from archive.store.read.search import excerpt, match_expression, matches, search
from archive.text import fold
from archive.text.figures import holds
from tests.archive.holding import Holding, article

HOST = "https://www.bureau.example/a"
OPERATOR = re.compile(r'(?:^|\s)(?:-|OR\b|AND\b|NOT\b|")')
PAGES = {
    "plan": article(
        "北京市将出台政策，支持5G和6G网络建设。", title="未来产业行动计划", published_at="2026-03-01"
    ),
    "island": article(
        "臺北與北京的產業發展政策比較，鹿港鎮為例。", title="產業發展研究", published_at="2026-01-15"
    ),
    "spaced": article(
        "关于 京 津\n冀 协同发展的意见", title="协同发展", published_at="2025-12-30T09:00+08:00"
    ),
    "undated": article("一个没有日期的页面，末字是终", title="无日期", published_at=None),
    "latin": article("The ABC-def plan, Ｗｉｄｅ letters", title="English", published_at="2024-02-02"),
}


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    path = tmp_path_factory.mktemp("search") / "a.db"
    holding = Holding(path)
    for n, (name, page) in enumerate(PAGES.items()):
        holding.show(page, f"2026-04-0{n + 1}T20:00:00.000Z", url=f"{HOST}/{name}.html")
    holding.show(
        article("旧文写着石墨烯。", title="修订"), "2026-04-10T00:00:00.000Z", url=f"{HOST}/edited.html"
    )
    holding.show(
        article("新文写着氢能。", title="修订"), "2026-04-11T00:00:00.000Z", url=f"{HOST}/edited.html"
    )
    holding.close()
    db = open_for_reading(path)
    yield db
    db.close()


def names(db: sqlite3.Connection, query: str, **options: object) -> list[str]:
    return [hit.url.rsplit("/", 1)[1][:-5] for hit in search(db, query, **options)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param("北京", ["plan", "island"], id="two-characters"),
        pytest.param("政策", ["plan", "island"], id="two-characters-at-the-end-of-a-word"),
        pytest.param("5g", ["plan"], id="figure-and-letter-in-small"),
        pytest.param("５Ｇ", ["plan"], id="wide"),
        pytest.param("产业发展", ["island"], id="Simplified-finds-Traditional"),
        pytest.param("未來產業", ["plan"], id="Traditional-finds-Simplified-in-a-title"),
        pytest.param("京津冀协同", ["spaced"], id="white-space-in-the-text"),
        pytest.param("京 津 冀", ["spaced"], id="white-space-in-the-query"),
        pytest.param("abc def PLAN", ["latin"], id="letter-case-and-punctuation"),
        pytest.param("wide", ["latin"], id="wide-letters-in-the-text"),
        pytest.param("鹿", ["island"], id="one-character"),
        pytest.param("终", ["undated"], id="one-character-at-the-very-end"),
        pytest.param("网络 支持", ["plan"], id="words-when-the-phrase-is-nowhere"),
        pytest.param("政策 北京 网络", ["plan"], id="all-words-must-occur"),
        pytest.param("京津冀 量子", [], id="one-word-that-is-nowhere"),
        pytest.param("龘靐", [], id="nowhere"),
        pytest.param("石墨烯", [], id="only-in-an-earlier-version"),
        pytest.param("", [], id="nothing"),
        pytest.param("，。“”", [], id="only-punctuation"),
    ],
)
def test_a_query_finds_just_these_newest_first(db: sqlite3.Connection, query: str, found: list[str]) -> None:
    assert names(db, query) == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param("行动计划 OR 协同", ["plan", "spaced"], id="either"),
        pytest.param("北京 -鹿港", ["plan"], id="left-out"),
        pytest.param("北京 NOT 5G", ["island"], id="left-out-by-a-word"),
        pytest.param("北京 AND 政策 AND 网络", ["plan"], id="and"),
        pytest.param("北京 鹿港 | 协同发展 -北京", ["island", "spaced"], id="clauses"),
        pytest.param('"发展 政策" 北京', ["island"], id="quoted-words-stand-together"),
        pytest.param('"政策 发展"', [], id="quoted-words-in-another-order"),
        pytest.param("“京津冀” OR 「行动 计划」", ["plan", "spaced"], id="chinese-quotes"),
        pytest.param("-北京", ["plan", "island"], id="nothing-but-a-hyphen-and-a-word"),
        pytest.param("OR NOT AND", [], id="nothing-but-operators"),
    ],
)
def test_operators_join_words(db: sqlite3.Connection, query: str, found: list[str]) -> None:
    assert names(db, query) == found


def test_hits_can_be_narrowed(db: sqlite3.Connection) -> None:
    assert names(db, "北京", until="2026-01-31") == ["island"]
    assert names(db, "北京", state="live", kind="article") == ["plan", "island"]
    assert names(db, "北京", state="withdrawn") == names(db, "北京", kind="transcript") == []
    assert names(db, "北京", copied=True) == []
    assert names(db, "北京", copied=False) == ["plan", "island"]


def test_earlier_versions_are_found_when_asked_for(db: sqlite3.Connection) -> None:
    (hit,) = search(db, "石墨烯", all_versions=True)
    assert (hit.version, hit.versions) == (1, 2)
    assert [hit.version for hit in search(db, "修订", all_versions=True)] == [2, 1]


def test_an_undated_page_counts_from_the_beijing_day_it_was_first_seen(db: sqlite3.Connection) -> None:
    assert names(db, "日期", since="2026-04-05") == ["undated"]
    assert names(db, "日期", since="2026-04-06") == []


def test_since_keeps_the_day_itself(db: sqlite3.Connection) -> None:
    assert names(db, "北京", since="2026-03-01") == ["plan"]
    assert names(db, "协同", since="2025-12-30") == ["spaced"]


def test_a_site_is_named_by_its_spider_or_its_publisher(db: sqlite3.Connection) -> None:
    assert names(db, "北京", site="bureau") == names(db, "北京", site="示例委") == ["plan", "island"]
    assert names(db, "北京", site="elsewhere") == []


def test_a_limit_keeps_the_newest(db: sqlite3.Connection) -> None:
    assert names(db, "北京", limit=1) == ["plan"]


def test_the_mark_shows_the_hit_in_the_text_as_it_is_written(db: sqlite3.Connection) -> None:
    (hit,) = search(db, "产业发展政策")
    assert hit.snippet[slice(*hit.mark)] == "產業發展政策"
    (hit,) = search(db, "京津冀")
    assert fold(hit.snippet[slice(*hit.mark)]) == "京津冀"
    assert "\n" not in hit.snippet


def test_the_snippet_is_of_the_title_when_the_text_lacks_the_words(db: sqlite3.Connection) -> None:
    (hit,) = search(db, "行动计划")
    assert hit.snippet[slice(*hit.mark)] == "行动计划"


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(alphabet=st.sampled_from([*"北京臺產业发5Gg ab\"*()'-:^NEAROT\0\n\ud800"]), max_size=30))
def test_no_query_is_an_error_and_every_answer_is_that_of_a_plain_scan(
    db: sqlite3.Connection, query: str
) -> None:
    found = {hit.url for hit in search(db, query)}
    assume(not OPERATOR.search(query))
    rows = db.execute("select url, title, text from latest").fetchall()
    key = fold(query)
    phrase = {
        row["url"]
        for row in rows
        if key and (holds(key, fold(row["title"])) or holds(key, fold(row["text"])))
    }
    words = [fold(word) for word in query.split() if fold(word)]
    every = {row["url"] for row in rows if words and all(
        holds(word, fold(row["title"])) or holds(word, fold(row["text"])) for word in words
    )}  # fmt: skip
    assert found == (phrase or every)


@given(st.text(max_size=20), st.text(max_size=60), st.text(max_size=20))
@settings(max_examples=100, deadline=None)
def test_what_matches_is_always_a_candidate(before: str, query: str, after: str) -> None:
    text = f"{before}{query}{after}".replace("\0", "").encode("utf-8", "ignore").decode()
    title = "标题"
    index = sqlite3.connect(":memory:")
    index.execute("create virtual table i using fts5 (grams, content='', detail='none', tokenize='ascii')")
    index.execute(
        "insert into i (rowid, grams) values (1, ?)", (prepare(Article(title=title, text=text)).grams,)
    )
    expression = match_expression(query)
    hit = bool(expression) and index.execute("select 1 from i where i match ?", (expression,)).fetchone()
    assert hit or not matches(query, title, text)


def test_words_count_as_a_match_without_the_phrase() -> None:
    assert matches("氢能 北京", "北京", "发展氢能")
    assert not matches("氢能 上海", "北京", "发展氢能")
    assert not matches("", "北京", "发展氢能")


def test_a_page_that_opens_with_a_long_query_is_found_by_it(db: sqlite3.Connection) -> None:
    assert search(db, "北京市将出台政策，支持5G" * 200) == []
    assert names(db, PAGES["plan"].text) == ["plan"]


def test_an_excerpt_says_where_it_was_cut() -> None:
    snippet, mark = excerpt("前" * 50 + "中" + "后" * 100, 50, 51)
    assert snippet.startswith("…") and snippet.endswith("…")
    assert snippet[slice(*mark)] == "中"


def test_searching_loads_nothing_that_only_crawling_or_serving_needs() -> None:
    code = "import sys, archive.cli.search; print({'scrapy', 'trafilatura', 'datasette', 'lxml'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_titles_come_first_where_that_is_asked(tmp_path: Path) -> None:
    holding = Holding(tmp_path / "held.db")
    shown = {
        1: ("关于算力网络的通知", "甲。", "2026-01-05"),
        2: ("关于数据的通知", "建设算力网络。", "2026-03-05"),
        3: ("算力网络行动方案", "乙，含算力网络。", "2026-02-05"),
        4: ("别的通知", "算力。网络另说。", "2026-02-07"),
    }
    for number, (title, text, on) in shown.items():
        url = f"https://www.bureau.example/a/{number}.html"
        holding.show(article(text, title=title, published_at=on), "2026-04-01T00:00:00.000Z", url=url)
    db = holding.archive.db

    def found(query: str, **more: Any) -> list[int]:
        return [hit.document for hit in search(db, query, **more)]

    assert found("算力网络", limit=9) == [2, 4, 3, 1]
    assert found("算力网络", titles_first=True, limit=9) == [3, 1, 2, 4]
    assert found("算力网络", titles_first=True) == [3, 1, 2, 4]
    assert found("算力网络", titles_first=True, limit=2) == [3, 1]
    assert found("網絡 数据", titles_first=True, limit=9) == [2]
    assert found("算力 -方案", titles_first=True, limit=9) == [1, 2, 4]
    assert found("算力网络", titles_first=True, all_versions=True, limit=9) == [3, 1, 2, 4]
    holding.close()
