"""Servers and pages made to hurt, kept by hand while another site is watched: each ends as it must, nobody else suffers."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.crawler.watching import Ground, sums_agree
from tests.replicas import Replicas
from tests.replicas.fault_pages import TITLE, lines

HOST = "http://fault.example"
FAULTS = {
    "attributes": "/attributes",
    "brotli bomb": "/bomb/brotli",
    "control reference": "/control_reference",
    "nested": "/nested",
    "gbk as utf-8": "/charset/gbk_as_utf8",
    "utf-8 as gbk": "/charset/utf8_as_gbk",
    "to loopback": "/redirect/literal",
    "to loopback in decimal": "/redirect/decimal",
    "to a file": "/redirect/file",
    "canonical spoof": "/canonical_spoof",
    "no date": "/no_date",
    "soft 404": "/soft404",
    "challenge": "/challenge/200",
    "spam": "/spam",
    "cookie": "/cookie",
}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Ground, dict[str, Any]]]:
    """All faults kept in one run, a healthy site watched beside it from the same server."""
    with Replicas() as replicas:
        folder: Path = tmp_path_factory.mktemp("faults")
        ground, healthy = Ground(replicas, folder / "faults.db"), Ground(replicas, folder / "healthy.db")
        beside = healthy.start("watch", "most", "--json")
        done = ground.run("keep", *(HOST + path for path in FAULTS.values()), "--json", seconds=200)
        try:
            out, err = beside.communicate(timeout=100)
        except subprocess.TimeoutExpired:
            beside.kill()
            raise
        assert beside.returncode == 0, err
        yield ground, {"done": done, "healthy": json.loads(out), "log": replicas.log()}


Kept = tuple[Ground, dict[str, Any]]


def ends(ground: Ground, fault: str) -> list[tuple[str, str]]:
    """Return outcome and reason of every capture that was made for a fault's address."""
    rows = ground.rows(
        "select r.outcome, coalesce(r.reason, '') from captures c join readings r on r.capture = c.id "
        "where c.url = ? order by c.id", [HOST + FAULTS[fault]],
    )  # fmt: skip
    return [tuple(row) for row in rows]


def latest(ground: Ground, fault: str) -> Any:
    (row,) = ground.rows("select * from latest where url = ?", [HOST + FAULTS[fault]])
    return row


def test_every_fault_has_its_outcome_and_the_sums_agree(kept: Kept) -> None:
    ground, told = kept
    assert told["done"].code in (0, 1), told["done"].err
    assert "Traceback" not in told["done"].err
    sums_agree(ground)
    assert all(ends(ground, fault) for fault in FAULTS)


def test_another_sites_crawl_goes_on_undisturbed(kept: Kept) -> None:
    _, told = kept
    (crawl,) = told["healthy"]["crawls"]
    assert crawl["verdict"] == "OK" and crawl["outcomes"]["new"] > 40


@pytest.mark.parametrize(
    "fault",
    [
        "attributes",
        "control reference",
        "nested",
        "gbk as utf-8",
        "utf-8 as gbk",
        "canonical spoof",
        "cookie",
    ],
)
def test_the_article_in_a_hostile_page_is_read_whole(kept: Kept, fault: str) -> None:
    ground, _ = kept
    assert ends(ground, fault) == [("new", "")]
    row = latest(ground, fault)
    assert row["title"] == TITLE
    assert row["text"].replace("\ufffd", "").splitlines() == list(lines())
    assert row["text"].count("\ufffd") <= (fault == "control reference")


def test_a_lie_about_the_charset_is_noted(kept: Kept) -> None:
    ground, _ = kept
    assert any("charset" in flag for flag in json.loads(latest(ground, "gbk as utf-8")["flags"]))
    assert "宸ヤ" not in latest(ground, "utf-8 as gbk")["text"]


def test_a_bomb_is_too_large_and_leaves_no_payload(kept: Kept) -> None:
    ground, _ = kept
    (end,) = ends(ground, "brotli bomb")
    assert end[0] == "failed" and end[1].startswith("too_large")
    assert ground.one("select payload from captures where url like '%/bomb/brotli'") is None
    assert ground.one("select max(length) from payloads") < 16 << 20


@pytest.mark.parametrize("fault", ["to loopback", "to loopback in decimal", "to a file"])
def test_a_redirect_to_this_machine_is_refused_and_nothing_is_sent(kept: Kept, fault: str) -> None:
    ground, told = kept
    (end,) = ends(ground, fault)
    assert end[0] == "failed" and end[1].startswith("redirect")
    refused = [
        json.loads(details) for details in ground.column("select details from events where kind = 'refused'")
    ]
    assert any(one["asked"] == HOST + FAULTS[fault] and one["reason"] for one in refused)
    assert not any(exchange.target == "/secret" for exchange in told["log"])
    assert ground.column("select 1 from captures where url like '%secret%' or url like 'file:%'") == []


def test_only_the_hosts_that_were_meant_are_contacted(kept: Kept) -> None:
    _, told = kept
    hosts = {exchange.host.partition(":")[0] for exchange in told["log"]}
    assert hosts == {"fault.example", "www.most.gov.cn"}


@pytest.mark.parametrize("fault", ["soft 404", "challenge", "spam"])
def test_what_should_not_be_trusted_is_kept_and_no_version(kept: Kept, fault: str) -> None:
    ground, _ = kept
    (end,) = ends(ground, fault)
    assert end[0] in ("gone", "blocked", "quarantined", "unreadable") and end[1]
    assert latest(ground, fault)["text"] is None
    assert ground.one("select payload from captures where url = ?", HOST + FAULTS[fault])


def test_a_page_without_a_date_is_given_none_and_a_claim_makes_no_source(kept: Kept) -> None:
    ground, _ = kept
    assert latest(ground, "no date")["published_at"] is None
    assert latest(ground, "canonical spoof")["publisher"] == "fault.example"
