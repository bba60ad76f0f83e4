"""The clauses of two versions of a text set against each other: 新旧对照. Pure.

A pair says that two clauses hold the same matter, by their words. It does not say that one was made out of the
other.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import LCSseq

from archive.relations.clauses import Clause, clauses
from archive.relations.grammar import plain, squeezed

_LEAST = 0.36
_ALMOST = 0.5
_MOST_CELLS = 4_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One clause as it is compared: its path and marker, its own words, and these without marks."""

    path: str
    marker: str
    text: str
    key: str
    start: int
    end: int
    rank: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A clause of the old text beside the one of the new text that holds its matter.

    ``change``: same, amended, inserted, deleted, moved. ``is_renumbered``: the number differs.
    """

    old: Part | None
    new: Part | None
    change: str
    is_renumbered: bool = False


def aligned(old: str, new: str) -> list[Pair]:
    """Return the clauses of two texts set side by side, in the order of the new text."""
    a, b = parts(old), parts(new)
    matched = _matched(a, b)
    moved = _out_of_order(matched)
    backward = {j: i for i, j in matched.items()}
    pairs = [
        _pair(a[backward[j]], part, j in moved) if j in backward else _lone(None, part)
        for j, part in enumerate(b)
    ]
    return _with_deleted(pairs, a, matched, backward)


def parts(text: str) -> list[Part]:
    """Return what of a text is compared: its 条, or its lowest numbered parts; what stands before them is 〇."""
    found = clauses(text)
    ranked = [clause for clause in found if clause.rank == 4]
    wanted = ranked or _leaves(found)
    annexed = [clause for clause in found if clause.path.startswith("附件") and not ranked]
    chosen = (
        sorted({*wanted, *annexed}, key=lambda clause: (clause.start, clause.level)) if annexed else wanted
    )
    made = [_part(text, clause, chosen) for clause in chosen]
    head = text[: chosen[0].start].strip() if chosen else text.strip()
    if head and not ranked:
        made.insert(0, Part(path="", marker="", text=head, key=key(head), start=0, end=len(head), rank=0))
    return made


def _leaves(found: list[Clause]) -> list[Clause]:
    """Return the upper two levels of a text without 条: 一、 and （一）, each with its own words only."""
    return [clause for clause in found if clause.level <= 2]


def _part(text: str, clause: Clause, chosen: Sequence[Clause]) -> Part:
    inner = [other.start for other in chosen if clause.start < other.start < clause.end]
    end = min(inner, default=clause.end)
    words = text[clause.start : end].strip()
    body = _MARKER.sub("", plain(words), count=1)
    return Part(
        path=clause.path, marker=clause.marker, text=words, key=key(body), start=clause.start,
        end=clause.start + len(words), rank=clause.rank,
    )  # fmt: skip


_MARKER = re.compile(
    r"^(?:第\S{1,8}?[编章节条](?:之.)?|[一二三四五六七八九十百]{1,4}、|\(.{1,4}?\)|\d{1,2}[.、．])\s*"
)


def key(text: str) -> str:
    """Return a text without marks and white space, by which two clauses are the same."""
    return re.sub(r"[^\w]|_", "", squeezed(plain(text)))


def _matched(a: list[Part], b: list[Part]) -> dict[int, int]:
    """Return which clause of the old text goes with which of the new: equal ones first, then the likest in order."""
    found = _equal(a, b)
    scores = _scores(a, b, found)
    for (i, j), _ in sorted(scores.items(), key=lambda entry: (-entry[1], abs(entry[0][0] - entry[0][1]))):
        if i not in found and j not in found.values():
            found[i] = j
    return found


def _equal(a: list[Part], b: list[Part]) -> dict[int, int]:
    """Return the clauses with the same words, where these words stand once on each side or under one number."""
    count_a, count_b = Counter(part.key for part in a), Counter(part.key for part in b)
    place = {part.key: j for j, part in enumerate(b)}
    found: dict[int, int] = {}
    for i, part in enumerate(a):
        if part.key and count_a[part.key] == count_b.get(part.key) == 1:
            found[i] = place[part.key]
    by_path = {(part.path, part.key): j for j, part in enumerate(b)}
    for i, part in enumerate(a):
        j = by_path.get((part.path, part.key))
        if i not in found and j is not None and j not in found.values():
            found[i] = j
    return found


def _scores(a: list[Part], b: list[Part], found: dict[int, int]) -> dict[tuple[int, int], float]:
    taken = set(found.values())
    rest_a, rest_b = (
        [i for i in range(len(a)) if i not in found],
        [j for j in range(len(b)) if j not in taken],
    )
    scores: dict[tuple[int, int], float] = {}
    grams = {j: _grams(b[j].key) for j in rest_b}
    for i in rest_a:
        mine = _grams(a[i].key)
        for j in rest_b:
            # Most pairs have next to nothing in common: sets say so in a tenth of the time.
            if len(mine.keys() & grams[j].keys()) < 0.15 * min(len(mine), len(grams[j])):
                continue
            like = _likeness(a, b, i, j, mine, grams[j], found)
            if like >= _LEAST:
                scores[i, j] = like
    return scores


def _grams(words: str) -> Counter[str]:
    return Counter(words[at : at + 2] for at in range(len(words) - 1))


def _likeness(
    a: list[Part],
    b: list[Part],
    i: int,
    j: int,
    mine: Counter[str],
    other: Counter[str],
    found: dict[int, int],
) -> float:
    """Return how much two clauses share, with a little more for one number or one place between sure neighbours."""
    shared = sum((mine & other).values())
    least, most = sorted((sum(mine.values()), sum(other.values())))
    if not least or shared / least < 0.3:
        return 0.0
    dice = 2 * shared / (least + most)
    held = shared / least * min(1.0, least / 20)
    if 0.6 * dice + 0.25 * held + 0.24 < _LEAST:
        return 0.0
    x, y = a[i].key, b[j].key
    run = LCSseq.similarity(x, y) / max(1, min(len(x), len(y))) if len(x) * len(y) <= _MOST_CELLS else held
    like = 0.6 * dice + 0.25 * held + 0.15 * run
    near = _is_between(i, j, found)
    same = a[i].marker == b[j].marker
    return like + (0.06 if near else -0.06) + (0.03 if same else 0.0)


def _is_between(i: int, j: int, found: dict[int, int]) -> bool:
    """Say whether a pair crosses no sure pair beside it."""
    before = max((k for k in found if k < i), default=None)
    after = min((k for k in found if k > i), default=None)
    return (before is None or found[before] < j) and (after is None or found[after] > j)


def _out_of_order(matched: dict[int, int]) -> set[int]:
    """Return the new places that are not in the longest run that both texts have in one order."""
    order = [matched[i] for i in sorted(matched)]
    tails: list[int] = []
    behind: dict[int, int | None] = {}
    for j in order:
        at = bisect_left(tails, j)
        behind[j] = tails[at - 1] if at else None
        tails[at : at + 1] = [j]
    kept: set[int] = set()
    step: int | None = tails[-1] if tails else None
    while step is not None:
        kept.add(step)
        step = behind[step]
    return set(order) - kept


def _pair(old: Part, new: Part, is_moved: bool) -> Pair:
    renumbered = old.marker != new.marker
    if old.key != new.key:
        return Pair(old=old, new=new, change="amended", is_renumbered=renumbered)
    return Pair(old=old, new=new, change="moved" if is_moved else "same", is_renumbered=renumbered)


def _lone(old: Part | None, new: Part | None) -> Pair:
    return Pair(old=old, new=new, change="deleted" if new is None else "inserted")


def _with_deleted(
    pairs: list[Pair], a: list[Part], matched: dict[int, int], backward: dict[int, int]
) -> list[Pair]:
    """Return the pairs with the deleted clauses where they stood: behind the pair of the clause before them."""
    made = list(pairs)
    for i, part in enumerate(a):
        if i in matched:
            continue
        at = next((n for n, pair in enumerate(made) if i > 0 and pair.old is a[i - 1]), -1)
        made.insert(at + 1, _lone(part, None))
    return made
