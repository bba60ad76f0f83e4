"""Changes to a text that are written down, so that each can be undone and every place found again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One replacement: half-open offsets into the text the step began with, what was there, what is there now."""

    start: int
    end: int
    found: str
    put: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One kind of repair: its changes in order, none overlapping another."""

    name: str
    changes: tuple[Change, ...]


def step(name: str, text: str, replacements: Iterable[tuple[int, int, str]]) -> Step:
    """Return the step that puts the given pieces in place of spans of a text; what changes nothing is left out."""
    return Step(
        name=name,
        changes=tuple(
            Change(start=start, end=end, found=text[start:end], put=put)
            for start, end, put in sorted(replacements)
            if text[start:end] != put
        ),
    )


def taken(text: str, one: Step) -> str:
    """Return the text after a step."""
    parts, at = [], 0
    for change in one.changes:
        parts += [text[at : change.start], change.put]
        at = change.end
    return "".join([*parts, text[at:]])


def undone(text: str, one: Step) -> str:
    """Return the text before a step."""
    parts, at, shift = [], 0, 0
    for change in one.changes:
        start = change.start + shift
        parts += [text[at:start], change.found]
        at = start + len(change.put)
        shift += len(change.put) - len(change.found)
    return "".join([*parts, text[at:]])


def origins(positions: Iterable[int], steps: Sequence[Step], *, is_end: bool = False) -> list[int]:
    """Return where ascending positions of the text after some steps lie in the text before them.

    A position inside something put goes to the beginning of what was there, or as an end to its end.
    """
    there = list(positions)
    for one in reversed(steps):
        there = _before(there, one, is_end)
    return there


def _before(positions: list[int], one: Step, is_end: bool) -> list[int]:
    before, shift, at = [], 0, 0
    for position in positions:
        while at < len(one.changes) and _is_passed(one.changes[at], position - shift, is_end):
            shift += len(one.changes[at].put) - len(one.changes[at].found)
            at += 1
        change = one.changes[at] if at < len(one.changes) else None
        inside = change is not None and change.start < position - shift
        if change is None or not inside:
            before.append(position - shift)
        else:
            before.append(change.end if is_end else change.start)
    return before


def _is_passed(change: Change, position: int, is_end: bool) -> bool:
    """Say whether a position, counted as if the change had not been made, lies behind what it put."""
    behind = change.start + len(change.put)
    return position > behind or (position == behind and (bool(change.put) or not is_end))


def moved(position: int, later: Sequence[Step]) -> int | None:
    """Return where a position lies after further steps; nothing when a step took it away."""
    for one in later:
        shift = 0
        for change in one.changes:
            if change.start < position < change.end:
                return None
            if change.end > position:
                break
            shift += len(change.put) - len(change.found)
        position += shift
    return position
