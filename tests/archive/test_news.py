"""What people are told, in files and by command: each thing once, under a name that stays, what matters first."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from archive.atom import ATOM, feed
from archive.model import Verdict
from archive.store.read.news import News, decide_watchword, news, watchwords
from archive.store.schedule.crawls import Finding
from crawler.commands.watch import as_json, noteworthy
from tests.archive.desk import HOST, Desk, answer, html, not_found, replaced
from tests.archive.holding import TEXT, Holding, Run, article, runner

OTHER = f"https://{HOST}/a/other.html"
DAY = "2026-04-{:02d}T08:00:00".format


@pytest.fixture
def desk() -> Desk:
    """A desk with two documents, one of them edited twice and taken down, and a finding."""
    made = Desk()
    made.see(html(), DAY(1))
    made.see(html(title="关于人工智能标准的<b>通知</b>\x0b"), DAY(1), url=OTHER)
    made.see(html(*replaced("应当", "可以")), DAY(2))
    made.see(html(*replaced("1.5万", "15万")), DAY(3))
    lost = Finding(reason="empty_list", url=f"https://{HOST}/list.html", says="no row leads to an article")
    made.archive.end_crawl(made.crawl, Verdict.WARN, [], findings=[lost], is_judged=lambda reason, url: True)
    return made


def test_each_thing_is_told_once_newest_first(desk: Desk) -> None:
    told = news(desk.db)
    assert sorted(one.kind for one in told) == ["edited", "edited", "finding_opened", "new", "new"]
    assert [one.at for one in told] == sorted((one.at for one in told), reverse=True)
    assert len({one.id for one in told}) == 5


def test_a_change_is_told_with_its_bounds_and_its_edits_what_matters_first(desk: Desk) -> None:
    last = next(one for one in news(desk.db, document=1) if one.kind == "edited")
    assert (last.details["changed_at_earliest"], last.details["changed_at_latest"]) == (
        f"{DAY(2)}.000Z", f"{DAY(3)}.000Z"
    )  # fmt: skip
    assert [(edit["matter"], edit["old"], edit["new"]) for edit in last.edits] == [
        ("modal", "可以", "应当"), ("number", "1.5万", "15万")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        pytest.param({"document": 2}, 1, id="a document"),
        pytest.param({"site": "bureau"}, 5, id="a site"),
        pytest.param({"site": "nobody"}, 0, id="another site"),
        pytest.param({"query": "人工智慧"}, 0, id="a wording nobody used"),
        pytest.param({"query": "公共數據 資源"}, 4, id="a wording in the other script"),
        pytest.param({"crawls": [999]}, 0, id="another run"),
        pytest.param({"limit": 2}, 2, id="a few"),
    ],
)
def test_news_is_chosen(desk: Desk, asked: dict[str, object], count: int) -> None:
    assert len(news(desk.db, **asked)) == count  # type: ignore[arg-type]


def test_names_and_order_stay_over_later_runs(desk: Desk) -> None:
    before = [one.id for one in news(desk.db)]
    later = desk.reopened(reader="yuanben-article/999")
    later.reread()
    later.keep(not_found(DAY(9)))
    assert [one.id for one in news(later.db)][-5:] == before


def test_a_feed_is_atom_with_the_difference_inside(desk: Desk) -> None:
    told = news(desk.db)
    body = feed("all", told)
    assert body == feed("all", news(desk.db))
    root = ElementTree.fromstring(body)
    names = {"a": ATOM}
    assert root.tag == f"{{{ATOM}}}feed"
    for wanted in ("id", "title", "updated", "author/a:name"):
        assert root.findtext(f"a:{wanted}", namespaces=names)
    entries = root.findall("a:entry", names)
    assert [entry.findtext("a:id", namespaces=names) for entry in entries] == [one.id for one in told]
    for entry in entries:
        assert all(
            entry.findtext(f"a:{wanted}", namespaces=names)
            for wanted in ("id", "title", "updated", "content")
        )
    shown = "".join(entry.findtext("a:content", "", names) for entry in entries)
    assert "<del>应当</del><ins>可以</ins>" in shown and "<b>" not in shown


def test_a_standing_query_matches_in_either_script_until_it_is_removed(desk: Desk) -> None:
    for word, decision in (("數據資源", "add"), ("人工智能", "add"), ("人工智能", "remove")):
        decide_watchword(desk.db, word, decision, at=desk.archive.clock.now())
    assert watchwords(desk.db) == ["數據資源"]
    assert {one.watchwords for one in news(desk.db, document=1)} == {("數據資源",)}


def test_what_is_told_comes_in_order_and_new_articles_only_when_they_are_watched(desk: Desk) -> None:
    assert [one.kind for one in noteworthy(news(desk.db))] == ["finding_opened", "edited", "edited"]
    decide_watchword(desk.db, "人工智能", "add", at=desk.archive.clock.now())
    first = noteworthy(news(desk.db))[0]
    assert (first.kind, first.url, first.watchwords) == ("new", OTHER, ("人工智能",))
    assert '"watchwords": ["人工智能"]' in as_json(first) and "\n" not in as_json(first)


@pytest.fixture
def holding(tmp_path: Path) -> Holding:
    return Holding(tmp_path / "a.db")


@pytest.fixture
def yuanben(holding: Holding, capsys: pytest.CaptureFixture[str]) -> Run:
    holding.show(article(), "2026-04-01T00:00:00.000Z")
    holding.show(article(TEXT.replace("1.5万亿", "15万亿")), "2026-04-02T00:00:00.000Z")
    holding.close()
    return runner(holding.path, capsys)


def test_a_feed_is_written_whole_and_stays_the_same(yuanben: Run, tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    assert yuanben("feed", str(path)).code == 0
    first = path.read_bytes()
    yuanben("feed", str(path))
    assert path.read_bytes() == first and b"1.5" in first
    assert [one.name for one in tmp_path.glob(".*feed*")] == []
    assert "2 entries" in yuanben("feed", str(path), "--query", "未來產業").out
    assert "0 entries" in yuanben("feed", str(path), "--query", "沒有這個詞").out
    assert yuanben("feed", str(tmp_path / "no" / "feed.xml")).code == 2
    assert yuanben("feed", str(path), "--url", "https://nobody.example/").code == 2


def test_standing_queries_are_added_listed_and_removed(yuanben: Run) -> None:
    assert yuanben("watchword", "list", "--json").json == []
    assert yuanben("watchword", "add", "未来产业", "--json").json == ["未来产业"]
    assert yuanben("watchword", "remove", "别的").code == 2
    assert yuanben("watchword", "ADD", "未来产业", "--json").json == ["未来产业"]
    assert yuanben("watchword", "add").code == 2
    assert "no standing query" in yuanben("watchword", "remove", "未来产业").out


def test_a_piece_of_news_says_nothing_it_does_not_hold() -> None:
    one = News(
        id="urn:x", kind="moved", at="2026", site="s", url=None, title="t", summary="", rank=1, details={}
    )
    assert "text" not in as_json(one)


@pytest.mark.parametrize("pages", [1, 2, 4])
def test_article_of_several_pages_is_told_once(pages: int) -> None:
    desk = Desk()
    names = [f"/a/notice_{n}.html" for n in range(2, pages + 1)]
    desk.see(html(pages=names), "2026-04-01T00:00:00")
    for due in desk.ask("2036-01-01T00:00:00.000Z"):
        if due.part_of is not None:
            more = f"{due.url[-6]}：另行规定的事项，由各单位结合实际研究办理并按时报送。"
            links = ["/a/notice.html", *(name for name in names if not due.url.endswith(name))]
            desk.keep(answer(html(more, pages=links), "2026-04-01T00:01:00", url=due.url, frontier=due.id,
                             part_of=due.part_of, asked=due.url))  # fmt: skip
    desk.drain()
    assert desk.one("select count(*) from readings where outcome = 'new'") == pages
    assert [piece.kind for piece in news(desk.db)] == ["new"]
