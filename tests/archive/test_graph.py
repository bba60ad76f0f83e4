"""A document's graph, its picture, its GraphML and the line of its life; and what a series of numbers lacks."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from lxml import etree

from archive.cli import main
from archive.relations.graph import (
    LEFT,
    RIGHT,
    Edge,
    Graph,
    Node,
    as_json,
    drawing,
    fitted,
    graph,
    graphml,
    life,
)
from archive.relations.series import Series, parts, series
from archive.store.file.connection import open_for_reading
from archive.store.read.connections import place_of
from archive.store.read.graph import Surroundings, surroundings
from tests.archive.policy import DOCUMENTS, HOST, PLACES, held
from tests.archive.visit import HOSTILE, see, visit

SCHEMA = etree.XMLSchema(etree.parse(Path(__file__).with_name("graphml.xsd")))


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return held(tmp_path_factory.mktemp("graph") / "policy.db")


def around(path: Path, name: str) -> Surroundings:
    db = open_for_reading(path)
    try:
        return surroundings(db, PLACES[name], place_of(db, PLACES[name]))
    finally:
        db.close()


def name_of(node: Node) -> str:
    return next((name for name, place in PLACES.items() if place == node.document), node.title)


def test_a_graph_says_who_does_what_to_whom(path: Path) -> None:
    made = around(path, "old").graph
    said = {(name_of(made.node(e.source)), e.relation, name_of(made.node(e.target))) for e in made.edges}
    assert {
        ("new", "replaces", "old"),
        ("amendment", "amends", "old"),
        ("reading", "interprets", "old"),
        ("old", "based_on", "law"),
        ("draft", "drafts", "old"),
    } <= said
    # What joins the neighbours to each other is in it, too.
    assert ("new", "based_on", "law") in said
    assert made.node(f"d{PLACES['new']}").standing == "in_force"


def test_a_document_that_is_not_held_is_one_node_by_its_name(path: Path) -> None:
    made = around(path, "new").graph
    absent = [node for node in made.nodes if node.document is None]
    assert [(node.title, node.url, node.standing) for node in absent] == [("海州市港口条例", None, None)]


def test_the_line_of_life_runs_from_the_draft_to_the_repeal(path: Path) -> None:
    steps = [(s.kind, s.day, name_of(s.by) if s.by else None) for s in around(path, "old").life]
    assert steps == [
        ("drafted", "2016-02-01", "draft"),
        ("published", "2016-05-06", None),
        ("interpreted", "2016-05-20", "reading"),
        ("effective", "2016-06-01", None),
        ("amended", "2018-04-01", "amendment"),
        ("replaced", "2021-05-01", "new"),
    ]


def test_a_draft_leads_to_its_final_text_and_a_term_has_its_end(path: Path) -> None:
    assert [(s.kind, s.day) for s in around(path, "draft").life if s.by] == [("final", "2016-05-06")]
    assert ("expires", "2031-04-30") in [(s.kind, s.day) for s in around(path, "new").life]


def test_an_amendment_without_a_day_of_effect_has_no_day_but_that_of_its_page() -> None:
    rows = [row(2, relation="amends", published_at="2020-01-02")]
    made = graph(row(1), [], rows)
    (step,) = [step for step in life(made, [], issued="2019-01-01") if step.by]
    assert (step.kind, step.day, step.by.day if step.by else None) == ("amended", None, "2020-01-02")


def row(document: int, **more: object) -> dict[str, object]:
    told = {"document": document, "url": f"{HOST}/{document}.html", "title": f"第{document}份文件的名称", "doc_number": None,
            "published_at": None, "version": 1, "relation": "cites", "start": 0, "end": 4, "is_incoming": False}  # fmt: skip
    return told | more


@pytest.mark.parametrize(
    ("relation", "day", "by_number", "is_there"),
    [
        pytest.param(
            "repeals", "2015-01-01", False, False, id="an earlier text ends an older document of that title"
        ),
        pytest.param("repeals", "2015-01-01", True, True, id="a number says which"),
        pytest.param("repeals", "2019-12-20", False, True, id="days of pages differ a little"),
        pytest.param("repeals", None, False, True, id="no day"),
        pytest.param("interprets", "2016-01-01", False, False, id="an interpretation of before"),
        pytest.param("drafts", "2019-06-01", False, True, id="a draft is earlier"),
        pytest.param("drafts", "2021-06-01", False, False, id="a draft of the next one"),
        pytest.param("based_on", "2015-01-01", False, True, id="a law is named through all its versions"),
    ],
)
def test_what_cannot_be_by_its_day_is_no_relation_of_this_document(
    relation: str, day: str | None, by_number: bool, is_there: bool
) -> None:
    rows = [row(2, relation=relation, published_at=day, by_number=by_number)]
    made = graph(row(1, published_at="2020-01-01"), [], rows)
    assert (bool(made.edges), bool(made.nodes)) == (is_there, is_there)


def test_a_drawing_keeps_what_ends_a_document_and_stays_within_its_width() -> None:
    many = [
        row(n, published_at=f"20{n:02}-01-01", relation="repeals" if n == 30 else "cites")
        for n in range(2, 40)
    ]
    made = graph(row(1, published_at="2015-01-01", title="关于" + "很长的标题" * 30), [], many)
    drawn = drawing(made, 6)
    assert (len(drawn.boxes), drawn.more) == (7, 32)
    assert any(box.relation == "repeals" for box in drawn.boxes)
    days = [box.node.day for box in drawn.boxes]
    assert days == sorted(days, key=lambda day: day or "")
    for one, next_one in zip(drawn.boxes, drawn.boxes[1:], strict=False):
        assert one.y + one.height < next_one.y
    assert drawn.boxes[-1].y + drawn.boxes[-1].height <= drawn.height
    for arc in drawn.arcs:
        places = [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", arc.line)]
        assert all(0 <= x <= drawn.width for x in places[::2]) and all(
            0 <= y <= drawn.height for y in places[1::2]
        )
    assert 0 < LEFT < RIGHT < drawn.width


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param("短", ("短",), id="short"),
        pytest.param("一二三四五六", ("一二三四", "五六"), id="two lines"),
        pytest.param("一二三四五六七八九", ("一二三四", "五六七…"), id="cut"),
        pytest.param("", ("",), id="nothing"),
        pytest.param("ab cd ef gh", ("ab cd e", "f gh"), id="letters are narrow"),
    ],
)
def test_a_title_is_fitted_into_lines(text: str, lines: tuple[str, ...]) -> None:
    assert tuple(line.strip() for line in fitted(text, 4, 2)) == lines


def test_graphml_is_valid_and_says_what_the_json_says(path: Path) -> None:
    made = around(path, "old").graph
    read = etree.fromstring(graphml(made))
    SCHEMA.assertValid(read)
    space = "{http://graphml.graphdrawing.org/xmlns}"
    edges = [(e.get("source"), e.get("target")) for e in read.iter(f"{space}edge")]
    assert edges == [(edge["source"], edge["target"]) for edge in as_json(made)["edges"]]


def test_graphml_of_titles_with_marks_and_controls_stays_xml() -> None:
    rows = [row(n, title=f"{text}\x00\x0b\ud800") for n, text in enumerate(HOSTILE[:40], 2)]
    SCHEMA.assertValid(etree.fromstring(graphml(graph(row(1, title="]]>&<"), [], rows))))


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(Graph(centre=Node(key="d 1", title="x"), nodes=(), edges=()), id="a key with a space"),
        pytest.param(
            Graph(centre=Node(key="d1", title="x"), nodes=(),
                  edges=(Edge(source="d1", target="d9", relation="cites", said_by="d1"),)), id="an end that is not there"),
    ],
)  # fmt: skip
def test_the_schema_of_the_tests_knows_bad_files(broken: Graph) -> None:
    assert not SCHEMA.validate(etree.fromstring(graphml(broken)))


def test_the_page_of_a_graph_has_a_picture_with_links_and_a_table(path: Path) -> None:
    page = see(path, f"/doc/{PLACES['old']}/graph", headers={"accept-language": "zh-CN"})
    picture = re.search(r"<svg class=\"graph\".*?</svg>", page, re.DOTALL)
    assert picture and "<script" not in page
    drawn = ElementTree.fromstring(picture[0].replace("&nbsp;", " "))
    links = [each.get("href") for each in drawn.iter() if each.tag == "a"]
    assert f"/doc/{PLACES['new']}" in links and drawn.get("role") == "group" and drawn.get("aria-label")
    for place in (PLACES["new"], PLACES["law"], PLACES["draft"]):
        assert page.count(f'href="/doc/{place}"') >= 2  # in the picture and in the table
    assert "取代本文" in page and "两份文件之间没有线，不等于没有关系" in page


def test_a_documents_page_shows_its_graph_and_life(path: Path) -> None:
    page = see(path, f"/doc/{PLACES['old']}", headers={"accept-language": "en"})
    assert 'id="life"' in page and 'id="graph"' in page and f"/doc/{PLACES['old']}/graph" in page
    assert "/series?prefix=%E6%B5%B7%E5%BA%9C%E5%8A%9E%E8%A7%84&amp;year=2016" in page


def test_a_graph_is_handed_out_as_json_and_graphml(path: Path) -> None:
    as_data, as_file, as_table, no_document = visit(
        path, "/doc/3/graph.json", "/doc/3/graph.graphml", "/doc/3/graph.csv", "/doc/99/graph"
    )
    assert "replaces,in," in as_table.text and len(as_table.text.splitlines()) == len(as_data.json()["nodes"])
    assert as_data.json()["centre"] == "d3"
    assert as_file.headers["content-type"].startswith("application/graphml+xml")
    SCHEMA.assertValid(etree.fromstring(as_file.content))
    assert no_document.status_code == 404


def stretches(made: Series) -> list[tuple[int, int, bool, tuple[int, ...]]]:
    return [(part.first, part.last, part.is_held, part.named) for part in made.stretches]


def test_what_lies_between_two_held_numbers_is_a_gap_and_the_ends_are_open() -> None:
    numbers = [f"工信部科函〔2026〕{n}号" for n in (404, 401, 402, 402)]
    (made,) = series(numbers, ["工信部科函〔2026〕403号", "工信部科函〔2026〕9号", "工信部科函〔2026〕402号"])
    assert stretches(made) == [(401, 402, True, ()), (403, 403, False, (403,)), (404, 404, True, ())]
    assert (made.held, made.not_held, made.ends, made.outside) == (3, 1, (401, 404), (9,))


def test_a_series_that_is_only_named_has_no_ends() -> None:
    (made,) = series([], ["国发〔2015〕52号"])
    assert (made.ends, made.held, made.not_held, made.outside) == (None, 0, 0, (52,))


def test_letters_and_years_are_series_of_their_own() -> None:
    found = series(
        ["国发〔2015〕1号", "国发〔2016〕3号", "国办发〔2016〕2号", "财政部公告2020年第3号", "国发〔2016〕号"]
    )
    assert [(made.prefix, made.year, made.held) for made in found] == [
        ("国办发", 2016, 1), ("国发", 2016, 1), ("国发", 2015, 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("工信部联科〔2023〕249号", ("工信部联科", 2023, 249)),
        ("国务院令第7号", None),
        ("〔2023〕4号", None),
        ("国发〔2015〕0号", None),
    ],
)
def test_a_number_of_a_series_has_letters_year_and_count(key: str, expected: object) -> None:
    assert parts(key) == expected


def test_the_report_on_a_series_says_what_is_not_held_and_who_names_it(path: Path) -> None:
    (whole, english, data, table, all_of_them) = visit(
        path, "/series?prefix=海府办规&year=2021", "/series?prefix=海府办规〔2021〕3号", "/series.json?prefix=海府办规",
        "/series.csv?prefix=海府办规&year=2021", "/series",
    )  # fmt: skip
    assert f"/doc/{PLACES['later']}" in whole.text and "Not held between them: 3" in whole.text
    assert "does not show that there is such a document" in english.text
    found = {made["year"]: made for made in data.json()["series"]}
    assert (found[2021]["first_held"], found[2021]["last_held"], found[2021]["not_held"]) == (3, 7, 3)
    rows = [line.split(",")[2:5] for line in table.text.splitlines()[1:]]
    assert rows == [["3", "3", "held"], ["4", "4", "not_held"], ["5", "5", "named"], ["6", "6", "not_held"],
                    ["7", "7", "held"]]  # fmt: skip
    assert "海府办规〔2016〕" in all_of_them.text and len(DOCUMENTS) == 7


def test_the_view_of_numbers_holds_those_of_series_alone(path: Path) -> None:
    found = visit(path, "/policy/numbers.json?_shape=array")[0].json()
    assert {(row["prefix"], row["year"], row["serial"]) for row in found} == {
        ("海府办规", 2016, 9), ("海府办规", 2018, 4), ("海府办规", 2021, 3), ("海府办规", 2021, 7),
    }  # fmt: skip


def test_the_commands_write_graphml_and_say_what_a_series_lacks(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "policy.graphml"
    assert main(["cites", f"{HOST}/old.html", "--graphml", str(target), "--archive", str(path)]) == 0
    SCHEMA.assertValid(etree.parse(target))
    capsys.readouterr()
    assert main(["series", "海府办规〔2021〕3号", "--archive", str(path)]) == 0
    said = capsys.readouterr().out
    assert "3, [4–6], 7" in said and "named by documents held: 5" in said and "does not show" in said
    assert main(["series", "--json", "--archive", str(path)]) == 0
    assert [row["year"] for row in json.loads(capsys.readouterr().out)["series"]] == [2021, 2018, 2016]
    assert main(["cites", f"{HOST}/old.html", "--graphml", "/no/such/folder/x", "--archive", str(path)]) == 2
