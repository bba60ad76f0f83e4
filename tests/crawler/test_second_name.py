"""``scrapy watch --second-name``: what a site shows to our other name, and that it counts for nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler import plain_user_agent, user_agent
from crawler.second_name import MOST, Difference, difference
from tests.crawler.watching import HOME, Done, Ground, sums_agree
from tests.replicas import Exchange, Replicas

HONEST, CLOAKED, CLOSED = "www.chinanews.com.cn", "www.miit.gov.cn", "www.most.gov.cn"
CONTACT = "https://archive.example/about"


@pytest.mark.parametrize(
    ("first", "again", "second", "expected"),
    [
        pytest.param("甲 乙", "甲 乙", "甲 乙", None, id="the same page"),
        pytest.param("甲 今日第一条", "甲 今日第二条", "甲 今日第三条", Difference(second_only=("今日第三条",)), id="changes"),
        pytest.param("甲 访问3次", "甲", "甲", None, id="a line that was there once"),
        pytest.param("甲 乙", "甲 乙", "甲", Difference(first_only=("乙",)), id="a line is missing"),
        pytest.param("甲", "甲", "甲 博彩", Difference(second_only=("博彩",)), id="a line more"),
        pytest.param("甲 丙", "甲 丁", "甲 丙", None, id="as once under the first name"),
        pytest.param("", "", "", None, id="nothing"),
    ],
)  # fmt: skip
def test_only_lines_that_one_name_alone_was_shown_differ(
    first: str, again: str, second: str, expected: Difference | None
) -> None:
    assert difference(first.split(), again.split(), second.split()) == expected


def test_both_names_say_who_we_are_and_only_one_begins_as_browsers_do() -> None:
    names = user_agent(CONTACT), plain_user_agent(CONTACT)
    assert all("yuanben/" in name and f"+{CONTACT}" in name for name in names)
    assert [name.startswith("Mozilla/") for name in names] == [True, False]
    assert "no-contact-given" in plain_user_agent(" ")


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Ground, Done, list[Exchange]]]:
    """Three sites: one the same for all, one with another page for the plain name, one that refuses it."""
    with Replicas() as replicas:
        replicas.mode(CLOAKED, "soft404", plain=True)
        replicas.mode(CLOSED, "403", plain=True)
        ground = Ground(replicas, tmp_path_factory.mktemp("named") / "a.db")
        words = ("watch", "chinanews", "miit", "most", "--limit", "4", "--second-name", "--json")
        yield ground, ground.run(*words), replicas.requests()


Watched = tuple[Ground, Done, list[Exchange]]


def test_a_few_articles_of_each_site_are_asked_for_again_under_the_other_name(watched: Watched) -> None:
    _, done, log = watched
    assert done.code == 0, done.err
    plain = [exchange for exchange in log if not exchange.header("User-Agent").startswith("Mozilla/")]
    assert {exchange.header("User-Agent").partition("/")[0] for exchange in plain} == {"yuanben"}
    assert all(sum(one.host.startswith(host) for one in plain) == MOST for host in (HONEST, CLOAKED, CLOSED))


def test_a_page_that_differs_is_an_event_that_names_its_capture(watched: Watched) -> None:
    ground, *_ = watched
    events = ground.rows("select site, details from events where kind = 'names_differ'")
    assert [row["site"] for row in events].count("miit") == MOST
    assert [row["site"] for row in events].count("most") == MOST and len(events) == 2 * MOST
    for row in events:
        said = json.loads(row["details"])
        url, flags = ground.rows("select url, flags from captures where id = ?", [said["capture"]])[0]
        assert url == said["url"] and json.loads(flags) == ["second_name"]
        assert said["status"] == (403 if row["site"] == "most" else 0)
        assert bool(said["first_only"]) is (row["site"] == "miit")


def test_what_the_other_name_was_shown_is_kept_and_no_look_at_the_document(watched: Watched) -> None:
    ground, done, _ = watched
    sums_agree(ground)
    rows = ground.rows(
        "select r.outcome, r.reason, r.document, r.version, c.payload from captures c join readings r on r.capture = c.id "
        "where c.flags like '%second_name%'"
    )
    assert len(rows) == 3 * MOST
    assert {(row["outcome"], row["reason"]) for row in rows} == {
        ("quarantined", "second_name"),
        ("blocked", "http 403"),
    }
    assert all(row["document"] is None and row["version"] is None and row["payload"] for row in rows)
    assert set(ground.column("select state from documents")) == {"live"}
    assert ground.one("select max(versions) from documents") == 1
    assert {one["site"]: one["verdict"] for one in done.json["crawls"]} == dict.fromkeys(
        ("chinanews", "miit", "most"), "OK"
    )


def test_an_archive_with_second_looks_is_sound_and_reading_again_changes_nothing(watched: Watched) -> None:
    ground, *_ = watched
    again = ground.run("reread", "--dry-run")
    assert again.code == 0 and "0 " in again.out + again.err, again.out + again.err
    words = [str(Path(sys.executable).with_name("yuanben")), "verify", "--all", "--archive", str(ground.path)]
    done = subprocess.run(words, cwd=HOME, capture_output=True, text=True, env=dict(ground.environment()))
    assert done.returncode == 0, done.stdout + done.stderr


def test_without_the_option_nobody_is_asked_under_another_name(tmp_path: Path) -> None:
    with Replicas() as replicas:
        done = Ground(replicas, tmp_path / "a.db").run("watch", "most", "--limit", "2")
        assert done.code == 0, done.err
        assert {exchange.header("User-Agent")[:12] for exchange in replicas.requests()} == {"Mozilla/5.0 "}
