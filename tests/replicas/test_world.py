"""The invented world: a value that is the same each time, whose days are what its table says."""

from __future__ import annotations

import pytest

from .columns import DAILY
from .loom import weave
from .world import COLUMNS, World

SITES = tuple(COLUMNS)
CHANGED_ON = {
    2: {"miit/new-notice", "most/fund", "most/victim", "gov_cn/gone", "gov_cn/touched"},
    3: set[str](),
    4: {"most/victim", "most/retitled", "gov_cn/edited"},
    5: set[str](),
}


def told(day: int) -> dict[str, object]:
    """Return every piece of that day by its key."""
    return {piece.key: piece for site in SITES for piece in World(day=day).pieces(site)}


@pytest.mark.parametrize("day", CHANGED_ON)
def test_from_one_day_to_the_next_exactly_the_declared_pieces_change(day: int) -> None:
    before, after = told(day - 1), told(day)
    assert {key for key in before | after if before.get(key) != after.get(key)} == CHANGED_ON[day] | {
        f"{site}/of-day-{day}" for site in DAILY
    }


@pytest.mark.parametrize("site", SITES)
def test_every_piece_has_an_address_of_its_own(site: str) -> None:
    pieces = World(bulk=300).pieces(site)
    assert len({piece.key for piece in pieces}) == len(pieces)
    assert len({piece.number or piece.key for piece in pieces}) == len(pieces)


@pytest.mark.parametrize("site", SITES)
def test_pieces_come_newest_first_and_none_from_the_future(site: str) -> None:
    world = World(day=2)
    days = [piece.day for piece in world.pieces(site)]
    assert days == sorted(days, reverse=True)
    assert days[0] <= world.now[:10]


def test_woven_prose_is_repeatable_and_long_and_differs_from_seed_to_seed() -> None:
    texts = [weave(f"seed-{number}") for number in range(50)]
    assert texts == [weave(f"seed-{number}") for number in range(50)]
    bodies = ["".join(block for block in text.blocks if isinstance(block, str)) for text in texts]
    assert len(set(bodies)) == 50
    assert min(len(body) for body in bodies) > 300


def test_the_clock_of_the_world_goes_a_day_at_a_time() -> None:
    world = World()
    assert world.now == "2026-09-15T01:00:00.000Z"
    assert world.advance().now == "2026-09-16T01:00:00.000Z"
