"""The figures on our own pages that ``tests/floor.json`` pins: they may rise, they never fall."""

from __future__ import annotations

import json
import math
from collections.abc import Collection
from pathlib import Path
from typing import Any

from tests.bench.extractors import ours
from tests.bench.labelled import labelled_pages
from tests.bench.measures import figures, score

FLOOR = Path(__file__).resolve().parents[1] / "floor.json"


def reached(names: Collection[str] = (), *, families: bool = True) -> dict[str, Any]:
    """Return what our reader reaches now on our own pages, or on those named; scores are rounded down to hold."""
    pages = [one for one in labelled_pages() if not names or one.name in names]
    scores = {one.name: score(one, ours(one.page, families=families)) for one in pages}
    whole = figures(list(scores.values()))
    return {
        "f1": _down(whole.f1),
        "f4": _down(whole.f4),
        "wrong": {
            "below_0.8": whole.below,
            "lacking": whole.lacks,
            "holding": whole.holds,
            "false_alarms": whole.distrusted,
            "broken_tables": whole.tables[1] - whole.tables[0] + whole.own_tables[1] - whole.own_tables[0],
            "invented": whole.invented,
            "not_empty": whole.empty[1] - whole.empty[0],
            **{name: of - right for name, (right, of) in whole.facts.items()},
        },
        "each": {name: _down(own.f4) for name, own in sorted(scores.items())},
    }


def fallen(floor: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """Return in words what is worse now than the floor, a page that went missing included."""
    worse = [f"{name}: {floor[name]} → {now[name]}" for name in ("f1", "f4") if now[name] < floor[name]]
    worse += [
        f"{name} wrong: {count} → {now['wrong'][name]}"
        for name, count in floor["wrong"].items()
        if now["wrong"][name] > count
    ]
    worse += [
        f"{name}: {least} → {now['each'].get(name)}"
        for name, least in floor["each"].items()
        if now["each"].get(name, -1.0) < least
    ]
    return worse


def raise_floor() -> int:
    """Write what is reached now as the floor, new pages with it, unless something fell: then say what."""
    floor = json.loads(FLOOR.read_text("utf-8")) if FLOOR.exists() else {}
    worse = [
        f"{path}: {what}"
        for path, pinned in floor.items()
        for what in fallen(pinned, reached(pinned["each"], families=path == "known"))
    ]
    if worse:
        print("\n".join(["bench: the floor stays, these fell:", *worse]))
        return 1
    now = {"known": reached(), "generic": reached(families=False)}
    FLOOR.write_text(json.dumps(now, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")
    return 0


def _down(value: float) -> float:
    return math.floor(value * 10_000) / 10_000
