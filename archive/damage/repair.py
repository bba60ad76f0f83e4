"""The repair of a copied text, as steps that can be undone.

``clean`` repairs only what is certain; on a text without damage nothing changes. Each step is a list of changes,
written down, so that each can be undone and every place found again. The spans of ``steps`` and ``removed`` lie in the
decoded input, those of ``lost`` in ``text``.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from archive.damage.holes import Hole, holes
from archive.damage.lost import Lost, lost_runs
from archive.damage.mojibake import guessed, redecoded
from archive.furniture import Block, Head, furniture
from archive.patterns import regex
from archive.text.canonical import CONTROLS
from archive.text.glosses import gloss_spans
from archive.text.script import simplified

# Not the joiners and selectors of emoji: they are seen.
_INVISIBLE = regex(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\U000e0001\U000e0020-\U000e007f]"
)
_LINE_ENDS = regex("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_CLUSTER = regex(
    r"(?s).[\u0300-\u036f\u0653-\u0655\u093c\u0b3e\u1dc0-\u1dff\u20d0-\u20ff\u3099\u309a\ufe20-\ufe2f]*"
)
_MARKUP = regex(
    r"</?(?:p|br|div|span|strong|b|i|u|em|a|img|font|h[1-6]|ul|ol|li|table|tbody|tr|td|th|center|section)"
    r"(?:\s[^<>\n]{0,300})?/?>",
    re.IGNORECASE,
)
_DEEPEST = 20
Replacements = Iterator[tuple[int, int, str]]
# Of lost bytes: what a decoder puts for them, and what their repair by another decoder looks like.
_BROKEN = regex("\ufffd+|[锟斤拷]{3,}|(?:\u00c3[\u0080-\u00bf]){2,}|[\ue000-\uf8ff]")


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


@dataclass(frozen=True, slots=True, kw_only=True)
class LostText:
    """A place of ``text`` where bytes were damaged: what was found there, and what may have stood there."""

    start: int
    end: int
    found: str
    candidates: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """A repaired text and what was done to it.

    ``holes`` are places of ``text_simplified`` where words are probably missing; nothing is put there.
    ``lost`` names the damaged bytes; where its span of ``text`` holds no □, one reading only fitted them. Title,
    date, source and author are what the page claimed: ``None`` or empty where it showed none.
    """

    head: Head
    text: str
    text_simplified: str
    steps: tuple[Step, ...]
    lost: tuple[LostText, ...]
    removed: tuple[Block, ...]
    holes: tuple[Hole, ...] = ()


def damage(text: str, plain: str | None = None) -> float:
    """Return how many places of a text are damaged, for each thousand of its characters, to two decimals.

    Counted are readings in brackets behind their characters, lost bytes, private characters and set phrases with a
    hole. 0 does not prove that a text is whole: words may be missing without a trace. ``plain`` is the text in
    Simplified characters, where that was made already.
    """
    count = (
        len(gloss_spans(text))
        + len(lost_runs(text))
        + len(_BROKEN.findall(text))
        + len(holes(simplified(text) if plain is None else plain))
    )
    return round(1000 * count / max(len(text), 1), 2)


def clean(text: str) -> Cleaned:
    """Repair a copied text. What it returns is likelier to be what was published; it is no proof of it."""
    steps: list[Step] = []
    now = text
    for name, find in _STEPS:
        steps.append(step(name, now, find(now)))
        now = taken(now, steps[-1])
    damaged = now
    found = lost_runs(damaged)
    steps.append(step("bytes", now, ((one.start, one.end, one.sketch) for one in found)))
    now = taken(now, steps[-1])
    spans = gloss_spans(now, fewest=1 if found else 3)
    steps.append(step("glosses", now, ((start, end, "") for start, end in spans)))
    now = taken(now, steps[-1])
    head, blocks = furniture(now)
    steps.append(step("furniture", now, _cuts(now, blocks)))
    removed = _in_input(text, blocks, steps[:-1])
    now = taken(now, steps[-1])
    plain = simplified(now)
    return Cleaned(
        head=head,
        text=now,
        text_simplified=plain,
        holes=holes(plain),
        steps=tuple(steps),
        lost=(*_lost_in_text(found, damaged, steps[-2:]), *_undecoded(now)),
        removed=removed,
    )


def restore(cleaned: Cleaned) -> str:
    """Return the input of ``clean``, by undoing every step."""
    text = cleaned.text
    for one in reversed(cleaned.steps):
        text = undone(text, one)
    return text


def spans_in_input(cleaned: Cleaned, index: int) -> list[tuple[int, int]]:
    """Return where the changes of one step lie in the decoded input."""
    changes = cleaned.steps[index].changes
    return _spans_before([(change.start, change.end) for change in changes], cleaned.steps[:index])


def simplified_spans(cleaned: Cleaned) -> list[tuple[int, int]]:
    """Return the places of the decoded input whose characters ``text_simplified`` writes in the other script."""
    pairs = zip(cleaned.text, cleaned.text_simplified, strict=True)
    changed = [at for at, (found, put) in enumerate(pairs) if found != put]
    return _spans_before(_runs(changed), cleaned.steps)


def _spans_before(spans: Sequence[tuple[int, int]], steps: Sequence[Step]) -> list[tuple[int, int]]:
    starts = origins((start for start, _ in spans), steps)
    ends = origins((end for _, end in spans), steps, is_end=True)
    return list(zip(starts, ends, strict=True))


def _runs(positions: list[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for at in positions:
        if runs and runs[-1][1] == at:
            runs[-1] = runs[-1][0], at + 1
        else:
            runs.append((at, at + 1))
    return runs


def _composed(text: str) -> Replacements:
    if unicodedata.is_normalized("NFC", text):
        return
    clusters = [
        (match.start(), match.end(), unicodedata.normalize("NFC", match[0]))
        for match in _CLUSTER.finditer(text)
    ]
    whole = unicodedata.normalize("NFC", text)
    yield from clusters if "".join(put for _, _, put in clusters) == whole else [(0, len(text), whole)]


def _line_ends(text: str) -> Replacements:
    return ((match.start(), match.end(), "\n") for match in _LINE_ENDS.finditer(text))


def _invisible(text: str) -> Replacements:
    yield from ((match.start(), match.end(), "") for match in _INVISIBLE.finditer(text))
    yield from ((match.start(), match.end(), "") for match in CONTROLS.finditer(text))


def _decoded(text: str) -> Replacements:
    return (
        (line.start(), line.end(), put)
        for line in re.finditer("[^\n]+", text)
        if (put := redecoded(line[0])) is not None
    )


def _markup(text: str) -> Replacements:
    """Cut tags, and those that come together where one was cut (``</<br>p>``), so that twice is once."""
    cuts = [match.span() for match in _MARKUP.finditer(text)]
    for _ in range(_DEEPEST if cuts else 0):
        ends = [0, *(end for _, end in cuts)]
        kept = [text[a:b] for a, b in zip(ends, [*(start for start, _ in cuts), len(text)], strict=True)]
        seams = [0, *accumulate(map(len, kept))]

        def origin(at: int, seams: list[int] = seams, ends: list[int] = ends) -> int:
            place = bisect_right(seams, at, hi=len(ends)) - 1
            return ends[place] + at - seams[place]

        met = [(origin(m.start()), origin(m.end() - 1) + 1) for m in _MARKUP.finditer("".join(kept))]
        if not met:
            break
        cuts = [*met, *(cut for cut in cuts if not _covers(met, cut))]
        cuts.sort()
    return ((start, end, "") for start, end in cuts)


def _covers(spans: list[tuple[int, int]], cut: tuple[int, int]) -> bool:
    at = bisect_right(spans, cut) - 1
    return at >= 0 and cut[1] <= spans[at][1]


_STEPS: tuple[tuple[str, Callable[[str], Replacements]], ...] = (
    ("line_ends", _line_ends),
    ("mojibake", _decoded),
    ("unseen", _invisible),
    ("nfc", _composed),
    ("markup", _markup),
)


def _cuts(text: str, blocks: list[Block]) -> Replacements:
    """Return the blocks as cuts, and the white space they would leave at either end of the text."""
    if not blocks:
        return
    starts = [0, *(block.end for block in blocks)]
    ends = [*(block.start for block in blocks), len(text)]
    kept = [(start, end) for start, end in zip(starts, ends, strict=True) if start < end]
    yield from ((block.start, block.end, "") for block in blocks)
    for start, end in kept:
        body = start + len(text[start:end]) - len(text[start:end].lstrip())
        yield start, body, ""
        if body < end:
            kept = [(body if at == start else at, to) for at, to in kept if at >= start]
            break
    else:
        return
    for start, end in reversed(kept):
        body = start + len(text[start:end].rstrip())
        yield body, end, ""
        if body > start:
            break


def _in_input(source: str, blocks: list[Block], before: list[Step]) -> tuple[Block, ...]:
    spans = _spans_before([(block.start, block.end) for block in blocks], before)
    return tuple(
        Block(start=start, end=end, text=source[start:end], kind=block.kind)
        for block, (start, end) in zip(blocks, spans, strict=True)
    )


def _lost_in_text(found: list[Lost], source: str, later: list[Step]) -> Iterator[LostText]:
    """Return the damaged places as places of the final text; those in removed blocks are left out."""
    shift = 0
    for one in found:
        start, end = moved(one.start + shift, later), moved(one.start + shift + len(one.sketch), later)
        shift += len(one.sketch) - (one.end - one.start)
        if start is not None and end is not None and end > start:
            found_text = source[one.start : one.end]
            yield LostText(start=start, end=end, found=found_text, candidates=one.candidates)


def _undecoded(text: str) -> Iterator[LostText]:
    for line in re.finditer("[^\n]+", text):
        guess = guessed(line[0])
        if guess is not None:
            yield LostText(start=line.start(), end=line.end(), found=line[0], candidates=(guess,))
