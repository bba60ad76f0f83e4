"""The room shows titles, dates and sources first, finds Chinese words, and has no SQL in the face."""

from __future__ import annotations

import random
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
import yaml

from archive.model import Unreadable, Verdict
from archive.reading_room import words
from archive.reading_room.words import HERE, preferred
from tests.archive.holding import SITE, TEXT, URL, Holding, article
from tests.archive.visit import see, visit

SECOND = "https://www.bureau.example/a/two.html"
EMPTY = "https://www.bureau.example/a/empty.html"
TABLE = "附表如下。\n序号\t项目\t金额\n1\t算力中心\t1200"


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an archive with an edited document, one in traditional script with a table, and an unreadable one."""
    holding = Holding(tmp_path_factory.mktemp("room") / "held.db")
    holding.show(
        article(source_line="示例日报", evidence={"title": "h1.headline"}), "2026-03-02T00:00:00.000Z"
    )
    changed = TEXT.replace("1.5万亿", "15万亿").replace("加快布局", "有序布局") + "\n本通知自发布之日起施行。"
    holding.show(article(changed), "2026-03-09T00:00:00.000Z")
    holding.show(
        article(TABLE, title="關於發展資料產業的若干意見", published_at=None),
        "2026-03-03T00:00:00.000Z",
        url=SECOND,
    )
    holding.show(Unreadable(reason="no text"), "2026-03-03T00:01:00.000Z", url=EMPTY)
    holding.archive.end_crawl(holding.crawl, Verdict.BROKEN, ["blocked"])
    holding.close()
    return holding.path


def test_front_page_shows_titles_dates_sources_and_changes_and_no_sql(path: Path) -> None:
    page = see(path, "/", headers={"accept-language": "zh-CN"})
    for shown in (
        "关于推动未来产业发展的通知",
        "2026-03-01",
        "示例委",
        "1.5万亿→15万亿",
        "拒绝访问",
        "2 个版本",
    ):
        assert shown in page
    assert not re.search(r"\bselect\b.*\bfrom\b|rows in|tables", page, re.IGNORECASE)


def test_document_page_shows_the_text_and_where_each_field_stood(path: Path) -> None:
    page = see(path, "/doc/1/1")
    assert "<p>各区要加快布局未来产业。</p>" in page
    assert "<code>h1.headline</code>" in page
    assert "Version 1" in page and "Version 2" in page
    assert "not the latest" in page


def test_tab_separated_lines_are_a_table(path: Path) -> None:
    page = see(path, "/doc/2")
    assert "<tr><td>序号</td><td>项目</td><td>金额</td></tr>" in page
    assert "<p>附表如下。</p>" in page


def test_document_without_a_text_says_why(path: Path) -> None:
    page = see(path, "/doc/3", headers={"accept-language": "zh"})
    assert "没能读出正文" in page and "没有正文" in page


def test_document_missed_once_is_not_called_withdrawn_nor_online(tmp_path: Path) -> None:
    holding = Holding(tmp_path / "held.db")
    holding.show(article(), "2026-03-02T00:00:00.000Z")
    holding.look("2026-03-09T00:00:00.000Z", status=404)
    holding.close()
    page = see(holding.path, "/doc/1")
    assert "does not mean it was withdrawn" in page and "first missing 2026-03-09 08:00" in page
    assert ">missing the last time<" in see(holding.path, "/held/latest")


def test_difference_marks_characters_and_puts_an_added_line_in_one_piece(path: Path) -> None:
    page = re.sub(r'<span class="unseen">.*?</span>', "", see(path, "/doc/1/diff/1/2"))
    assert '<del id="e1">加快</del><ins>有序</ins>' in page
    assert '<del id="e2" class="number">1.5万亿</del><ins class="number">15万亿</ins>' in page
    assert '<ins id="e3">本通知自发布之日起施行。</ins>' in page
    assert "试点城市" not in page
    assert "试点城市" in see(path, "/doc/1/diff/1/2?show=whole")


def test_fields_that_changed_stand_above_the_text(path: Path) -> None:
    page = see(path, "/doc/1/diff/1/2")
    assert page.index("<del>示例日报</del>") < page.index("加快</del>" if "加快</del>" in page else "加快")


def test_form_that_chooses_versions_leads_to_their_difference(path: Path) -> None:
    chosen, none = visit(path, "/doc/1/diff?from=2&to=1", "/doc/1/diff?from=x&to=1")
    assert chosen.headers["location"] == "/doc/1/diff/2/1"
    assert none.status_code == 404


@pytest.mark.parametrize("address", ["/doc/9", "/doc/1/9", "/doc/1/diff/1/9", "/capture/99", "/doc/0"])
def test_what_is_not_held_is_not_found(path: Path, address: str) -> None:
    assert visit(path, address)[0].status_code == 404


def test_capture_hands_out_the_bytes_as_a_file_only(path: Path) -> None:
    page, body = visit(path, "/capture/1", "/capture/1/bytes")
    assert URL in page.text and "sha256:" in page.text
    assert body.content.startswith(b"<html>")
    assert body.headers["content-type"] == "application/octet-stream"
    assert body.headers["content-disposition"].startswith("attachment")


def test_file_longer_than_any_value_a_question_may_have_is_handed_out(tmp_path: Path) -> None:
    holding = Holding(tmp_path / "held.db")
    long = random.Random(1).randbytes(11_000_000)
    capture = holding.look("2026-03-02T00:00:00.000Z", body=long)
    holding.close()
    (answer,) = visit(holding.path, f"/capture/{capture}/bytes")
    assert answer.content == long


@pytest.mark.parametrize(
    ("query", "documents"),
    [
        pytest.param("北京", {1}, id="two characters"),
        pytest.param("數據", set(), id="a word nobody wrote"),
        pytest.param("资料产业", {2}, id="simplified finds traditional"),
        pytest.param("產業", {1, 2}, id="traditional finds simplified"),
        pytest.param("15万亿", {1}, id="a figure"),
        pytest.param("未来 上海", {1}, id="two words"),
        pytest.param("锆石蝌蚪", set(), id="nonsense"),
        pytest.param("   ", set(), id="white space"),
        pytest.param('"', set(), id="a quote"),
    ],
)
@pytest.mark.parametrize("mode", ["", "&_searchmode=raw", "&_fts_table=versions&_fts_pk=rowid"])
def test_datasettes_own_box_finds_chinese_and_nothing_else(
    path: Path, query: str, documents: set[int], mode: str
) -> None:
    (answer,) = visit(path, f"/held/latest.json?_shape=array&_search={quote(query)}{mode}")
    assert {row["document"] for row in answer.json()} == documents


def test_search_by_column_is_no_way_round(path: Path) -> None:
    (answer,) = visit(path, f"/held/latest.json?_shape=array&_search_grams={quote('锆石')}")
    assert answer.json() == []


def test_our_search_marks_what_it_found(path: Path) -> None:
    page = see(path, f"/?q={quote('资料产业')}")
    assert "<mark>資料產業</mark>" in page
    assert "Nothing was found" in see(path, f"/?q={quote('锆石蝌蚪')}")
    assert "without conditions" in see(path, f"/?q={quote('锆石蝌蚪')}&site=bureau")


def test_search_can_be_narrowed_to_a_site_and_a_day(path: Path) -> None:
    found, elsewhere, later = visit(
        path, "/?q=产业&site=bureau", "/?q=产业&site=other", "/?q=产业&site=bureau&since=2026-04-01"
    )
    assert "/doc/1" in found.text
    assert "/doc/1" not in elsewhere.text and "/doc/1" not in later.text


def test_no_search_text_is_an_error(path: Path, rounds: Callable[[int, int], int]) -> None:
    chance = random.Random(7)
    letters = "\"'()*:^-+~{}[]\\%_\0\n\t;, 北京產5Gé💷\ufffd\u202e<>&#ANDORNOTNEAR"
    texts = ["".join(chance.choices(letters, k=chance.randint(1, 12))) for _ in range(rounds(120, 1000))]
    addresses = [
        f"{page}{quote(text)}"
        for text in texts
        for page in ("/held/latest?_search=", "/?q=", "/held/words?words=")
    ]
    failed = [r.url for r in visit(path, *addresses) if r.status_code != 200]
    assert failed == []


def test_list_of_documents_leads_by_title_and_folds_the_rest(path: Path) -> None:
    page = see(path, "/held/latest")
    assert '<a href="/doc/1">关于推动未来产业发展的通知</a>' in page
    columns = re.findall(r'<th scope="col" class="col-(\w+)"', page)
    assert columns[:3] == ["published_at", "title", "source_line"]
    assert not {"text", "text_simplified", "version_id"} & set(columns)
    assert "create view" not in page.split('<details class="machine">')[0].lower()


def test_list_of_changes_leads_to_the_difference(path: Path) -> None:
    assert '<a href="/doc/1/diff/1/2">' in see(path, "/held/changes")


def test_long_cells_are_folded(path: Path) -> None:
    page = see(path, "/held/payloads") + see(path, "/held/rules")
    assert '<details class="fold">' in page


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_page_of_data_can_be_read(path: Path, language: str) -> None:
    with sqlite3.connect(path) as db:
        names = [
            row[0] for row in db.execute("select name from sqlite_master where type in ('table', 'view')")
        ]
    queries = yaml.safe_load((HERE / "datasette.yml").read_text("utf-8"))["archive"]["queries"]
    addresses = ["/held", *(f"/held/{name}" for name in [*names, *queries])]
    pages = visit(path, *addresses, headers={"accept-language": language})
    assert [page.url for page in pages if page.status_code != 200] == []


def test_ready_questions_answer(path: Path) -> None:
    words, address, figures = visit(
        path,
        f"/held/words.json?_shape=array&words={quote('產業')}&until=2026-03-01",
        f"/held/by_address.json?_shape=array&url={quote(URL)}",
        "/held/edits_of_figures.json?_shape=array",
    )
    assert [row["document"] for row in words.json()] == [1]
    assert [row["document"] for row in address.json()] == [1]
    assert [row["to_version"] for row in figures.json()] == [2]


def test_language_is_the_browsers_until_the_reader_chooses(path: Path) -> None:
    assert '<html lang="zh-CN">' in see(path, "/", headers={"accept-language": "zh-TW,en;q=0.5"})
    (chosen,) = visit(path, "/-/language?to=zh&back=/doc/1")
    assert chosen.headers["location"] == "/doc/1"
    cookie = chosen.headers["set-cookie"].split(";")[0]
    assert '<html lang="zh-CN">' in see(path, "/", headers={"accept-language": "en", "cookie": cookie})


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example/", "/\\evil.example", "/a\r\nx: y"])
def test_choosing_a_language_leads_nowhere_else(path: Path, back: str) -> None:
    (chosen,) = visit(path, f"/-/language?to=en&back={quote(back)}")
    assert chosen.headers["location"] == "/"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("zh-CN,zh;q=0.9", "zh"),
        ("en-US,zh;q=0.9", "en"),
        ("de,zh-Hant;q=0.3", "zh"),
        ("fr", "en"),
        ("", "en"),
        ("zh;q=0,en;q=0.1", "en"),
        (";;;q=,q=9" * 100, "en"),
    ],
)
def test_language_follows_the_weights(header: str, language: str) -> None:
    assert preferred(header) == language


def test_archive_without_a_document_opens(tmp_path: Path) -> None:
    Holding(tmp_path / "held.db").close()
    assert "No documents yet" in see(tmp_path / "held.db", "/")


def test_other_databases_keep_datasettes_front_page(tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as db:
        db.execute("create table things (title text)")
    front, things = visit(other, "/", "/other/things")
    assert front.status_code == things.status_code == 200
    assert visit(other, "/doc/1")[0].status_code == 404


def test_what_is_written_while_people_read_is_seen(tmp_path: Path) -> None:
    holding = Holding(tmp_path / "held.db")
    holding.show(article(), "2026-03-02T00:00:00.000Z")
    assert "/doc/1" in see(holding.path, "/")
    holding.show(article(title="刚刚发布的通知"), "2026-03-03T00:00:00.000Z", url=SECOND)
    assert "刚刚发布的通知" in see(holding.path, "/")
    holding.close()


def test_publisher_is_ours_and_not_the_pages(path: Path) -> None:
    assert SITE.publisher in see(path, "/doc/1")


@pytest.mark.parametrize(
    ("query", "documents"),
    [
        ("北京", [1]),
        ("资料产业", [2]),
        ("產業 -资料", [1]),
        ("锆石蝌蚪", []),
        ('"', []),
        ("产业&state=withdrawn", []),
    ],
)
def test_box_of_a_long_list_finds_the_same(
    path: Path, monkeypatch: pytest.MonkeyPatch, query: str, documents: list[int]
) -> None:
    address = f"/held/latest.json?_shape=array&_search={quote(query, safe='&=')}"
    (short,) = visit(path, address)
    monkeypatch.setattr(words, "LONG_LIST", 1)
    words.is_large.cache_clear()
    long, page = visit(path, address, address.replace(".json", ""))
    words.is_large.cache_clear()
    found = [row["document"] for row in long.json()]
    assert found == [row["document"] for row in short.json()] == documents
    assert page.status_code == 200 and 'name="_search"' in page.text


def test_long_list_is_only_put_in_an_order_that_an_index_has(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(words, "LONG_LIST", 1)
    words.is_large.cache_clear()
    by_date, by_source, page = visit(
        path, "/held/latest.json?_sort=published_at", "/held/latest.json?_sort=source_line", "/held/latest"
    )
    words.is_large.cache_clear()
    assert (by_date.status_code, by_source.status_code) == (200, 400)
    assert "_sort=published_at" in page.text and "_sort_desc=source_line" not in page.text
