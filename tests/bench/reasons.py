"""Why a reading differs from the labelled text: which lines are missing, which are too many."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from tests.bench.measures import squash

_RUN = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line on one side only (``-``: of the labelled text, ``+``: of the reading); ``more`` like it follow."""

    sign: str
    text: str
    more: int = 0


def differing_lines(gold: str, text: str) -> list[Line]:
    """Return the lines of either text that the other does not hold, neighbours as one, the longest runs first."""
    found = [("-", run) for run in _runs(gold, squash(text))] + [
        ("+", run) for run in _runs(text, squash(gold))
    ]
    found.sort(key=lambda each: -sum(map(len, each[1])))
    return [Line(sign=sign, text=run[0], more=len(run) - 1) for sign, run in found]


def _runs(text: str, other: str) -> list[list[str]]:
    """Return the runs of neighbouring lines of ``text`` that ``other`` holds less than four fifths of, or less often."""
    runs: list[list[str]] = [[]]
    seen: Counter[str] = Counter()
    for line in filter(None, map(squash, text.splitlines())):
        seen[line] += 1
        if _held(line, other) < 0.8 or (seen[line] > 1 and other.count(line) < seen[line]):
            runs[-1].append(line)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _held(line: str, other: str) -> float:
    if line in other:
        return 1.0
    pieces = [line[at : at + _RUN] for at in range(max(1, len(line) - _RUN + 1))]
    return sum(piece in other for piece in pieces) / len(pieces)
