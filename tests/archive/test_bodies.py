"""Bodies through reorganisations: the table, and what search, issuers and documents say by it. All documents are made up."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from archive.cli import main
from archive.store.file.connection import open_for_reading
from archive.store.read.search import search
from archive.text.names import body_named, issuing_body, kin_of, successions
from tests.archive.holding import Holding, article
from tests.archive.visit import see

# Name of the page, issuer, title, day.
PAGES = (
    ("tour", "国家旅游局", "国家旅游局关于整治游船价格的通知", "2016-04-02"),
    ("culture", "文化部", "文化部关于剧场消防的通知", "2015-03-01"),
    ("joint", "文化和旅游部", "文化和旅游部关于古镇导览的通知", "2019-05-06"),
    ("office", "文化和旅游部办公厅", "关于露营地排队秩序的通知", "2021-06-07"),
    ("other", "示例委", "关于学习国家旅游局通知的函", "2016-05-01"),
)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    holding = Holding(tmp_path_factory.mktemp("bodies") / "held.db")
    for place, (name, issuer, title, day) in enumerate(PAGES, 1):
        shown = article(
            f"各地：\n现将{title[-6:]}的有关事项说明如下，请遵照执行。",
            title=title,
            issuer=issuer,
            published_at=day,
        )
        holding.show(
            shown, f"2026-03-{place:02}T00:00:00.000Z", url=f"https://www.bureau.example/a/{name}.html"
        )
    holding.close()
    return holding.path


def found(path: Path, query: str, **more: object) -> list[tuple[str, str | None]]:
    db = open_for_reading(path)
    try:
        return [(hit.url.rsplit("/", 1)[1][:-5], hit.by_name) for hit in search(db, query, **more)]  # type: ignore[arg-type]
    finally:
        db.close()


def test_every_row_has_a_decision_and_a_month_and_joins_two_bodies() -> None:
    for row in successions():
        assert row.earlier != row.later and len(row.source) > 8
        assert row.month is None or re.fullmatch(r"(19|20)\d\d-(0[1-9]|1[0-2])", row.month)
        assert row.month is None or re.search(r"《.+》（\d{4}年", row.source)
        assert row.month is None or row.month[:4] in row.source
    assert len({(row.earlier, row.later) for row in successions()}) == len(successions())


def test_no_body_follows_itself_and_each_step_is_later_than_the_one_before() -> None:
    for name in {name for row in successions() for name in (row.earlier, row.later)}:
        for kin in kin_of(name):
            assert kin.name != name
            months = [step.month for step in (kin.by if kin.is_later else kin.by[::-1]) if step.month]
            assert months == sorted(months)


def test_bodies_that_were_joined_are_not_each_others() -> None:
    assert [kin.name for kin in kin_of("国家旅游局")] == ["文化和旅游部"]
    assert {kin.name for kin in kin_of("文化和旅游部")} == {"文化部", "国家旅游局"}


@pytest.mark.parametrize(
    ("written", "body"),
    [
        ("中华人民共和国农业部", "农业部"),
        ("工信部", "工业和信息化部"),
        ("国家卫计委", "国家卫生和计划生育委员会"),
        ("環境保護部", "环境保护部"),
        ("环保部", None),  # the one of before 2018, or that of today
        ("农业", None),
    ],
)
def test_a_body_is_known_by_its_names(written: str, body: str | None) -> None:
    assert body_named(written) == body


@pytest.mark.parametrize(
    ("written", "body"),
    [
        (("国家旅游局办公室",), "国家旅游局"),
        ((None, "文化部关于剧场消防的通知"), "文化部"),
        (("文化部门",), None),
        ((None, "关于文化部的通知"), None),
    ],
)
def test_the_body_that_issued_a_document_is_at_the_head_of_its_names(
    written: tuple[str | None, ...], body: str | None
) -> None:
    assert issuing_body(*written) == body


def test_a_body_is_found_under_its_later_name_behind_all_that_holds_the_words(path: Path) -> None:
    assert found(path, "国家旅游局") == [
        ("other", None),
        ("tour", None),
        ("office", "文化和旅游部"),
        ("joint", "文化和旅游部"),
    ]
    assert found(path, "国家旅游局", limit=3)[-1] == ("office", "文化和旅游部")
    assert found(path, "国家旅游局", until="2020-01-01")[-1] == ("joint", "文化和旅游部")


def test_a_body_is_found_under_its_earlier_names(path: Path) -> None:
    assert found(path, "文旅部") == [
        ("office", None), ("joint", None), ("tour", "国家旅游局"), ("culture", "文化部"),
    ]  # fmt: skip


def test_words_beside_a_body_or_in_quotation_marks_find_what_holds_them_alone(path: Path) -> None:
    assert found(path, "国家旅游局 游船") == [("tour", None)]
    assert {name for _, name in found(path, '"国家旅游局"')} == {None}


def test_the_room_says_what_became_of_a_body(path: Path) -> None:
    page = see(path, "/?q=国家旅游局", headers={"accept-language": "zh-CN"})
    assert (
        "国家旅游局 → 文化和旅游部" in page
        and "同一机关的另一名称" in page
        and "第十三届全国人民代表大会" in page
    )
    assert 'class="notice bodies"' not in see(path, "/?q=游船")
    document = see(path, "/doc/1", headers={"accept-language": "zh-CN"})
    assert 'id="bodies"' in document and "机构变动本身不使文件失效" in document
    assert 'id="bodies"' not in see(path, "/doc/3")


def test_an_issuer_is_chosen_with_or_without_its_other_names(path: Path) -> None:
    alone = see(path, "/?q=通知&issuer=文化和旅游部", headers={"accept-language": "en"})
    assert "/doc/3" in alone and 'href="/doc/1"' not in alone and "with its earlier and later names" in alone
    together = see(path, "/?q=通知&issuer=文化和旅游部&names=all", headers={"accept-language": "en"})
    assert 'href="/doc/1"' in together and 'href="/doc/2"' in together and "this name alone" in together


def test_the_commands_say_it_too(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["search", "国家旅游局", "--json", "--archive", str(path)]) == 0
    assert [hit["by_name"] for hit in json.loads(capsys.readouterr().out)] == [
        None,
        None,
        "文化和旅游部",
        "文化和旅游部",
    ]
    assert main(["cites", "https://www.bureau.example/a/tour.html", "--archive", str(path)]) == 0
    assert (
        "国家旅游局 went to 文化和旅游部 in 2018-03; that alone ends no document" in capsys.readouterr().out
    )
