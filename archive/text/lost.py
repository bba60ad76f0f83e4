"""Where bytes were damaged, and what may have stood there.

A damaged run begins with the mark of a byte that lost its partner (``?``) and goes on with characters made of
the halves of two neighbours, until a letter stands for a second byte (``l``, ``Q``, ``_``) or another ``?``
brings the bytes back into step. Read in step again it must be likelier Chinese than what it shows; otherwise
it is no damage.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from archive.text.characters import CJK
from archive.text.fold import without
from archive.text.forward import character_of
from archive.text.glosses import gloss_spans
from archive.text.language import Likelihood, is_everyday, likelier
from archive.text.lattice import (
    Path,
    Slot,
    best_paths,
    first_unknown,
    lost_pair,
    lost_pair_before,
    second_unknown,
)
from archive.text.readings import is_reading
from archive.text.runs import Run, runs

MARK = "□"
_CANDIDATES = 8
_GAIN = 1.0
_MARGIN = 4.0  # nats; at 4 no written character of 90 runs was wrong, at 0 six of 100 were
_LONGEST_TORN = 40
_MOST_RUNS = 100  # a page has a dozen; more is somebody's bomb
_IDEOGRAPH = re.compile(f"[{CJK}]")


_Way = tuple[list[Slot], list[Path]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """One damaged run: where it is in the text it was found in, and what may have stood there, best first.

    ``sketch`` is the run with □ for what no rule determines; without a □ one reading only fits the bytes.
    """

    start: int
    end: int
    sketch: str
    candidates: tuple[str, ...]


def lost_runs(text: str) -> list[Lost]:
    """Return the damaged runs of a text, in order. Ranking is by likelihood and proves nothing."""
    shapes = list(islice(runs(text), _MOST_RUNS))
    if not shapes:
        return []
    # A run must not bear witness for itself.
    rest = without(text, [(run.start, run.end) for run in shapes])
    glosses = gloss_spans(rest)
    likelihood = Likelihood(without(rest, glosses))
    found = (_lost(text, run, likelihood, bool(glosses)) for run in shapes)
    return [lost for lost in found if lost]


def _lost(text: str, run: Run, likelihood: Likelihood, is_glossed: bool) -> Lost | None:
    after = run.tail or text[run.end : run.end + 1]
    whole, torn = (
        [(slots, best_paths(slots, run.before, after, likelihood)) for slots in ways]
        for ways in (_in_step(run), _with_lost_pair(run))
    )
    ways = [way for way in whole + torn if all(map(is_everyday, way[1][0].text))] or whole + torn
    paths = sorted((path for _, found in ways for path in found), key=lambda path: -path.score)
    if not paths or not _is_damage(text, run, paths[0], likelihood, is_glossed):
        return None
    tail = run.tail or MARK * (run.swallowed and text[run.end : run.end + 1].isdigit())
    candidates = dict.fromkeys(path.text + tail for path in paths)
    return Lost(
        start=run.start,
        end=run.end,
        sketch=_sketch([way for way in whole if way in ways], [way for way in torn if way in ways]) + tail,
        candidates=tuple(candidates)[:_CANDIDATES],
    )


def _in_step(run: Run) -> list[list[Slot]]:
    """Return the slots of a run that lost nothing but what is seen, for each way it may begin."""
    if not run.heads:
        return _complete(run, [first_unknown(run.known[0]), *_paired(run.known[1:], run.is_open)])
    return [
        slots
        for head in run.heads
        for slots in _complete(run, _paired(bytes([head]) + run.known, run.is_open))
    ]


def _with_lost_pair(run: Run) -> list[list[Slot]]:
    """Return the slots of a run from which one pair of bytes disappeared, for each place it may have had."""
    begun: list[tuple[list[Slot], bytes]] = [([], bytes([head]) + run.known) for head in run.heads]
    begun = begun or [([first_unknown(run.known[0])], run.known[1:])]
    return [slots for first, stream in begun for slots in _torn(run, first, stream)]


def _torn(run: Run, first: list[Slot], stream: bytes) -> Iterator[list[Slot]]:
    for at in range(0, min(len(stream) - 1, _LONGEST_TORN), 2):
        torn = lost_pair(stream[at], stream[at + 1])
        rest = _paired(stream[at + 2 :], run.is_open)
        yield from _complete(run, [*first, *_paired(stream[:at], False), torn, *rest])
    if run.is_open and run.reading and len(stream) % 2:
        torn = lost_pair_before(stream[-1], run.reading)
        yield from _complete(run, [*first, *_paired(stream[:-1], False), torn])


def _paired(stream: bytes, is_open: bool) -> list[Slot]:
    whole = len(stream) // 2 * 2
    pairs = [character_of(stream[i], stream[i + 1]) for i in range(0, whole, 2)]
    slots: list[Slot] = [[pair] if pair else [] for pair in pairs]
    return [*slots, second_unknown(stream[-1])] if is_open and whole < len(stream) else slots


def _complete(run: Run, slots: list[Slot]) -> list[list[Slot]]:
    if run.reading and slots:
        last = [piece for piece in slots[-1] if is_reading(piece[-1], run.reading)]
        everyday = set(likelier({piece[-1] for piece in last}))
        slots = [*slots[:-1], [piece for piece in last if piece[-1] in everyday]]
    return [slots] if slots and all(slots) else []


def _is_damage(text: str, run: Run, best: Path, likelihood: Likelihood, is_glossed: bool) -> bool:
    if not any(map(is_everyday, best.text)):
        return False
    shown = "".join(_IDEOGRAPH.findall(text[run.start : run.end]))
    if len(shown) < 2:
        return is_glossed or not run.swallowed or text[run.end].isdigit()
    gain = best.score / len(best.text) - likelihood.log(shown, "") / len(shown)
    return gain > _GAIN


def _sketch(whole: list[_Way], torn: list[_Way]) -> str:
    """Return what the bytes determine, provided that a reading without a vanished pair is far the likelier."""
    rival = max((paths[0].score for _, paths in torn), default=-math.inf)
    best = max((paths[0].score for _, paths in whole), default=-math.inf)
    if len(whole) == 1 and best > rival + _MARGIN and all(map(is_everyday, whole[0][1][0].text)):
        return "".join(slot[0] if len(slot) == 1 else MARK for slot in whole[0][0])
    likeliest = max(whole + torn, key=lambda way: way[1][0].score)
    return MARK * len(likeliest[1][0].text)
