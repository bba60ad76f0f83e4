"""A document's page says whether it is in force and why, what it names, and what names it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.archive.holding import Holding, article
from tests.archive.visit import see

OLD, NEW = "https://www.bureau.example/a/old.html", "https://www.bureau.example/a/new.html"
TITLE = "海州市人民政府办公室关于印发海州市渔港管理办法的通知"
ENDS = (
    "第一条 为加强渔港管理，制定本办法。\n第二条 渔港由市渔业局负责管理，坚持统一规划。\n第三条 申报材料请于2021年6月1日前报送市渔业局。\n"
    f"第四条 本办法自2021年5月1日起施行。《{TITLE}》（海府办规〔2016〕9号）同时废止。"
)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    holding = Holding(tmp_path_factory.mktemp("room") / "held.db")
    old = "第一条 为加强渔港管理，制定本办法，适用于本市各渔港。\n第二条 本办法自2016年6月1日起施行。"
    for url, text, number, day in (
        (OLD, old, "海府办规〔2016〕9号", "2016-05-06"),
        (NEW, ENDS, "海府办规〔2021〕3号", "2021-04-19"),
    ):
        shown = article(text, title=TITLE, doc_number=number, published_at=day)
        holding.show(shown, f"2026-03-0{1 + (url == NEW)}T00:00:00.000Z", url=url)
    holding.close()
    return holding.path


def test_a_repealed_document_says_by_what_and_in_which_words(path: Path) -> None:
    page = see(path, "/doc/1", headers={"accept-language": "zh-CN"})
    assert "<strong>已废止</strong>" in page and "自 2021-05-01" in page
    assert "被取代" in page and '<a href="/doc/2">' in page and "（海府办规〔2016〕9号）”" in page
    assert "本馆没有的废止文件无从知道" in page


def test_what_was_learned_of_a_standing_is_told_on_the_page_from_its_day_on(path: Path) -> None:
    page = see(path, "/doc/1", headers={"accept-language": "zh-CN"})
    assert "得知的变化" in page and "效力有变" in page and "有效 → 已废止，自2021-05-01起" in page
    assert "in force, now repealed, since 2021-05-01" in see(
        path, "/doc/1", headers={"accept-language": "en"}
    )
    before = see(path, "/doc/1?at=2026-03-01", headers={"accept-language": "zh-CN"})
    assert "得知的变化" not in before


def test_the_table_of_events_says_a_change_of_standing_in_words(path: Path) -> None:
    page = see(path, "/held/events?kind=standing_changed", headers={"accept-language": "zh-CN"})
    assert "有效 → 已废止，自2021-05-01起" in page and "cause" not in page


def test_a_document_as_it_stood_on_a_day_has_the_standing_of_that_day(path: Path) -> None:
    page = see(path, "/doc/2?at=2026-03-05", headers={"accept-language": "en"})
    assert "<strong>In force</strong>" in page


def test_what_a_document_names_and_what_names_it_are_linked(path: Path) -> None:
    assert 'id="cited-by"' in see(path, "/doc/1")
    page = see(path, "/doc/2")
    assert 'id="cites"' in page and 'id="deadlines"' in page and "2021-06-01" in page
    assert 'id="clauses"' in page and "第四条" in page
