"""Small plots as numbers: where bars, marks and spans stand. Pure; the templates draw them as inline SVG."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from archive.clock import seconds_between

SEEN = ("new", "changed", "unchanged", "not_modified")
DOUBTED = ("quarantined", "unreadable")
_LEAST_STEP = 3.0
_MANY_MARKS = 600
_LEAST_MONTHS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar: its place from the left and from the top, and what it stands for."""

    x: float
    y: float
    width: float
    height: float
    label: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """Bars of one height scale. ``most`` is the count of the highest."""

    bars: tuple[Bar, ...]
    width: int
    height: int
    most: int

    @property
    def total(self) -> int:
        """Return what the bars stand for together."""
        return sum(bar.count for bar in self.bars)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One look at a document: ``kind`` is seen, gone, doubt or error. ``has_page``: what came can be looked at."""

    x: float
    kind: str
    at: str
    outcome: str
    capture: int = 0
    has_page: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of time: over it every look showed one version, or none showed the document (``number`` 0)."""

    x: float
    width: float
    number: int
    start: str
    end: str | None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """What was seen of a document, on one line. Between two looks nothing is known."""

    width: int
    marks: tuple[Mark, ...]
    versions: tuple[Span, ...]
    gaps: tuple[Span, ...]
    start: str
    end: str
    asked: float | None = None

    @property
    def kinds(self) -> list[str]:
        """Return the kinds of looks there are, for a legend."""
        there = {mark.kind for mark in self.marks}
        return [kind for kind in ("seen", "gone", "doubt", "error") if kind in there]


def bars(counts: Sequence[tuple[str, int]], *, width: int = 360, height: int = 72) -> Bars:
    """Return a bar for each label; what is more than nothing is never too low to be seen."""
    most = max((count for _, count in counts), default=0)
    step = width / max(1, len(counts))
    made = []
    for position, (label, count) in enumerate(counts):
        high = max(2.0, height * count / most) if count else 0.0
        made.append(
            Bar(x=round(position * step, 2), y=round(height - high, 2), width=round(max(1.0, step - 1.5), 2),
                height=round(high, 2), label=label, count=count)
        )  # fmt: skip
    return Bars(bars=tuple(made), width=width, height=height, most=most)


def by_month(counts: Mapping[str, int], last: str, months: int) -> list[tuple[str, int]]:
    """Return the counts of so many months up to ``last``, from the first year on that has any."""
    dated = [(month, counts.get(month, 0)) for month in _months_before(last, months)]
    used = max((at for at, (_, count) in enumerate(dated, 1) if count), default=0)
    return dated[: max(_LEAST_MONTHS, used)][::-1]


def _months_before(last: str, months: int) -> Iterator[str]:
    year, month = int(last[:4]), int(last[5:7])
    for _ in range(months):
        yield f"{year:04}-{month:02}"
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)


def timeline(
    looks: Sequence[Mapping[str, Any]],
    gaps: Iterable[Mapping[str, Any]],
    *,
    asked: str | None = None,
    width: int = 640,
) -> Timeline | None:
    """Return a document's looks (oldest first, with ``captured_at``, ``outcome``, ``version``) on one line.

    ``asked`` is the moment as of which the document is shown: marked where it lies between the first look and the last.
    """
    if not looks:
        return None
    start, end = looks[0]["captured_at"], looks[-1]["captured_at"]
    length = seconds_between(start, end)

    def place(at: str) -> float:
        share = seconds_between(start, at) / length if length else 0.5
        return round(12 + (width - 24) * min(1.0, max(0.0, share)), 1)

    return Timeline(
        width=width,
        marks=tuple(_thinned([_mark(look, place(look["captured_at"])) for look in looks])),
        versions=tuple(_versions(looks, place)),
        gaps=tuple(_gap(gap, place, end) for gap in gaps),
        start=start,
        end=end,
        asked=place(asked) if asked and start <= asked <= end else None,
    )


def _mark(look: Mapping[str, Any], x: float) -> Mark:
    outcome = look["outcome"]
    kind = "doubt" if outcome in DOUBTED else "gone" if outcome == "gone" else "error"
    return Mark(
        x=x,
        kind="seen" if outcome in SEEN else kind,
        at=look["captured_at"],
        outcome=outcome,
        capture=look.get("capture") or 0,
        has_page=bool(look.get("has_page")),
    )


def _thinned(marks: Sequence[Mark]) -> Iterator[Mark]:
    """Leave out looks that showed the document and stand where another such mark stands already.

    Of very many looks, the others too where one of their kind stands: ten thousand failed looks are no plot.
    """
    thin = {"seen"} if len(marks) <= _MANY_MARKS else {mark.kind for mark in marks}
    last: dict[str, float] = {}
    for mark in marks:
        if mark.kind not in thin or mark.x - last.get(mark.kind, -_LEAST_STEP) >= _LEAST_STEP:
            last[mark.kind] = mark.x
            yield mark


def _versions(looks: Sequence[Mapping[str, Any]], place: Any) -> Iterator[Span]:
    seen = [look for look in looks if look["version"]]
    for number, run in groupby(seen, key=lambda look: look["version"]):
        ats = [look["captured_at"] for look in run]
        x, until = place(ats[0]), place(ats[-1])
        yield Span(x=x - 3, width=round(until - x + 6, 1), number=number, start=ats[0], end=ats[-1])


def _gap(gap: Mapping[str, Any], place: Any, end: str) -> Span:
    x, until = place(gap["from"]), place(gap["to"] or end)
    return Span(
        x=x,
        width=round(max(4.0, until - x), 1),
        number=0,
        start=gap["from"],
        end=gap["to"],
        reason=gap["reason"],
    )
