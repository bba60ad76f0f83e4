"""Characters that went through a wrong encoding before they were sent, and older ways of writing Chinese in ASCII.

A page is put right only where that is certain: its bytes are strictly valid in the other encoding, and what they say
is everyday Chinese while what the page shows is not. What only looks so is flagged and stays as it came.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable

_HZ = re.compile(rb"~\{((?:[\x21-\x7e]{2})*?)(?:~\}|(?=[\r\n]|$))")
_ISO_2022 = re.compile(rb"\x1b\$\)A|\x0e((?:[\x21-\x7e]{2})*)\x0f?")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_LATIN = re.compile(r"[\u0080-\u00ff\u0152-\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]")
_LATIN_RUN = re.compile(_LATIN.pattern + "{4,}")
_CJK = re.compile("[\u3400-\u9fff]{2}")
_RUN = re.compile(r"[^\x00-\x7f]+")
# What UTF-8 read as GBK is full of.
_TRACES = re.compile("锟斤拷|鐨勩|銆|锛|鈥|涓€|鍏充|[\u95ba-\u95c0]")
_LOST = re.compile("锟斤拷|\ufffd{2,}")
_CP1252 = {
    bytes([n]).decode("cp1252"): n for n in range(0x80, 0xA0) if n not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}


def _euro(error: UnicodeError) -> tuple[str, int]:
    """Return € for a byte 0x80 that stands alone: so Windows 936 and every browser read it."""
    if isinstance(error, UnicodeDecodeError) and error.object[error.start] == 0x80:
        return "€", error.start + 1
    raise error


codecs.register_error("yuanben-cp936", _euro)


def as_cp936(body: bytes) -> str | None:
    """Return a body read strictly as GB 18030, with € for the byte 0x80 of Windows; None when it is neither."""
    try:
        return body.decode("gb18030", "yuanben-cp936")
    except UnicodeDecodeError:
        return None


def as_seven_bits(body: bytes) -> tuple[str, str] | None:
    """Return the text of a body in HZ or ISO-2022-CN and the name of the encoding; None when it is in neither."""
    if not body.isascii():
        return None
    if b"~{" in body and (pairs := _HZ.findall(body)) and _are_gb2312(pairs):
        text = _HZ.sub(lambda m: _high(m[1]), body).replace(b"~~", b"~").replace(b"~\n", b"")
        return text.decode("gb18030", "replace"), "hz"
    if b"\x1b$)A" in body:
        text = _ISO_2022.sub(lambda m: _high(m[1] or b""), body)
        return text.decode("gb18030", "replace"), "iso-2022-cn"
    return None


def _high(pairs: bytes) -> bytes:
    return bytes(byte | 0x80 for byte in pairs)


def _are_gb2312(found: list[bytes]) -> bool:
    try:
        text = _high(b"".join(found)).decode("gb2312")
    except UnicodeDecodeError:
        return False
    return len(text) >= 2


def put_right(text: str, commonness: Callable[[str], float]) -> str | None:
    """Return the text a page had before it was encoded twice, None where nothing was or where that is not certain.

    Known: UTF-8 or GBK taken for Latin, UTF-8 taken for GBK. First the page as a whole, else run by run: a title or a
    block may have come out of another system than the rest.
    """
    if _may_be_garbled(text, commonness):
        for attempt in (_from_latin(text, "utf-8"), _from_gbk(text), _from_latin(text, "gb18030")):
            if attempt and commonness(attempt) >= 0.3 and "\ufffd" not in attempt:
                return attempt
    if not (_TRACES.search(text) or _LATIN_RUN.search(text)):
        return None

    def put(match: re.Match[str]) -> str:
        run = match[0]
        attempts = (_from_latin(run, "utf-8"), _from_gbk(run)) if len(run) >= 6 else ()
        certain = (
            a for a in attempts if a and commonness(a) >= 0.3 and _CJK.search(a) and not _LATIN.search(a)
        )
        return next(certain, run)

    found = _RUN.sub(put, text)
    return found if found != text else None


def is_garbled(text: str, commonness: Callable[[str], float]) -> bool:
    """Say whether a page went through a wrong encoding and lost bytes on the way, so that nothing puts it right."""
    beyond = len(_BEYOND_ASCII.findall(text))
    if beyond < 8:
        return False
    if 5 * sum(len(match[0]) for match in _LATIN_RUN.finditer(text)) > beyond:
        return True
    if commonness(text) > 0.15:
        return False
    meant = text.encode("gb18030", "ignore").decode("utf-8", "ignore")
    return commonness(meant) >= 0.25 and 6 * len(_BEYOND_ASCII.findall(meant)) > beyond


def has_lost_runs(text: str) -> bool:
    """Say whether a page holds 锟斤拷, which stands where characters were lost before it was sent."""
    return len(_LOST.findall(text)) >= 2


def _may_be_garbled(text: str, commonness: Callable[[str], float]) -> bool:
    beyond = _BEYOND_ASCII.findall(text[:200_000])
    if len(beyond) < 8:
        return False
    latin = sum(1 for c in beyond if _LATIN.match(c))
    return latin > 0.5 * len(beyond) or commonness(text) < 0.1


def _from_latin(text: str, encoding: str) -> str | None:
    """Return the text whose bytes were shown as Latin letters, by Windows 1252 or by their numbers."""
    raw = bytearray()
    for character in text:
        code = ord(character)
        if code > 0xFF:
            code = _CP1252.get(character, -1)
        if code < 0:
            return None
        raw.append(code)
    return _strictly(bytes(raw), encoding)


def _from_gbk(text: str) -> str | None:
    """Return the text whose UTF-8 was read as GBK: the page as a whole, so that a run may end within a character."""
    try:
        raw = text.encode("gb18030")
    except UnicodeEncodeError:
        return None
    return _strictly(raw, "utf-8") or _strictly(raw.replace("€".encode("gb18030"), b"\x80"), "utf-8")


def _strictly(raw: bytes, encoding: str) -> str | None:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return None
