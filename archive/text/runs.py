"""Damaged runs as bytes: how a run may begin, what is known of it, and how it comes back into step."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from archive.text.characters import CJK
from archive.text.forward import pair_of
from archive.text.language import likelier
from archive.text.readings import characters_read

_READING = r"[a-zü\u00e0-\u01dc\u0251\u0261\u1ebd\u1e3f]{1,6}"
_START = re.compile(
    rf"[?？](?<![?？]{{2}})(?:([!！;；。]|[?？](?![?？](?!{_READING}[)）])))|({_READING})[)）])"
)
_ENDERS = {"!": b"\xa3\xa1", "！": b"\xa3\xa1", "?": b"\xa3\xbf", "？": b"\xa3\xbf"}
_ENDERS |= {";": b"\xa3\xbb", "；": b"\xa3\xbb", "。": b"\xa1\xa3"}
_GLOSS = re.compile(rf"[(（]({_READING})[)）]")
_HALF_GLOSS = re.compile(rf"({_READING})[)）]")
_GLOSS_BEFORE = re.compile(rf"[(（]{_READING}[)）]$")
_BEFORE = re.compile(f"[\n{CJK}，。、；：“”《》（）,.;:%0-9)）」』]")
_FULL_WIDTH = str.maketrans(
    {",": "，", ":": "：", "(": "（", ")": "）", "!": "！", ";": "；", "-": "－", "%": "％"}
)
_LATIN = re.compile("[A-Za-z0-9]")
_LONGEST = 60


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
