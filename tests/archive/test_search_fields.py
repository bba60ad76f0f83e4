"""Search by what a page says of itself: document number, issuing body, publisher, source line; and where it may look."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.cli import main
from archive.model import Role, Site
from archive.store.archive import Archive
from archive.store.file.connection import open_for_reading
from archive.store.read.search import search
from archive.text.folding import number_typed
from archive.text.names import full_names
from tests.archive.holding import Holding, article

HOST = "https://www.bureau.example/a"
PAGES = {
    "number": article(
        "船舶节能须统筹推进。",
        title="关于船舶节能的通知",
        doc_number="工信部科函〔2026〕402号",
        published_at="2026-01-05",
    ),
    "cites": article(
        "按照工信部科函〔2026〕402号的要求执行。",
        title="转发通知",
        doc_number="示发〔2026〕3号",
        published_at="2026-03-05",
    ),
    "neighbour": article(
        "渔港扩建。", title="渔港", doc_number="工信部科函〔2026〕40号", published_at="2026-02-05"
    ),
    "issued": article("盐田整治。", title="盐田", issuer="国家发展和改革委员会", published_at="2025-05-05"),
    "sourced": article("航标检修。", title="航标", source_line="科学技术部高新司", published_at="2024-05-05"),
    "mentions": article("抄送工业和信息化部。", title="抄送", published_at="2023-05-05"),
}


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("fields") / "a.db"
    holding = Holding(path)
    for name, page in PAGES.items():
        holding.show(page, "2026-04-01T00:00:00.000Z", url=f"{HOST}/{name}.html")
    holding.close()
    return path


@pytest.fixture(scope="module")
def db(path: Path) -> Iterator[sqlite3.Connection]:
    db = open_for_reading(path)
    yield db
    db.close()


def names(db: sqlite3.Connection, query: str, **options: object) -> list[str]:
    return [hit.url.rsplit("/", 1)[1][:-5] for hit in search(db, query, **options)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "query",
    [
        "工信部科函〔2026〕402号", "工信部科函[2026]402号", "工信部科函(2026)402号", "工信部科函（2026）402号",
        "工信部科函【2026】402号", "工信部科函［2026］402号", "工信部科函﹝2026﹞402号", "工信部科函2026402号",
        "工信部科函 〔２０２６〕 ４０２ 号", "工信部科函〔2026〕402", "工信部科函2026年第402号", "工信部科函 2026 402号",
        "工信部科函《2026》402號", "工信部科函〔2026〕第402号", "工信部科函2026-402号",
    ],
)  # fmt: skip
@pytest.mark.parametrize("limit", [None, 1, 5])
def test_a_number_finds_its_document_first(db: sqlite3.Connection, query: str, limit: int | None) -> None:
    assert names(db, query, limit=limit) == ["number", "cites"][:limit]
    assert names(db, query, limit=limit, titles_first=True) == ["number", "cites"][:limit]


def test_a_part_of_a_number_finds_it_and_no_longer_number(db: sqlite3.Connection) -> None:
    assert names(db, "〔2026〕40号") == ["neighbour"]
    assert names(db, "402号") == ["cites", "number"]
    assert names(db, "科函〔2026〕") == ["cites", "neighbour", "number"]
    assert names(db, "2号") == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param("国家发展和改革委员会", ["issued"], id="issuing body"),
        pytest.param("發改委", ["issued"], id="its short name"),
        pytest.param("国家发展改革委", ["issued"], id="another short name"),
        pytest.param("高新司", ["sourced"], id="source line"),
        pytest.param("科技部", ["sourced"], id="short name in the source line"),
        pytest.param("科技部 航标", ["sourced"], id="short name and a word"),
        pytest.param("科技部 盐田", [], id="short name and a word of another"),
        pytest.param("发改委 OR 高新司", ["issued", "sourced"], id="either"),
        pytest.param("示例委 盐田", ["issued"], id="publisher and a word"),
        pytest.param("住建部", [], id="a body that has nothing here"),
    ],
)
def test_names_are_found(db: sqlite3.Connection, query: str, found: list[str]) -> None:
    assert names(db, query) == found


def test_a_publisher_finds_all_of_it(db: sqlite3.Connection) -> None:
    assert len(names(db, "示例委")) == len(PAGES)


def test_a_short_name_is_not_sought_in_texts_by_its_full_name(db: sqlite3.Connection) -> None:
    assert "mentions" not in names(db, "工信部")
    assert names(db, "工业和信息化部") == ["mentions"]


def test_what_was_found_is_marked(db: sqlite3.Connection) -> None:
    (first, _) = search(db, "工信部科函(2026)402号")
    assert first.snippet[slice(*first.mark)] == "工信部科函〔2026〕402号"
    (hit,) = search(db, "发改委")
    assert hit.snippet[slice(*hit.mark)] == "国家发展和改革委员会"


def test_days_are_both_included(db: sqlite3.Connection) -> None:
    assert names(db, "示例委", since="2026-02-05", until="2026-03-05") == ["cites", "neighbour"]
    assert names(db, "工信部科函〔2026〕402号", until="2026-02-01") == ["number"]


def run(path: Path, *words: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    code = main(["search", *words, "--archive", str(path)])
    return code, *capsys.readouterr()


def test_the_command_takes_the_last_day(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(path, "示例委", "--until", "2024-06-01", capsys=capsys)
    assert code == 0 and "航标" in out and "盐田" not in out
    assert run(path, "示例委", "--until", "nonsense", capsys=capsys)[0] == 2


@pytest.mark.parametrize(
    ("site", "near"), [("bureu", "bureau"), ("nosuch", "bureau"), ("示例", "示例委"), ("", "bureau")]
)
def test_an_unknown_site_is_a_mistake(
    path: Path, site: str, near: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(path, "船舶", "--site", site, capsys=capsys)
    assert (code, out) == (2, "")
    assert err.startswith(f'yuanben: no site "{site}"') and near in err and err.count("\n") == 1


@pytest.mark.parametrize("site", ["bureau", "示例委"])
def test_a_known_site_is_none(path: Path, site: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(path, "船舶", "--site", site, capsys=capsys)
    assert code == 0 and "船舶节能" in out


def test_a_site_is_named_by_a_short_name_of_its_publisher(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "b.db"
    site = Site(
        publisher="工业和信息化部",
        role=Role.ORIGINAL,
        domains=("bureau.example",),
        articles=(r"/a/\w+\.html$",),
    )
    holding = Holding(path)
    holding.archive.close()
    holding.archive = Archive.open(path, holder="tests", sites={"bureau": site}, create=False)
    holding.show(article("船舶节能。", title="船舶"), "2026-04-01T00:00:00.000Z")
    holding.close()
    assert "船舶" in run(path, "节能", "--site", "工信部", capsys=capsys)[1]
    assert "船舶" in run(path, "工信部", capsys=capsys)[1]


def test_what_is_no_number() -> None:
    assert number_typed("船舶节能2026") is None
    assert number_typed("2026年3月") is None
    assert number_typed("国发〔2026〕3号文件的解读") is None
    assert number_typed("國發〔２０２６〕０３號") == "国发〔2026〕3号"


def test_no_short_name_is_a_full_one() -> None:
    assert full_names("工信部") == ("工业和信息化部",)
    assert full_names("工业和信息化部") == ()
