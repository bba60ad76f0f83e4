"""From Traditional to Simplified writing, and texts without marks that change their reading order.

Writing is converted character by character and without changing words.

Some marks make a text read in another order than its characters have, so they can make a title say something
else. A browser shows ``关于\u202e知通的\u202c`` as another line than what is kept. Chinese policy texts need none of
these marks, so a reading leaves them out, and says how many there were and where.
"""

from __future__ import annotations

import re
from dataclasses import fields, replace
from functools import cache
from typing import Any, TypeVar
from urllib.parse import quote

from archive.model import Article, AttachmentText, Link, Removed, Rows, Unreadable
from archive.patterns import regex
from archive.text.canonical import CJK, script_table, t2s, traditional_only

_IDEOGRAPH = regex(f"[{CJK}]")
# OpenCC's t2s leaves 著 alone, because 著 is Simplified too in these words; elsewhere it stands for 着.
_WRITTEN = regex(
    "著(?=[名作称述者]|书立|录[于在]|有《)|(?<=[显名原编论卓土专巨译昭遗拙撰所])著(?![重力眼手实急想落陆装色])"
)
MARKS = regex("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
#: The flag of a reading whose page holds such marks, and the kind of the removed blocks that name them.
FLAG, KIND = "bidi_controls", "direction marks"
_ADDRESS = regex(r"https?://[^\s<>\"']+", re.IGNORECASE)
_Result = TypeVar("_Result", bound=Article | AttachmentText | Unreadable | Rows)


def is_traditional(text: str) -> bool:
    """Say whether a text is written in Traditional characters.

    Ten characters that only Traditional writing has are enough in a text, a thirtieth of the ideographs in a
    title. A Simplified text that quotes a Traditional name stays Simplified.
    """
    marks = sum(map(traditional_only().__contains__, _maybe_traditional().findall(text)))
    if marks == 0 or marks * 30 >= len(text):
        return marks > 0
    ideographs = len(_IDEOGRAPH.findall(text))
    return marks * 30 >= ideographs or (marks >= 10 and marks * 200 >= ideographs)


@cache
def _maybe_traditional() -> re.Pattern[str]:
    """Return what finds characters that only Traditional writing has, ten times as quickly as asking for each.

    The rare ones beyond two bytes are all in it: a class that lists them is slow.
    """
    common = "".join(sorted(c for c in traditional_only() if c < "\U00010000"))
    return re.compile(f"[{common}\U00020000-\U000323af]")


def simplified(text: str) -> str:
    """Return the text in Simplified characters, offset for offset; a Simplified text comes back as it is.

    Words are not exchanged: 資訊 becomes 资讯, not 信息.
    """
    if not is_traditional(text):
        return text
    converted = t2s().convert(text)
    if len(converted) != len(text):
        table = script_table()
        converted = "".join(table.get(c, c) for c in text)
    return _wearing(converted)


def _wearing(text: str) -> str:
    if "著" not in text:
        return text
    kept = {match.start() for match in _WRITTEN.finditer(text)}
    return "".join("着" if c == "著" and i not in kept else c for i, c in enumerate(text))


def visible_marks(text: str) -> str:
    """Return a text with every direction mark written out, as ``⟨U+202E⟩``: for showing what was received.

    In a web address they are written as an address writes them (``%E2%80%AE``), so that it leads where it led.
    """
    if not MARKS.search(text):
        return text
    written = _in_address if _ADDRESS.fullmatch(text) else _in_text
    return MARKS.sub(written, text)


def without_marks(text: str) -> str:
    """Return a text without direction marks."""
    return MARKS.sub("", text)


def _in_text(mark: re.Match[str]) -> str:
    return f"⟨U+{ord(mark[0]):04X}⟩"


def _in_address(mark: re.Match[str]) -> str:
    return quote(mark[0])


def in_reading_order(result: _Result) -> _Result:
    """Return a reading without direction marks, flagged where there were any; the characters keep their order.

    That a page holds none does not prove that it looks as it reads: styles can turn text round, too.
    """
    found = {f.name: getattr(result, f.name) for f in fields(result)}
    plain = {name: _without(value) for name, value in found.items() if _holds(value)}
    if not plain:
        return result
    changes: dict[str, Any] = {**plain, "flags": (*result.flags, FLAG)}
    if isinstance(result, Article | Unreadable):
        blocks = [
            Removed(kind=KIND, text=_named(found[name]), where=name) for name in plain if name != "removed"
        ]
        changes["removed"] = (*changes.get("removed", result.removed), *blocks)
    if isinstance(result, Article) and "text" in plain:
        # The places of its blocks are those of the text as it came.
        changes["blocks"] = ()
    return replace(result, **changes)


def _holds(value: object) -> bool:
    if isinstance(value, str):
        return MARKS.search(value) is not None
    if isinstance(value, dict):
        return any(map(_holds, value.values()))
    if isinstance(value, tuple):
        return any(map(_holds, value))
    return isinstance(value, Link | Removed) and _holds(value.name if isinstance(value, Link) else value.text)


def _without(value: Any) -> Any:
    if isinstance(value, str):
        return without_marks(value)
    if isinstance(value, dict):
        return {key: _without(part) for key, part in value.items()}
    if isinstance(value, tuple):
        return tuple(map(_without, value))
    if isinstance(value, Link):
        return replace(value, name=_without(value.name))
    return replace(value, text=_without(value.text)) if isinstance(value, Removed) else value


def _named(value: object) -> str:
    """Return which marks a value holds and how many of each: ``U+202E ×2``."""
    marks = MARKS.findall(value if isinstance(value, str) else _all_text(value))
    return ", ".join(f"U+{ord(mark):04X} ×{marks.count(mark)}" for mark in dict.fromkeys(marks))


def _all_text(value: object) -> str:
    if isinstance(value, dict):
        return "".join(map(_all_text, value.values()))
    if isinstance(value, tuple):
        return "".join(map(_all_text, value))
    if isinstance(value, Link):
        return value.name
    return value.text if isinstance(value, Removed) else str(value)
