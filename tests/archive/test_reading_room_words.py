"""What the room says agrees with what there is: every table and column described, every word there and used."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest
import yaml

from archive import model
from archive.cli.terminal import FLAGS
from archive.collate import Kind
from archive.model.events import EVENTS, FOLLOW_LOOKS
from archive.reading_room.words import HERE
from tests.archive.desk import memory

HOME = Path(__file__).resolve().parents[2]
DECLARED = yaml.safe_load((HERE / "datasette.yml").read_text("utf-8"))["archive"]
WORDS = yaml.safe_load((HERE / "words.yml").read_text("utf-8"))
SPOKEN = "".join(
    (HERE / f"{name}.py").read_text("utf-8") for name in ("tables", "safety", "accounts", "downloads")
)
TEMPLATES = {path.name: path.read_text("utf-8") for path in (HERE / "templates").rglob("*.html")}
# Groups whose keys are values of the archive, looked up by ``named``.
NAMED = {"field", "parameter", "flag", "reason", "state", "state_means", "unread", "outcome", "removed", "cause",
         "role", "verdict", "mark", "look", "variant", "rule", "lead", "event", "reason_means", "kind",
         "lookup", "standing_is", "standing_says", "relation", "relation_in", "relation_out", "life_is", "deadline", "check_is", "facet",
         "changed_is", "class", "detail", "fetched"}  # fmt: skip


def shown() -> list[str]:
    rows = memory().execute(
        "select name from sqlite_master where type in ('table', 'view') "
        "and name not glob 'sqlite_*' and name not glob '*_index_*'"
    )
    return [row[0] for row in rows]


def columns(db: sqlite3.Connection, name: str) -> set[str]:
    return {row[1] for row in db.execute(f'pragma table_info("{name}")')}


@pytest.mark.parametrize("name", shown())
def test_every_table_and_column_is_described(name: str) -> None:
    said = DECLARED["tables"][name]
    assert set(said["columns"]) == columns(memory(), name)
    for text in (said["title"], said["description"], *said["columns"].values()):
        chinese, bar, english = text.partition(" | ")
        assert bar and re.search(r"[\u4e00-\u9fff]|ETag|Last-Modified", chinese) and english.isascii()


def test_every_comparison_of_a_list_has_words() -> None:
    from datasette.app import Datasette  # before its filters, which it imports itself

    assert Datasette
    from datasette.filters import Filters

    assert {key for key, _, _ in Filters([]).lookups()} == set(WORDS["lookup"])


def test_nothing_is_described_that_is_not_there() -> None:
    assert set(DECLARED["tables"]) == set(shown())


@pytest.mark.parametrize("name", DECLARED["queries"])
def test_ready_questions_hide_their_sql_and_name_their_parameters(name: str) -> None:
    query = DECLARED["queries"][name]
    assert query["hide_sql"] is True
    assert set(re.findall(r":(\w+)", query["sql"])) == set(query.get("params", []))
    assert set(query.get("params", [])) <= set(WORDS["parameter"])


def test_every_word_the_templates_say_is_in_both_languages() -> None:
    keys = {
        key
        for text in (*TEMPLATES.values(), SPOKEN)
        for key in re.findall(r'"([a-z_]+\.(?!html"|css"|csv"|xlsx")[a-z_0-9]+)"', text)
    }
    for key in keys:
        group, name = key.split(".")
        assert len(WORDS[group][name]) == 2, key


def test_no_word_is_left_over() -> None:
    text = "".join((*TEMPLATES.values(), SPOKEN))
    said = {f"{group}.{name}" for group, words in WORDS.items() if group not in NAMED for name in words}
    unsaid = {key for key in said if key not in text and not key.startswith("error.")}
    assert unsaid == set()


@pytest.mark.parametrize(
    ("group", "values"),
    [("state", model.State), ("state_means", model.State), ("outcome", model.Outcome),
     ("cause", model.Cause), ("role", model.Role), ("verdict", model.Verdict), ("variant", Kind)],
)  # fmt: skip
def test_every_value_has_words(group: str, values: type) -> None:
    assert {str(value) for value in values} <= set(WORDS[group])


def test_every_kind_of_event_has_words() -> None:
    sources = [
        path.read_text("utf-8") for part in ("archive", "crawler") for path in (HOME / part).rglob("*.py")
    ]
    kinds = {
        kind
        for text in sources
        for kind in re.findall(r"\b_?(?:add_)?event\((?:[\w.]*db, |\s)*\"([a-z_]+)\"", text)
    }
    # What the state machine tells of a document, and its edits, are events by their names alone.
    kinds |= {*FOLLOW_LOOKS, "edited", "unstable"}
    assert len(kinds) > 10 and kinds <= {kind.name for kind in EVENTS if kind.zh and kind.en}


def test_room_and_terminal_have_words_for_the_same_flags() -> None:
    assert set(FLAGS) == set(WORDS["flag"])


def test_every_flag_that_a_reader_sets_has_words() -> None:
    sources = "".join(
        path.read_text("utf-8")
        for part in ("extract", "attach", "trust")
        for path in (HOME / "archive" / part).rglob("*.py")
    )
    set_there = re.findall(r"(?i)flags? ?(?:=|\+=|,) ?[\[(]?(?:\*?[\w.]*flags, )?\"([a-z_0-9]+)\"", sources)
    set_there += re.findall(r"(?i)flags, \"([a-z_0-9]+)\"", sources)
    no_flags = {"empty", "media_type"}  # said of a list, which is no document; a column
    assert len(set_there) > 10 and set(set_there) - no_flags <= set(FLAGS)


@pytest.mark.parametrize("name", TEMPLATES)
def test_templates_bring_no_script_and_nothing_from_elsewhere(name: str) -> None:
    assert not re.search(r"<script|\son\w+=|style=|javascript:|https?://|\|\s*safe(?!\s*\})", TEMPLATES[name])
