"""Readings in brackets that copying sites put after characters: 工業(yè), 新(xin), 实施【shī】, 经(💷)济.

A group counts when it says how the character before it is read; what merely looks like pinyin, as in
无线局域网(wifi), does not. A page must show three such groups on everyday characters before any is taken for
damage: nobody tells a Chinese reader how 業 is read, but 饕(tāo)餮(tiè) may stand in the original.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from archive.text.characters import CJK, script_table
from archive.text.readings import is_reading

_SPACE = r"[ \t\u00a0\u3000]"
_EMOJI = (
    "\u00a9\u00ae\u203c\u2049\u20e3\u2122\u2139\u2190-\u21ff\u231a-\u23ff\u25aa-\u25fe\u2600-\u27bf"
    "\u2900-\u297f\u2b00-\u2bff\ufe0f\u200d\U0001f000-\U0001faff"
)
_OPEN, _CLOSE = r"[(（【\[]", r"[)）】\]]"
_EMOJI_GROUP = rf"{_OPEN}{_SPACE}{{0,3}}[{_EMOJI}]{{1,8}}{_SPACE}{{0,3}}{_CLOSE}"
_GROUP = re.compile(
    rf"{_OPEN}{_SPACE}{{0,3}}(?:([^\W0-9_{CJK}]{{1,8}}[0-5]?){_SPACE}{{0,3}}(?:{_EMOJI_GROUP})?|[{_EMOJI}]{{1,8}})"
    rf"{_SPACE}{{0,3}}{_CLOSE}"
)
_IDEOGRAPH = re.compile(f"[{CJK}]")
_GAP_AFTER = re.compile(rf"{_SPACE}{{1,3}}(?=[{CJK}])")
_CHARACTERS_PER_GROUP = 200

Span = tuple[int, int]


def gloss_spans(text: str, fewest: int = 3) -> list[Span]:
    """Return the spans of the glosses in a text, in order; none when the page shows fewer than ``fewest``.

    The white space that one kind of copier leaves behind its brackets belongs to the span. Does not say that
    the text between the glosses is right.
    """
    if not _GROUP.search(text):
        return []
    found = list(_verified(text))
    evident = sum(_is_everyday(text[base]) for base, _ in found if base is not None)
    if evident < fewest or evident * _CHARACTERS_PER_GROUP < len(_IDEOGRAPH.findall(text)):
        return []
    gaps = {end: gap.end() for _, (_, end) in found if (gap := _GAP_AFTER.match(text, end))}
    spaced = len(gaps) * 2 >= len(found)
    wide = {end for end, after in gaps.items() if after - end > 1}
    return [
        (start, gaps[end] if end in gaps and (spaced or end in wide) else end) for _, (start, end) in found
    ]


def _verified(text: str) -> Iterator[tuple[int | None, Span]]:
    base, expected = -1, -1
    for group in _GROUP.finditer(text):
        start, end = group.span()
        if start != expected:
            base = start - 1
        if group[1] is None:
            yield None, (start, end)
            expected = end
        elif base >= 0 and _IDEOGRAPH.match(text[base]) and is_reading(text[base], group[1]):
            yield base, (start, end)
            expected = end


def _is_everyday(character: str) -> bool:
    """Say whether a character is one of the 3,755 of GB 2312's first level, in either script."""
    try:
        return script_table().get(character, character).encode("gb2312")[0] < 0xD8
    except UnicodeEncodeError:
        return False
