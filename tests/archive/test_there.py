"""What the looks at another address say of a text that its own address no longer shows."""

from __future__ import annotations

import pytest

from archive.state import Look, Sight
from archive.store.write.looks import _elsewhere

SIGHTS = {"shown": Sight.SHOWN, "same": Sight.SAME, "gone": Sight.GONE, "failed": Sight.FAILED}


@pytest.mark.parametrize(
    ("seen", "stands"),
    [
        ("shown same", True),
        ("shown gone", False),
        ("shown gone same", True),
        ("shown same gone gone same", True),
        ("shown gone same gone", False),
        ("shown gone failed", False),
        ("gone same", False),
    ],
)
def test_a_304_after_an_absence_shows_what_was_shown_before(seen: str, stands: bool) -> None:
    looks = [
        Look(
            at=f"2026-04-{day:02}T00:00:00.000Z",
            capture=day,
            sight=SIGHTS[name],
            key="a text" if name == "shown" else None,
        )
        for day, name in enumerate(seen.split(), 1)
    ]
    assert (_elsewhere("https://www.bureau.example/a/new.html", looks)[-1].key == "a text") is stands
