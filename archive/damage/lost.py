"""Where bytes were damaged, and what may have been there.

A damaged run begins with the mark of a byte that lost its partner (``?``) and goes on with characters made of the
halves of two neighbours, until a letter takes the place of a second byte (``l``, ``Q``, ``_``) or another ``?`` brings
the bytes back into step. Read in step again, it must be likelier Chinese than what it shows; otherwise it is no damage.

``Run`` holds such a run as bytes: how it begins, what is known of it, and how it comes back into step.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from archive.damage.conversion import (
    Path,
    Slot,
    best_paths,
    character_of,
    first_unknown,
    lost_pair,
    lost_pair_before,
    pair_of,
    second_unknown,
)
from archive.damage.mojibake import Likelihood, is_everyday, likelier
from archive.patterns import regex
from archive.text.canonical import CJK
from archive.text.folding import without
from archive.text.glosses import characters_read, gloss_spans, is_reading

_READING = r"[a-zü\u00e0-\u01dc\u0251\u0261\u1ebd\u1e3f]{1,6}"
_START = regex(rf"[?？](?<![?？]{{2}})(?:([!！;；。]|[?？](?![?？](?!{_READING}[)）])))|({_READING})[)）])")
_ENDERS = {"!": b"\xa3\xa1", "！": b"\xa3\xa1", "?": b"\xa3\xbf", "？": b"\xa3\xbf"}
_ENDERS |= {";": b"\xa3\xbb", "；": b"\xa3\xbb", "。": b"\xa1\xa3"}
_GLOSS = regex(rf"[(（]({_READING})[)）]")
_HALF_GLOSS = regex(rf"({_READING})[)）]")
_GLOSS_BEFORE = regex(rf"[(（]{_READING}[)）]$")
_BEFORE = regex(f"[\n{CJK}，。、；：“”《》（）,.;:%0-9)）」』]")
_FULL_WIDTH = str.maketrans(
    {",": "，", ":": "：", "(": "（", ")": "）", "!": "！", ";": "；", "-": "－", "%": "％"}
)
_LATIN = regex("[A-Za-z0-9]")
_LONGEST = 60
MARK = "□"
_CANDIDATES = 8
_GAIN = 1.0
_MARGIN = 4.0  # nats; at 4 no written character of 90 runs was wrong, at 0 six of 100 were
_LONGEST_TORN = 40
_MOST_RUNS = 100  # a page has a dozen; more is somebody's bomb
_IDEOGRAPH = regex(f"[{CJK}]")
_Way = tuple[list[Slot], list[Path]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run. ``heads``: its possible first bytes, none when nothing is known of the first.

    ``known``: the bytes after that. ``reading``: of its last character, when a gloss follows. ``is_open``: the
    second byte of the last character is lost. ``swallowed``: so is the ASCII character after it. ``tail``: the
    letter that stands after the last character and is shown as a half of one.
    """

    start: int
    end: int
    before: str
    heads: tuple[int, ...]
    known: bytes
    reading: str = ""
    is_open: bool = False
    swallowed: bool = False
    tail: str = ""


def runs(text: str) -> Iterator[Run]:
    """Find what has the shape of a damaged run. The shape alone proves nothing: 真的?！ has it too."""
    end = 0
    for start in _START.finditer(text):
        if start.start() < end:
            continue
        run = _run(text, start)
        if run is not None:
            yield run
            end = run.end


def _run(text: str, start: re.Match[str]) -> Run | None:
    at = start.start()
    if at > 0 and not _BEFORE.match(text[at - 1]):
        return None
    before = _base(text, at).strip()
    if start[1]:
        return _followed(text, start, before, (), _ENDERS[start[1]])
    pair = pair_of(before)
    heads = _inserted_after(pair[1], start[2]) if pair else ()
    return _followed(text, start, before, heads, b"") if heads else None


def _base(text: str, at: int) -> str:
    gloss = _GLOSS_BEFORE.search(text, max(0, at - 8), at)
    end = gloss.start() if gloss else at
    return text[max(0, end - 1) : end]


def _inserted_after(second: int, reading: str) -> tuple[int, ...]:
    """Return the second bytes of the characters read so whose first byte is the one given.

    Tables of readings hold everyday characters: rare ones count only where there are no others.
    """
    pairs = {c: pair for c in characters_read(reading) if (pair := pair_of(c)) and pair[0] == second}
    return tuple(sorted({pairs[c][1] for c in likelier(pairs)}))


def _followed(
    text: str, start: re.Match[str], before: str, heads: tuple[int, ...], known: bytes
) -> Run | None:
    for at in range(start.end(), min(len(text), start.end() + _LONGEST)):
        character = text[at]
        begun = Run(start=start.start(), end=at + 1, before=before, heads=heads, known=known)
        if "@" <= character <= "~":
            return _closed(text, begun, character)
        if character in "?？":
            return _opened(text, begun)
        pair = pair_of(character.translate(_FULL_WIDTH))
        if pair is None:
            return None
        if pair[1] < 0x80 and _LATIN.match(text, at + 1):
            return replace(begun, known=known + pair[:1], tail=chr(pair[1]))
        known += pair
    return None


def _closed(text: str, run: Run, letter: str) -> Run | None:
    if _LATIN.match(text, run.end):
        return None
    known = run.known + letter.encode()
    gloss = _GLOSS.match(text, run.end)
    return (
        replace(run, known=known, end=gloss.end(), reading=gloss[1]) if gloss else replace(run, known=known)
    )


def _opened(text: str, run: Run) -> Run:
    gloss = _HALF_GLOSS.match(text, run.end)
    if gloss:
        return replace(run, end=gloss.end(), reading=gloss[1], is_open=True)
    following = text[run.end : run.end + 1]
    return replace(run, is_open=True, swallowed=following not in _ENDERS and following != "")


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
