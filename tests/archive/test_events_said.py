"""Events are said in sentences: what was seen, and between which looks."""

from __future__ import annotations

import pytest

from archive.model.events import sentence
from archive.store.read.news import news
from tests.archive.desk import Desk

_A, _B = "2026-04-04T04:10:00.000Z", "2026-04-05T05:10:00.000Z"
_TO = "https://www.bureau.example/a/there.html"


@pytest.mark.parametrize(
    ("kind", "details", "said"),
    [("withdrawn", {"last_present": _A, "first_absent": _B}, f"no longer there: last present {_A}, first missing {_B}"),
     ("moved", {"to": _TO, "last_present": _A, "first_absent": _B},
      f"the same text was found at {_TO}: last present {_A}, first missing {_B}"),
     ("moved", {"to": None, "last_present": _A, "first_moved": _B},
      f"the same text was found at another address: last present {_A}, first sent on {_B}"),
     ("taken_back", {"kind": "withdrawn", "to": _TO, "last_present": _A, "first_absent": _B},
      f"was called withdrawn and had moved: the same text was found at {_TO}, last present {_A}, first missing {_B}"),
     ("replaced", {"last_present": _A, "first_replaced": _B},
      f"another work stands at this address: last present {_A}, first replaced {_B}"),
     ("standing_changed", {"from": "in_force", "to": "repealed", "since": "2026-04-05", "by": _TO, "reason": "repeals"},
      f"in force, now repealed, since 2026-04-05: repeals in {_TO}"),
     ("standing_changed", {"from": "in_force", "to": "in_force", "until": "2026-07-01", "before": {"until": None}, "by": _TO,
      "reason": "repeals"}, f"still in force, until 2026-07-01: repeals in {_TO}"),
     ("standing_changed", {"from": "in_force", "to": "in_force", "expires_on": "2030-04-30",
      "before": {"expires_on": "2027-04-30"}, "by": _TO, "reason": "extends"},
      f"still in force, expires 2030-04-30 (was 2027-04-30): extends in {_TO}"),
     ("standing_contradicted", {"card": "现行有效", "carded_on": "2026-04-06", "standing": "repealed", "since": "2026-04-05",
      "by": _TO, "reason": "repeals"},
      f"its card said 现行有效 on 2026-04-06, the texts held say repealed since 2026-04-05: repeals in {_TO}"),
     ("restored", {}, "there again"),
     ("quarantined", {"reason": "spam_title, spam_body"}, "spam title, spam body"),
     ("absent", {"reason": "http 404"}, "http 404"),
     ("edited", {"to_capture": 67}, "first shown by capture 67"),
     ("title_quarantined", {"said": "甲", "kept": "乙"}, "the page says “甲”, which is not believed; “乙” stays"),
     ("finding_opened", {"reason": "silent", "url": None, "says": "nothing new for 30 days"}, "nothing new for 30 days"),
     ("finding_closed", {"reason": "silent", "url": None, "says": "nothing new for 30 days", "opened_at": _A},
      f"healed, open since {_A}: nothing new for 30 days"),
     ("peer_changed", {"from_net": "a", "to": "b", "none": None}, "from net: a, to: b")],
)  # fmt: skip
def test_event_is_a_sentence(kind: str, details: dict[str, object], said: str) -> None:
    assert sentence(kind, details) == said


def test_problem_that_is_over_is_not_told_as_one_that_is_there() -> None:
    desk = Desk()
    details = {"reason": "silent", "url": None, "says": "nothing new for 30 days", "opened_at": _A}
    desk.archive.event("finding_closed", site="bureau", details=details)
    (piece,) = news(desk.db)
    assert piece.summary.startswith("healed, open since")
