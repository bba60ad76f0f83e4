"""Which characters are one character in different clothes: width, script, quotes, dashes, white space.

The tables are maps of single characters, so what they do to a text does not depend on where the text was cut.
Those of script and shape are files of ours (``archive.text.tables``), the rest is written here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

import opencc

from archive.text import tables

CJK = "㐀-䶿一-鿿豈-﫿\U00020000-\U000323af〇々"

#: Characters that are not seen: zero width, bidi controls, variation selectors, fillers, tags.
_INVISIBLE_RANGES = (
    (0x00AD, 0x00AD), (0x034F, 0x034F), (0x061C, 0x061C), (0x115F, 0x1160), (0x17B4, 0x17B5),
    (0x180B, 0x180E), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164),
    (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF9, 0xFFFB), (0xE0001, 0xE0001),
    (0xE0020, 0xE007F), (0xE0100, 0xE01EF),
)  # fmt: skip
_SPACES = " \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)
_ALIKE = {
    '"': "“”„‟«»「」〝〞〟﹁﹂",
    "'": "‘’‚‛『』﹃﹄`´",
    "-": "‐‑‒–—―─━−－﹘﹣",
    "~": "～〜∼˜",
    "·": "・•‧∙⋅･",
    ".": "．﹒",
    "。": "｡",
    "、": "､﹑",
    "…": "⋯",
    "¥": "￥",
    "《": "≪",
    "》": "≫",
    "[": "〔［",
    "]": "〕］",
    "〇": "○◯",
}


def invisible() -> frozenset[str]:
    """Return the characters that change nothing a reader sees; a joined emoji falls into its parts."""
    ranges = (range(first, last + 1) for first, last in _INVISIBLE_RANGES)
    return frozenset(chr(code) for codes in ranges for code in codes)


CONTROLS = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")


@cache
def t2s() -> opencc.OpenCC:
    """Return the one converter from Traditional to Simplified: ``t2s``, which keeps words and lengths."""
    return opencc.OpenCC("t2s")


def script_table() -> dict[str, str]:
    """Return Traditional character → Simplified character, closed under itself, 著 → 着 included.

    Merges what Simplified merges (乾, 幹 and 干): a key for comparing, never a text to show.
    """
    return tables.script()


@cache
def traditional_only() -> frozenset[str]:
    """Return the characters that only Traditional writing has: converted by ``t2s`` and not in GB 2312."""
    return frozenset(c for c in script_table() if not _in_gb2312(c))


def _in_gb2312(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


@cache
def one_width() -> dict[int, str | None]:
    """Return the translation that gives each character its one width, shape and script and drops what is unseen.

    White space becomes a space, except the tab, which separates cells, and the end of a line.
    """
    return _widths(tables.shapes())


@cache
def widths_alone() -> dict[int, str | None]:
    """Return ``one_width`` without the shapes: radicals and compatibility characters stay as they are."""
    return _widths({})


def _widths(shapes: Mapping[str, str]) -> dict[int, str | None]:
    table: dict[int, str | None] = {0xFF01 + i: chr(0x21 + i) for i in range(94)}
    table.update({ord(c): script_table().get(shown, shown) for c, shown in shapes.items()})
    table.update({ord(c): s for c, s in script_table().items()})
    table.update({ord(c): canonical for canonical, alike in _ALIKE.items() for c in alike})
    table.update({ord(c): " " for c in _SPACES if c not in "\t\n"})
    table.update({code: None for code in range(0x20) if chr(code) not in _SPACES})
    table.update({code: None for code in range(0x7F, 0xA0) if chr(code) not in _SPACES})
    table.update({ord(c): None for c in invisible()})
    # What a character is written as may itself be written otherwise: ｀ is `, which is '.
    return {code: table.get(ord(put), put) if put and len(put) == 1 else put for code, put in table.items()}


@cache
def fold_table() -> dict[int, str | None]:
    """Return ``one_width`` with units spelt out and small letters, and bare ones: ``é`` is ``e`` here, composed or not."""
    table = dict(one_width())
    small = {ord(letter): plain for letter, plain in tables.bare().items()}
    table.update({ord(unit): plain.translate(small) for unit, plain in tables.units().items()})
    table.update(small)
    table.update({code: plain.translate(small) for code, plain in one_width().items() if plain})
    return table
