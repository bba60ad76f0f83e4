"""When to look again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.revisit import (
    DAY,
    HOUR,
    LONGEST,
    LONGEST_OF_LIST,
    SHORTEST,
    Past,
    list_gap,
    next_gap,
    rate,
    within_budget,
)
from tests.bench.revisit import at_budget, is_better, replay, stories

SECONDS = st.floats(0, 3000 * DAY)


@given(SECONDS, SECONDS, st.lists(SECONDS, max_size=8))
def test_every_past_gives_a_gap_within_bounds(age: float, first: float, changes: list[float]) -> None:
    past = Past(age=age, first=first, changes=tuple(sorted(changes)))
    assert SHORTEST <= next_gap(past) <= LONGEST and rate(past) > 0


@given(SECONDS, st.floats(1, 3000 * DAY))
def test_a_page_that_does_not_change_is_never_looked_at_sooner_than_before(age: float, more: float) -> None:
    assert next_gap(Past(age=age + more)) >= next_gap(Past(age=age))


@pytest.mark.parametrize(
    ("sooner", "later"),
    [
        pytest.param(Past(age=HOUR), Past(age=30 * DAY), id="young before old"),
        pytest.param(Past(age=30 * DAY, changes=(29.9 * DAY,)), Past(age=30 * DAY), id="just edited before not"),
        pytest.param(Past(age=90 * DAY, changes=(20 * DAY, 40 * DAY, 60 * DAY)), Past(age=90 * DAY, changes=(60 * DAY,)),
                     id="kept up to date before edited once"),
        pytest.param(Past(age=900 * DAY, first=899 * DAY), Past(age=900 * DAY), id="hardly watched before long watched"),
    ],
)  # fmt: skip
def test_what_is_more_likely_to_change_comes_first(sooner: Past, later: Past) -> None:
    assert rate(sooner) > rate(later) and next_gap(sooner) <= next_gap(later)


@given(st.integers(0, 40), st.floats(0, 400 * DAY), st.data())
def test_a_list_is_asked_within_bounds(looks: int, watched: float, data: st.DataObject) -> None:
    changed = data.draw(st.integers(0, looks))
    assert SHORTEST <= list_gap(looks, changed, watched) <= LONGEST_OF_LIST
    if changed:
        assert list_gap(looks, changed, watched) <= list_gap(looks, changed - 1, watched)


@pytest.mark.parametrize(
    ("booked", "expected"),
    [pytest.param(0, DAY, id="free"), pytest.param(10, DAY, id="full"), pytest.param(30, 3 * DAY, id="three days' worth")],
)  # fmt: skip
def test_a_full_day_makes_gaps_longer(booked: int, expected: float) -> None:
    assert within_budget(DAY, booked=booked, a_day=10) == expected


def test_the_simulation_is_the_same_for_the_same_seed_and_counts_every_edit() -> None:
    told = stories(40, 5)
    assert told == stories(40, 5) != stories(40, 6)
    _, missed, delays = replay(told, lambda story, at, seen: HOUR, 1.0)
    assert missed + len(delays) == sum(len(story.edits) for story in told)
    assert max(delays) <= HOUR


def test_ours_misses_less_and_is_faster_than_fixed_and_ladder_at_the_same_budget() -> None:
    told = stories(150, 7)
    results = [at_budget(name, told, 30 * len(told)) for name in ("fixed", "ladder", "ours")]
    assert all(0.9 * 30 * len(told) <= one.requests <= 30 * len(told) for one in results)
    assert is_better(results)
