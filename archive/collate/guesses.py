"""What a copy may have said before its bytes were damaged: for finding its original, never for showing."""

from __future__ import annotations

from archive.collate.key import Key, letters_only
from archive.text import fold
from archive.text.fold import without
from archive.text.glosses import gloss_spans
from archive.text.lost import lost_runs

_READINGS = 3


def readings_of(copy: Key) -> list[str]:
    """Return the folded copy with the likeliest readings of its damaged places put in, the likeliest first.

    A copy without damage has one reading: itself.
    """
    lost = lost_runs(copy.text)
    if not lost:
        return [letters_only(copy.letters)]
    readings = [_restored(copy.text, [(one.start, one.end, _nth(one.candidates, n)) for one in lost])
                for n in range(_READINGS)]  # fmt: skip
    return list(dict.fromkeys(fold(without(text, gloss_spans(text, fewest=1))) for text in readings))


def _restored(text: str, places: list[tuple[int, int, str]]) -> str:
    parts, at = [], 0
    for start, end, put in places:
        parts += [text[at:start], put]
        at = end
    return "".join([*parts, text[at:]])


def _nth(candidates: tuple[str, ...], n: int) -> str:
    return candidates[min(n, len(candidates) - 1)] if candidates else ""
