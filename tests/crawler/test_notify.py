"""``--notify``: a command of somebody's, given one JSON document at a time."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from archive.model import Verdict
from archive.store.file.withheld import withhold
from archive.store.schedule.crawls import Finding
from crawler.commands import watch
from crawler.run import Run
from tests.archive.desk import Desk, clock, html, replaced


@pytest.fixture
def run() -> Run:
    desk = Desk()
    desk.see(html(), "2026-04-01T08:00:00")
    desk.see(html(*replaced("应当", "可以")), "2026-04-02T08:00:00")
    lost = Finding(reason="empty_list", says="no row leads to an article")
    desk.archive.end_crawl(desk.crawl, Verdict.WARN, [], findings=[lost], is_judged=lambda reason, url: True)
    return cast(Run, SimpleNamespace(archive=desk.archive, crawls={"bureau": desk.crawl}))


def test_each_finding_and_change_is_one_document_on_stdin_the_weightiest_first(
    run: Run, tmp_path: Path
) -> None:
    told = tmp_path / "told"
    assert watch.notify(run, f"cat >> {told}; echo >> {told}") == 0
    documents: list[dict[str, Any]] = [json.loads(line) for line in told.read_text("utf-8").splitlines()]
    assert [one["kind"] for one in documents] == ["finding_opened", "edited"]
    assert documents[1]["edits"][0] | {"before": "", "after": ""} == {
        "matter": "modal", "before": "", "old": "应当", "new": "可以", "after": ""
    }  # fmt: skip


def test_what_comes_into_force_by_the_calendar_belongs_to_the_first_run_after_it(tmp_path: Path) -> None:
    """Nothing was captured that day; who is only notified by a command would never hear of it."""
    desk = Desk()
    coming = replaced("本通知自印发之日起施行，有效期三年", "本通知自2026年5月1日起施行，有效期三年")
    desk.see(html(*coming), "2026-04-01T08:00:00")
    desk.archive.settle("bureau")
    told = tmp_path / "told"
    heard = []
    for at in ("2026-04-20", "2026-05-02", "2026-05-03"):
        desk.archive.clock = clock(f"{at}T01:00:00.000Z")
        crawl = desk.archive.begin_crawl("bureau", "watch")
        told.write_text("", "utf-8")
        run = cast(Run, SimpleNamespace(archive=desk.archive, crawls={"bureau": crawl}))
        assert watch.notify(run, f"cat >> {told}; echo >> {told}") == 0
        heard.append([json.loads(line) for line in told.read_text("utf-8").splitlines()])
        desk.archive.end_crawl(crawl, Verdict.OK, [])
    assert [[one["kind"] for one in pieces] for pieces in heard] == [[], ["standing_changed"], []]
    (piece,) = heard[1]
    assert piece["details"]["to"] == "in_force" and piece["at"] == "2026-04-30T16:00:00.000Z"


def test_a_command_that_fails_is_said_and_kept(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert watch.notify(run, "exit 3") == 2
    assert "the command ended with 3" in capsys.readouterr().err
    rows = run.archive.db.execute("select count(*) from events where kind = 'notify_failed'").fetchone()
    assert rows[0] == 2


def test_a_command_that_hangs_is_given_up(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "PATIENCE", 0.2)
    assert watch.notify(run, "sleep 5") == 2


def test_nothing_withheld_is_handed_over(run: Run, tmp_path: Path) -> None:
    told = tmp_path / "told"
    with run.archive.writing():
        withhold(run.archive.db, 1, reason="an order", by="us", at="2026-04-03T00:00:00.000Z")
    assert watch.notify(run, f"cat >> {told}; echo >> {told}") == 0
    kinds = [json.loads(line)["kind"] for line in told.read_text("utf-8").splitlines()]
    assert kinds == ["finding_opened"]
