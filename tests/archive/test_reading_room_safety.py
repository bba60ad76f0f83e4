"""What strangers wrote stays text, and neither it nor a reader's SQL can hurt anyone."""

from __future__ import annotations

import csv
import io
import json
import resource
import sqlite3
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree

import pytest

from archive.model import Link
from archive.reading_room.downloads import harmless
from archive.reading_room.safety import HEADERS
from tests.archive.holding import URL, Holding, article
from tests.archive.visit import HOSTILE, HOSTILE_TEXTS, see, visit
from tests.conftest import Ends

BOMB = "select replace(hex(zeroblob(300000000)),'0','a')"


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an archive in which every field of every page is hostile."""
    holding = Holding(tmp_path_factory.mktemp("room") / "held.db")
    for number, text in enumerate(HOSTILE):
        hostile = article(
            f"{text}\n单元格\t{text}\n=cmd|' /C calc'!A0",
            title=f"={text}",
            source_line=text,
            author=text,
            doc_number=text,
            attachments=(Link(url=f"https://www.bureau.example/{number}.pdf", name=text),),
            evidence={"title": text},
            card={"written_at": text, "subject": text, text: text},
            flags=(text,),
        )
        url = f"https://www.bureau.example/a/{number}.html?q={quote(text)}"
        holding.show(hostile, "2026-03-02T00:00:00.000Z", url=url)
        holding.show(article(text * 2, title=f"={text}!"), "2026-03-09T00:00:00.000Z", url=url)
    with holding.archive.writing():
        _compare(holding.archive.db)
    holding.close()
    return holding.path


def _compare(db: sqlite3.Connection) -> None:
    """Set some hostile documents against each other, with hostile variants, rules and reasons."""
    for n, text in enumerate(HOSTILE[:24], 1):
        versions = [
            db.execute("select current from documents where id = ?", (d,)).fetchone()[0] for d in (n, n + 1)
        ]
        report = {"damage": {"lost": [{"copy_start": 3, "copy_end": 4, "found": text, "restored": text, "proven": True}]},
                  "boilerplate": [{"start": 0, "end": 2, "kind": text, "text": text}], "reasons": [text],
                  "rules": [{"kind": text, "found": text, "original": text, "count": 1}]}  # fmt: skip
        db.execute(
            "insert into comparisons (copy_document, copy_version, original_document, original_version, coverage, lost, "
            "substantive, report, compared_at) values (?, ?, ?, ?, 1, 1, 1, ?, '2026-03-10T00:00:00.000Z')",
            (n, versions[0], n + 1, versions[1], json.dumps(report)),
        )
        db.execute(
            "insert into variants (comparison, kind, copy_start, copy_end, copy_text, original_start, original_end, "
            "original_text, rule) values (?, 'altered', 4, 6, ?, 4, 6, ?, ?)",
            (n, text, text, text),
        )


def test_nothing_a_page_says_becomes_markup(path: Path, rounds: Callable[[int, int], int]) -> None:
    def some(kind: int) -> list[int]:
        """Return which texts a kind of page is asked for: a fourth, with each text and all that stands around them."""
        step = rounds(4, 1)
        return [n for n in range(len(HOSTILE)) if (n // HOSTILE_TEXTS + n % HOSTILE_TEXTS + kind) % step == 0]

    forms = ["/?q={text}", "/held/latest?_search={text}", "/held/latest?source_line={text}", "/{text}", "/doc/{n}",
             "/doc/{n}/1", "/doc/{n}/diff/1/2", "/doc/{n}/diff/2/1?show=whole", "/doc/{n}/diff/1/2?view=side",
             "/doc/{n}?at=2026-03-05", "/held/versions/{n}", "/capture/{n}"]  # fmt: skip
    addresses = ["/", "/held/latest", "/held/changes", "/held/versions", "/held/documents", "/held/captures",
                 "/held/version_detail", "/held/latest?_facet=source_line", "/held/readings", "/held/events", "/held/words?words=alert",
                 *(form.format(text=quote(HOSTILE[n]), n=n + 1) for kind, form in enumerate(forms) for n in some(kind)),
                 *(f"/copy/{n}{end}" for n in range(1, 25) for end in ("", "?show=changes")), "/site/bureau",
                 *(f"/?q={quote('https://x.example/' + t)}" for t in HOSTILE[:40]), "/held/copies", "/held/variants",
                 *(f"/?q=alert&site={quote(t)}&since={quote(t)}&all=1" for t in HOSTILE[:40])]  # fmt: skip
    for page in visit(path, *addresses):
        for live in (
            "<script",
            "<img",
            "<svg/",
            "<iframe",
            "<b>",
            "onmouseover='",
            'href="javascript',
            "</textarea>",
        ):
            assert live not in page.text, (str(page.url), live)
        assert "49{%" not in page.text


def test_no_feed_holds_markup(path: Path) -> None:
    for feed in visit(
        path,
        "/held/latest.atom?_size=max",
        "/held/changes.atom",
        "/held/words.atom?words=alert",
        "/feed.atom",
        "/feed.atom?document=3",
        "/feed.atom?query=alert",
        f"/feed.atom?query={quote(HOSTILE[0])}",
    ):
        root = ElementTree.fromstring(feed.text)
        assert {element.tag.partition("}")[2] for element in root.iter()} <= {
            "feed", "title", "id", "updated", "author", "name", "link", "entry", "summary", "content", "category",
            "generator", "published",
        }  # fmt: skip


@pytest.mark.parametrize("public", [False, True])
def test_every_answer_carries_the_headers(path: Path, public: bool) -> None:
    addresses = ["/", "/doc/1", "/doc/999", "/held", "/held/latest", "/held/latest.json", "/held/latest.csv",
                 "/-/room.css", "/-/static/app.css", "/robots.txt", "/nowhere", "/-/versions.json",
                 f"/held.json?sql={quote(BOMB)}", "/capture/1/bytes"]  # fmt: skip
    for answer in visit(path, *addresses, public=public):
        for name, value in HEADERS.items():
            assert answer.headers.get_list(name) == [value], str(answer.url)
        assert "unsafe" not in answer.headers["content-security-policy"]


def test_page_brings_nothing_that_the_policy_would_block(path: Path) -> None:
    for page in visit(
        path,
        "/",
        "/doc/1",
        "/doc/1/diff/1/2?view=side",
        "/copy/1",
        "/site/bureau",
        "/?q=alert",
        "/held/latest",
        "/held",
        "/held?sql=select+1",
        "/nowhere",
    ):
        assert "<script" not in page.text and "style=" not in page.text and "<style" not in page.text


@pytest.mark.parametrize(
    "sql",
    [BOMB, "select zeroblob(9000000) from documents, documents d", "select printf('%9000000d', 1) from documents, documents d",
     "select json_group_array(hex(zeroblob(1000))) from documents, documents d, documents e"],
    ids=["one value", "many blobs", "many texts", "many parts of one value"],
)  # fmt: skip
@pytest.mark.parametrize("form", [".json", "", ".csv"])
def test_sql_that_would_fill_memory_is_refused(path: Path, sql: str, form: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    (answer,) = visit(path, f"/held{form}?sql={quote(sql)}")
    assert answer.status_code == 400
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 400_000


def test_table_of_csv_that_cannot_be_made_is_an_error_and_not_an_empty_file(path: Path) -> None:
    (answer,) = visit(path, f"/held.csv?sql={quote('select a from nowhere')}")
    assert answer.status_code == 400 and "no such table" in answer.text


def test_what_no_list_can_answer_is_refused_and_no_fault_of_the_room(path: Path) -> None:
    asked = ("_next=abc", "_next=-5", "_next=99999999999999999999", "_timelimit=abc", "_through=x", "_through={}",
             "document__in=[1")  # fmt: skip
    answers = visit(
        path, *(f"/held/latest{form}?{one}" for one in asked for form in ("", ".json")), "/held.csv"
    )
    assert {answer.status_code for answer in answers} == {400}
    assert [answer.status_code for answer in visit(path, "/held/captures?_next=2", "/nowhere.csv")] == [
        200,
        404,
    ]


def test_sql_that_never_ends_is_stopped(path: Path, ends: Ends) -> None:
    endless = "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n"
    with ends(60):
        (answer,) = visit(path, f"/held?sql={quote(endless)}")
    assert answer.status_code in (200, 400)
    assert "interrupted" in answer.text or "too long" in answer.text


@pytest.mark.parametrize(
    "sql",
    ["delete from documents", "attach 'x.db' as x", "pragma journal_mode=delete", "vacuum into 'x.db'",
     "select load_extension('x')", "select writefile('x', 'y')"],
)  # fmt: skip
def test_sql_cannot_write(path: Path, sql: str) -> None:
    assert visit(path, f"/held.json?sql={quote(sql)}")[0].status_code == 400
    assert see(path, "/doc/1")


def test_archive_cannot_be_downloaded_whole(path: Path) -> None:
    assert visit(path, "/held.db")[0].status_code == 403


def test_strangers_write_no_sql_and_take_no_streams(path: Path) -> None:
    sql, where, stream, inside, page = visit(
        path, "/held?sql=select+1", "/held/latest?_where=1", "/held/latest.csv?_stream=1", "/-/databases.json",
        "/held/latest", public=True,
    )  # fmt: skip
    assert (sql.status_code, where.status_code, stream.status_code, inside.status_code) == (
        403,
        403,
        400,
        404,
    )
    assert page.status_code == 200 and "sql=" not in page.text and "create view" not in page.text.lower()
    assert str(path.parent) not in page.text + inside.text


def test_ready_questions_and_lists_stay_for_strangers(path: Path) -> None:
    answers = visit(
        path, "/", "/held", "/held/words?words=alert", "/held/latest.csv", "/?q=alert", public=True
    )
    assert [answer.status_code for answer in answers] == [200] * 5


def test_robots_are_asked_to_stay_out(path: Path) -> None:
    assert see(path, "/robots.txt", public=True) == "User-agent: *\nDisallow: /\n"


@pytest.mark.parametrize("address", ["/held/versions.csv", "/held/latest.csv?_search=alert",
                                     "/held.csv?sql=select+title,text,-1+as+figure+from+versions"])  # fmt: skip
def test_no_cell_of_a_csv_is_a_formula(path: Path, address: str) -> None:
    rows = list(csv.reader(io.StringIO(see(path, address))))
    assert len(rows) > 2
    assert any(cell.startswith("'=") for row in rows for cell in row)
    assert not any(cell.startswith(("=", "+", "@", "\t")) for row in rows for cell in row)


def test_figures_stay_figures() -> None:
    assert [harmless(value) for value in (-1, "-1", "=1", "a=1", None)] == [-1, "'-1", "'=1", "a=1", None]


def test_addresses_that_are_no_web_address_are_no_links(tmp_path: Path) -> None:
    holding = Holding(tmp_path / "held.db")
    holding.show(
        article(source_line="javascript:alert(1)", author="data:text/html,x"), "2026-03-02T00:00:00.000Z"
    )
    holding.close()
    for page in visit(holding.path, "/held/latest", "/held/versions", "/doc/1"):
        assert 'href="javascript' not in page.text and 'href="data' not in page.text
        assert f'href="{URL}"' in page.text or "versions" in str(page.url)
