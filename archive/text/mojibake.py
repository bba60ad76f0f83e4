"""Bytes that were read in the wrong encoding: 宸ヤ俊閮 for 工信部, å·¥ä¿¡éƒ¨, ¹¤ÐÅ²¿.

A line is put right only when all of it says so: its bytes are strictly valid in the other encoding and give
everyday Chinese, while the line as it stands does not. A line that lost bytes on the way stays as it is and is
reported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from archive.text.characters import CJK
from archive.text.language import is_everyday

_IDEOGRAPH = re.compile(f"[{CJK}]")
_NO_ASCII = re.compile(r"[^\x00-\x7f]")
_LATIN = re.compile(r"[\x80-\xff\u0152-\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]")


def redecoded(line: str) -> str | None:
    """Return the line read in the encoding it was written in, or nothing when that is not certain."""
    share = _everyday_share(line)
    if share > 0.85:
        return None
    attempts = (_attempt(raw, right) for raw, right in _raws(line, "strict"))
    return next((a for a in attempts if a and _IDEOGRAPH.search(a) and _everyday_share(a) >= 0.95), None)


def guessed(line: str) -> str | None:
    """Return what a wrongly decoded line that lost bytes may have said, with □ for them; nothing if it is none.

    A guess to show beside the line, never instead of it.
    """
    if len(_NO_ASCII.findall(line)) < 6 or _everyday_share(line) > 0.7:
        return None
    for raw, right in _raws(line, "ignore"):
        attempt = re.sub("\ufffd+", "□", raw.decode(right, errors="replace"))
        if len(_IDEOGRAPH.findall(attempt)) >= 3 and _everyday_share(attempt.replace("□", "")) >= 0.9:
            return attempt
    return None


def _raws(line: str, errors: str) -> Iterator[tuple[bytes, str]]:
    if _IDEOGRAPH.search(line):
        yield line.encode("gb18030" if errors == "strict" else "gbk", errors), "utf-8"
    elif len(_LATIN.findall(line)) >= 4:
        raw = b"".join(map(_latin_byte, line))
        yield raw, "utf-8"
        yield raw, "gb18030"


def _latin_byte(character: str) -> bytes:
    """Return the byte a browser shows so: Windows 1252, and the control character where that has none."""
    for encoding in ("cp1252", "latin-1"):
        try:
            return character.encode(encoding)
        except UnicodeEncodeError:
            continue
    return b"\xff"


def _attempt(raw: bytes, right: str) -> str | None:
    try:
        return raw.decode(right)
    except UnicodeDecodeError:
        return None


def _everyday_share(line: str) -> float:
    characters = _NO_ASCII.findall(line)
    return sum(map(is_everyday, characters)) / len(characters) if characters else 1.0
