"""From Traditional to Simplified writing, character by character and without changing words."""

from __future__ import annotations

import re
from functools import cache

from archive.text.characters import CJK, script_table, t2s, traditional_only

_IDEOGRAPH = re.compile(f"[{CJK}]")
# OpenCC's t2s leaves 著 alone, because 著 is Simplified too in these words; elsewhere it stands for 着.
_WRITTEN = re.compile(
    "著(?=[名作称述者]|书立|录[于在]|有《)|(?<=[显名原编论卓土专巨译昭遗拙撰所])著(?![重力眼手实急想落陆装色])"
)


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
