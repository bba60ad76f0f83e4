"""A search is narrowed by clicking, says where it matched, and can be followed or taken away as a file."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path

import feedparser
import openpyxl
import pytest

from archive.model import Article
from tests.archive.holding import Holding, article
from tests.archive.visit import see, visit

ZH = {"accept-language": "zh-CN"}
HERE = "https://www.bureau.example/a/{}.html"
RULES = "第一条 为规范海洋牧场建设，制定本办法。\n第二条 本办法自2024年3月1日起施行。"
PAGES = {
    "one": article(RULES, title="海洋牧场管理办法", published_at="2024-02-01", issuer="海州市渔业局", doc_number="海渔规〔2024〕7号"),
    "two": article("各区县要抓好海洋牧场建设项目的申报工作。", title="关于组织申报示范项目的通知", published_at="2025-05-06", issuer="海州市财政局"),
    "three": article("本市渔业经济运行平稳。", title="海洋牧场工作座谈会召开", published_at="2025-07-08"),
    "four": article("=cmd|'/c calc'!A0 海洋牧场的一句话。", title="@海洋牧场", published_at="2025-08-09"),
}  # fmt: skip


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    holding = Holding(tmp_path_factory.mktemp("room") / "held.db")
    for at, (name, shown) in enumerate(PAGES.items(), 1):
        assert isinstance(shown, Article)
        holding.show(shown, f"2026-03-0{at}T00:00:00.000Z", url=HERE.format(name))
    changed = article("各区县要抓好海洋牧场建设项目的申报工作，每县不超过5个。", title="关于组织申报示范项目的通知",
                      published_at="2025-05-06", issuer="海州市财政局")  # fmt: skip
    holding.show(changed, "2026-03-09T00:00:00.000Z", url=HERE.format("two"))
    holding.close()
    return holding.path


def links(page: str, facet: str) -> dict[str, str]:
    """Return by its words where each choice of a facet leads."""
    row = next(r for r in re.findall(r"<p><span class=\"of\">.*?</p>", page, re.S) if facet in r)
    found = re.findall(r'<a href="([^"]+)"[^>]*>([^<]+) <small>(\d+)</small>', row)
    return {f"{words.strip()} {n}": unescape(address) for address, words, n in found}


def hits_of(page: str) -> set[str]:
    return {re.sub(r"</?mark>", "", title) for title in re.findall(r'<h2 lang="zh"><a[^>]*>(.*?)</a>', page)}


@pytest.mark.parametrize("facet", ["类别", "发文机关", "年份", "效力", "改动"])
def test_each_choice_leads_to_as_many_as_it_says(path: Path, facet: str) -> None:
    choices = links(see(path, "/?q=海洋牧场", headers=ZH), facet)
    assert len(choices) > 1
    for words, address in choices.items():
        page = see(path, address, headers=ZH)
        assert len(hits_of(page)) == int(words.rpartition(" ")[2]), words
        assert f"<strong>{words.rpartition(' ')[0]}</strong>" in page and "不限" in page


def test_choices_add_up_and_are_taken_back(path: Path) -> None:
    page = see(path, "/?q=海洋牧场&year=2025&changed=yes", headers=ZH)
    assert hits_of(page) == {"关于组织申报示范项目的通知"}
    wider = [unescape(address) for address in re.findall(r'<a href="([^"]+)">不限', page)]
    assert [len(hits_of(see(path, address, headers=ZH))) for address in wider] == [1, 3]


def test_a_choice_that_nothing_has_says_so_and_leads_back(path: Path) -> None:
    page = see(path, "/?q=海洋牧场&class=law", headers=ZH)
    assert "没有找到" in page and "不加条件" in page


@pytest.mark.parametrize(
    ("query", "title", "place"),
    [
        pytest.param("示范项目", "关于组织申报示范项目的通知", "标题", id="title"),
        pytest.param("运行平稳", "海洋牧场工作座谈会召开", "正文", id="text"),
        pytest.param("海渔规〔2024〕7号", "海洋牧场管理办法", "文号", id="number"),
        pytest.param("海州市渔业局", "海洋牧场管理办法", "发文机关", id="issuer"),
    ],
)
def test_a_hit_says_where_it_matched(path: Path, query: str, title: str, place: str) -> None:
    page = see(path, f"/?q={query}", headers=ZH)
    assert title in hits_of(page) and re.search(rf'<span class="place"[^>]*>{place}</span>', page)


def test_a_search_is_followed_as_a_feed_with_its_choices(path: Path) -> None:
    page = see(path, "/?q=海洋牧场&issuer=海州市财政局", headers=ZH)
    address = unescape(re.search(r'href="(/search\.atom[^"]+)"', page)[1])  # type: ignore[index]
    feed = feedparser.parse(see(path, address))
    assert not feed.bozo and [entry.title for entry in feed.entries] == ["关于组织申报示范项目的通知"]
    assert feed.entries[0].link.endswith("/doc/2")
    again = feedparser.parse(see(path, "/search.atom?q=海洋牧场"))
    assert feed.entries[0].id in {entry.id for entry in again.entries}


def test_a_search_is_taken_away_as_json_and_csv(path: Path) -> None:
    held = json.loads(see(path, "/search.json?q=海洋牧场"))
    assert held["is_whole"] and len(held["hits"]) == 4
    text = see(path, "/search.csv?q=海洋牧场")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert text.startswith("\ufeff") and "'@海洋牧场" in {row["title"] for row in rows}
    assert {row["url"] for row in rows} == {HERE.format(name) for name in PAGES}


@pytest.mark.parametrize("address", ["/search.xlsx?q=海洋牧场", "/held/latest.xlsx?_size=max", "/held/words.xlsx?words=海洋牧场",
                                     "/held.xlsx?sql=select+title,2.5+as+figure,null+as+gap,zeroblob(3)+as+bytes+from+versions"])  # fmt: skip
def test_a_workbook_has_texts_as_texts_and_says_what_it_is(path: Path, address: str) -> None:
    (answer,) = visit(path, address)
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    cells = [cell for row in book["data"].iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "inlineStr"} and "@海洋牧场" in {
        c.value for c in cells
    }
    about = {row[0].value: row[1].value for row in book["about"].iter_rows()}
    assert (about["Complete"] == "all that match" and "/held" in about["From"]) or "/search" in about["From"]


def test_a_workbook_of_a_part_says_that_more_follows(path: Path) -> None:
    (answer,) = visit(path, "/held/latest.xlsx?_size=2")
    about = {
        row[0].value: row[1].value
        for row in openpyxl.load_workbook(io.BytesIO(answer.content))["about"].iter_rows()
    }
    assert about == {"From": about["From"], "Rows": "2", "Complete": "no: more rows follow"}


@pytest.mark.parametrize("form", ["xlsx", "parquet", "atom"])
def test_a_query_that_is_wrong_is_no_empty_file(path: Path, form: str) -> None:
    (answer,) = visit(path, f"/held.{form}?sql=select+title+as+nothing,+from+versions")
    assert answer.status_code in (400, 404)


def test_csv_for_people_begins_with_the_mark_of_utf8_and_for_programs_does_not(path: Path) -> None:
    assert see(path, "/held/latest.csv?_dl=1").startswith("\ufeff")
    assert not see(path, "/held/latest.csv").startswith("\ufeff")


OFFICE = shutil.which("soffice")
# Comma, quotation mark, UTF-8, from the first line; all sheets. Without a window nobody asks for the charset.
CSV_IN, CSV_OUT = (
    "CSV:44,34,76,1",
    "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1",
)


@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed here")
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_libreoffice_opens_what_is_taken_away_with_each_cell_as_it_is(
    path: Path, tmp_path: Path, form: str
) -> None:
    assert OFFICE
    (answer,) = visit(path, f"/held/latest.{form}?_dl=1")
    (tmp_path / f"taken.{form}").write_bytes(answer.content)
    words = [OFFICE, f"-env:UserInstallation=file://{tmp_path}/office", "--headless"]
    words += [f"--infilter={CSV_IN}"] * (form == "csv") + [
        "--convert-to",
        CSV_OUT,
        "--outdir",
        str(tmp_path / "out"),
    ]
    subprocess.run([*words, str(tmp_path / f"taken.{form}")], check=True, capture_output=True, timeout=120)
    opened = next(
        found for found in (tmp_path / "out").glob("*.csv") if not found.name.endswith("-about.csv")
    )
    asked = list(csv.DictReader(io.StringIO(see(path, "/held/latest.csv"))))
    rows = list(csv.reader(io.StringIO(opened.read_text("utf-8-sig"))))
    assert len(rows) == len(asked) + 1
    for row, held in zip(rows[1:], asked, strict=True):
        # In a CSV an apostrophe keeps a text from being a formula; the cells of an XLSX file are texts.
        told = [cell if form == "csv" else cell.removeprefix("'") for cell in held.values()]
        assert row[:-1] == told[:-1], "the last column is a number, shown as 0 for 0.0"
