"""Intervals over which a document was not seen: what is a look, and what only a try of one."""

from __future__ import annotations

import pytest

from archive.store.read.health import gaps
from tests.archive.desk import Desk, html

SEEN_AGAIN = "2026-04-03T00:02:00"


@pytest.mark.parametrize(
    ("failed", "begun"),
    [
        pytest.param(["2026-04-03T00:01:59"], 0, id="made up for a second later"),
        pytest.param(["2026-04-03T00:00:10", "2026-04-03T00:01:00"], 0, id="the third try came"),
        pytest.param(["2026-04-02T23:30:00"], 0, id="half an hour earlier"),
        pytest.param(["2026-04-02T12:00:00"], 1, id="half a day earlier"),
        pytest.param(["2026-04-02T00:00:00", "2026-04-03T00:01:59"], 1, id="a day earlier, too"),
    ],
)
def test_a_try_that_another_one_made_up_for_is_no_gap(failed: list[str], begun: int) -> None:
    desk = Desk()
    desk.see(html(), "2026-04-01T00:00:00")
    for at in failed:
        desk.see(None, at, error="timeout")
    desk.see(html(), SEEN_AGAIN)
    found = gaps(desk.db, desk.one("select id from documents"))
    assert len(found) == begun
    assert all(one["from"][:10] == "2026-04-01" and one["to"][:10] == "2026-04-03" for one in found)
