"""A host that answers from another network than before is an event, and no more than that."""

from __future__ import annotations

import json

import pytest

from archive.model import Verdict
from archive.store.schedule.crawls import network_of
from tests.archive.desk import Desk, answer, html

AT = "2026-04-{:02d}T08:00:00".format


def runs(*peers: tuple[str | None, ...]) -> Desk:
    """Return the desk after one run for each group of peers, a page answered by each."""
    desk = Desk()
    for day, group in enumerate(peers, 1):
        desk = desk.reopened() if day > 1 else desk
        for hour, peer in enumerate(group):
            desk.keep(answer(html(), f"2026-04-{day:02d}T{8 + hour:02d}:00:00", peer=peer))
        desk.archive.end_crawl(desk.crawl, Verdict.OK, [])
    return desk


def events_of(desk: Desk) -> list[dict[str, object]]:
    return [json.loads(event["details"]) for event in desk.events("peer_changed")]


def test_another_network_is_told_once_with_both() -> None:
    desk = runs(("203.0.113.7",), ("203.0.113.9",), ("198.51.100.4",), ("198.51.100.5",))
    assert events_of(desk) == [
        {"host": "www.bureau.example", "networks": ["198.51.0.0/16"], "before": ["203.0.0.0/16"]}
    ]


@pytest.mark.parametrize(
    "peers",
    [
        pytest.param((("203.0.113.7",),), id="a first run"),
        pytest.param((("203.0.113.7",), ("203.0.200.1",)), id="another address of the network"),
        pytest.param((("203.0.113.7", "198.51.100.4"), ("198.51.100.9",)), id="one of several"),
        pytest.param((("203.0.113.7",), (None,)), id="no address known"),
        pytest.param((("2001:db8:1::1",), ("2001:db8:2::1",)), id="IPv6 of one network"),
    ],
)
def test_what_is_no_other_network_is_not_told(peers: tuple[tuple[str | None, ...], ...]) -> None:
    assert events_of(runs(*peers)) == []


def test_the_move_from_one_protocol_to_the_other_is_told() -> None:
    assert events_of(runs(("203.0.113.7",), ("2001:db8:1::1",)))[0]["networks"] == ["2001:db8::/32"]


@pytest.mark.parametrize("peer", ["", "no address", "203.0.113", "proxy.example"])
def test_what_is_no_address_has_no_network(peer: str) -> None:
    assert network_of(peer) is None
