"""What Prometheus is told: read back by its own client, from the command, its file and the reading room."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from archive.model import Verdict
from archive.store.file.connection import open_for_reading
from archive.store.read.health import Metric, _exposition, exposition
from archive.store.schedule.crawls import Finding
from tests.archive.holding import Holding, Run, article, runner

parser = pytest.importorskip("prometheus_client.parser")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    holding = Holding(tmp_path / "a.db")
    holding.show(article(), "2026-04-01T00:00:00.000Z")
    lost = Finding(reason="empty_list", says="no row leads to an article")
    holding.archive.end_crawl(
        holding.crawl, Verdict.BROKEN, ["empty_list"], findings=[lost], is_judged=lambda reason, url: True
    )
    holding.close()
    return tmp_path / "a.db"


@pytest.fixture
def yuanben(path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(path, capsys)


def samples(text: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    found = parser.text_string_to_metric_families(text)
    return {
        (one.name, frozenset(one.labels.items())): one.value for family in found for one in family.samples
    }


def test_all_that_is_told_is_read_by_the_client_of_prometheus(path: Path) -> None:
    db = open_for_reading(path)
    found = samples(exposition(db, path))
    db.close()
    site = ("site", "bureau")
    assert found["yuanben_site_verdict", frozenset({site, ("verdict", "BROKEN")})] == 1
    assert found["yuanben_site_verdict", frozenset({site, ("verdict", "OK")})] == 0
    assert found["yuanben_findings_open", frozenset({site, ("reason", "empty_list")})] == 1
    assert found["yuanben_documents", frozenset({site, ("state", "live")})] == 1
    assert found["yuanben_captures_total", frozenset()] == 1
    assert found["yuanben_events_total", frozenset({("kind", "finding_opened")})] == 1
    assert found["yuanben_archive_bytes", frozenset({("file", "archive")})] == path.stat().st_size
    assert not any(name == "yuanben_site_last_healthy_timestamp_seconds" for name, _ in found)


def test_a_label_may_hold_what_ends_labels() -> None:
    text = _exposition(Metric("yuanben_x", "Says.", "gauge", (({"site": 'a"b\\c\nd'}, 1.0),)))
    assert samples(text) == {("yuanben_x", frozenset({("site", 'a"b\\c\nd')})): 1.0}


def test_the_file_is_whole_and_others_may_read_it(yuanben: Run, tmp_path: Path) -> None:
    target = tmp_path / "yuanben.prom"
    assert yuanben("metrics", "--textfile", str(target)).code == 0
    assert samples(target.read_text("utf-8")) and target.stat().st_mode & 0o777 == 0o644
    assert [one.name for one in tmp_path.glob("*.prom*")] == ["yuanben.prom"]


def test_a_file_that_no_exporter_reads_is_refused(yuanben: Run, tmp_path: Path) -> None:
    ran = yuanben("metrics", "--textfile", str(tmp_path / "yuanben.txt"))
    assert ran.code == 2 and ".prom" in ran.err


def test_the_room_tells_the_same(path: Path) -> None:
    from datasette.app import Datasette

    async def ask() -> tuple[str, str]:
        answer = await Datasette([str(path)]).client.get("/-/metrics")
        return answer.headers["content-type"], answer.text

    kind, text = asyncio.run(ask())
    assert kind == "text/plain; version=0.0.4; charset=utf-8" and samples(text)
