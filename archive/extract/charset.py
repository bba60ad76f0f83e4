"""Bytes to characters: which encoding, by what evidence, and what had gone wrong before the page was sent.

Order: byte order mark, strict UTF-8, the server's header, the page's own declaration, a detector. A declaration
is only believed when the bytes decode under it without an error, because one page in ten that says gb2312 holds
characters outside it, and pages are relabelled by servers that never looked.

A page that was encoded twice is put right only where that is certain: its bytes are strictly valid in the other
encoding, and what they say is everyday Chinese while what the page shows is not. What only looks so is flagged and
stays as it came. GB 18030 has characters without a number in Unicode when codecs were written: they arrive as
private ones, and Unicode has had them since 2005.
"""

from __future__ import annotations

import codecs
import dataclasses
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from charset_normalizer import from_bytes

from archive.patterns import regex

_HEADER = regex(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.I)
_META = regex(rb"<meta\b[^>]{0,400}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.I)
_XML = regex(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]+)", re.I)
_ASCII_RUN = regex("[\0-\x7f]+")
_BEYOND = regex("[\u0800-\U0010ffff]+")
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))

# What the labels of Chinese servers mean: each is decoded by the superset that holds what is really written.
_MEANT = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "hz-gb-2312": "gb18030",
    "chinese": "gb18030",
    "euc-cn": "gb18030",
    "cp936": "gb18030",
    "gb18030-2000": "gb18030",
    "big5": "big5hkscs",
    "big-5": "big5hkscs",
    "big5-hkscs": "big5hkscs",
    "x-x-big5": "big5hkscs",
    "cp950": "big5hkscs",
    "utf8": "utf-8",
    "unicode": "utf-16",
}
# Frequent in either script; text in the wrong encoding hardly holds any of them.
_COMMON = frozenset(
    "的一是在不了有和人中大上我以要他用生到作地出就分成可主年同工也能下子面而方多定行法所民得十三之等部度家力如水化高自二理起小"
    "物加量都制使本去把性好合因由其前外天政四日社事平形全表各重新正心明看原利比或但第向道此只解意建月公系情者最立代已通提直程展"
    "五果料位入常文次品式活及管特件求老基流路少山接手期根指九放西被做必先回任取南色光即保治北造百七海口器世金增思交受什六共收改"
    "清己美再更切打白教速安身例真具每目至示完八名才科信米整空元今集土步石段研界林律且究越這这為为個个國国時时來来們们於于對对會"
    "会發发動动過过說说產产種种後后學学經经進进電电裡里現现實实兩两體体機机當当點点從从業业應应開开還还義义間间樣样與与關关內内"
    "數数質质氣气變变條条沒没結结問问無无總总設设長长頭头資资級级圖图統统將将組组見见計计別别論论運运農农區区強强決决東东導导報报"
)
_SINGLE_BYTE = {"iso8859-1", "cp1252", "ascii", "latin-1", "iso8859-15"}
_HZ = regex(rb"~\{((?:[\x21-\x7e]{2})*?)(?:~\}|(?=[\r\n]|$))")
_ISO_2022 = regex(rb"\x1b\$\)A|\x0e((?:[\x21-\x7e]{2})*)\x0f?")
_LATIN = regex(r"[\u0080-\u00ff\u0152-\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]")
_LATIN_RUN = regex(_LATIN.pattern + "{4,}")
_CJK = regex("[\u3400-\u9fff]{2}")
_RUN = regex(r"[^\x00-\x7f]+")
# What UTF-8 read as GBK is full of.
_TRACES = (*["锟斤拷", "鐨勩", "銆", "锛", "鈥", "涓€", "鍏充"], *map(chr, range(0x95BA, 0x95C1)))
_REPLACED = regex("\ufffd{2,}")
_CP1252 = {
    bytes([n]).decode("cp1252"): n for n in range(0x80, 0xA0) if n not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}
# From U+E815 on, what 0xFE50 and the following stand for; "" where a private number was never given.
_RADICALS = (
    "2E81 20087 20089 200CC 2E84 3473 3447 2E88 2E8B 9FB4 359E 361A 360E 2E8C 2E97 396E 3918 9FB5 39CF 39DF 3A73 39D0 "
    "9FB6 9FB7 3B4E 3C6E 3CE0 2EA7 215D7 9FB8 2EAA 4056 415F 2EAE 4337 2EB3 2EB6 2EB7 2298F 43B1 43AC 2EBB 43DD 44D6 "
    "4661 464C 9FB9 4723 4729 477C 478D 2ECA 4947 497A 497D 4982 4983 4985 4986 499F 499B 49B7 49B6 9FBA 241FE 4CA3 "
    "4C9F 4CA0 4CA1 4C77 4CA2 4D13 4D14 4D15 4D16 4D17 4D18 4D19 4DAE 9FBB"
)
_UPRIGHT = "FE10 FE12 FE11 FE13 FE14 FE15 FE16 FE17 FE18 FE19"
_OTHERS = {0xE7C7: 0x1E3F, 0xE7C8: 0x01F9, 0xE7E7: 0x303E} | {0xE7E8 + n: 0x2FF0 + n for n in range(12)}
_STANDARD = (
    {0xE815 + n: int(code, 16) for n, code in enumerate(_RADICALS.split())}
    | {0xE78D + n: int(code, 16) for n, code in enumerate(_UPRIGHT.split())}
    | _OTHERS
)
_PRIVATE = regex(f"[{''.join(map(chr, _STANDARD))}]")
_CHINESE = "\u3001-\u301e\u3400-\u9fff\uff01-\uff5e"
_BESIDE = regex(f"(?<=[{_CHINESE}]){_PRIVATE.pattern}|{_PRIVATE.pattern}(?=[{_CHINESE}])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """The characters of a body, the encoding they were read in and the rule that decided it.

    ``labels`` keeps what the server and the page claimed. The rule says what was believed, not what is true.
    """

    text: str
    encoding: str
    rule: str
    flags: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()


def decode(body: bytes, content_type: str = "") -> Decoded:
    """Return the text of ``body``, the encoding chosen and why, with what is doubtful about it as flags."""
    labels = _labels(body, content_type)
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return _decoded(body[len(mark) :].decode(encoding, "replace"), encoding, "bom", labels)
    if (seven := as_seven_bits(body)) and _commonness(seven[0]) >= 0.3:
        return Decoded(text=seven[0], encoding=seven[1], rule="bytes", labels=tuple(v for _, v in labels))
    text = _strictly(body, "utf-8")
    if text is not None and not (_is_labelled_chinese(labels) and _is_doubtful(text)):
        return _decoded(text, "utf-8", _utf8_rule(body, labels), labels)
    if text is not None and put_right(text, _commonness) is not None:
        return _decoded(text, "utf-8", "utf-8", labels)
    for rule, label in labels:
        encoding = _meaning(label)
        if encoding and encoding not in _SINGLE_BYTE and (text := _strictly(body, encoding)) is not None:
            return _better(body, _decoded(text, encoding, rule, labels))
    return _by_bytes(body, labels)


def _labels(body: bytes, content_type: str) -> tuple[tuple[str, str], ...]:
    found = []
    if match := _HEADER.search(content_type):
        found.append(("header", match[1]))
    head = body[:4096]
    if declared := _XML.search(head):
        found.append(("meta", declared[1].decode("ascii", "replace")))
    found += [("meta", m[1].decode("ascii", "replace")) for m in _META.finditer(head)]
    return tuple(found)


def _meaning(label: str) -> str:
    """Return the codec that a label stands for, or "" when Python knows none (or one that is no encoding)."""
    try:
        name = codecs.lookup(_MEANT.get(label.lower(), label)).name
    except (LookupError, ValueError):
        return ""
    if name.startswith(
        ("utf-7", "utf_7", "base64", "hex", "rot13", "zlib", "bz2", "quopri", "uu", "idna", "puny")
    ):
        return ""
    return {"gb2312": "gb18030", "gbk": "gb18030", "hz": "gb18030", "big5": "big5hkscs"}.get(name, name)


def _strictly(body: bytes, encoding: str) -> str | None:
    try:
        return body.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        windows = as_cp936(body) if encoding == "gb18030" else None
        return windows if windows and _commonness(windows) >= 0.3 else None


def _is_doubtful(text: str) -> bool:
    """Say whether bytes that happen to be UTF-8 hold no character of Chinese: short GBK texts can (一, 联通)."""
    return not text.isascii() and not _BEYOND.search(text)


def _is_labelled_chinese(labels: tuple[tuple[str, str], ...]) -> bool:
    return any(_meaning(label) in {"gb18030", "big5hkscs"} for _, label in labels)


def _utf8_rule(body: bytes, labels: tuple[tuple[str, str], ...]) -> str:
    for rule, label in labels:
        if _meaning(label) == "utf-8":
            return rule
    return "ascii" if body.isascii() else "utf-8"


def _decoded(text: str, encoding: str, rule: str, labels: tuple[tuple[str, str], ...]) -> Decoded:
    flags = []
    if (righted := put_right(text, _commonness)) is not None:
        text = righted
        flags.append("charset_repaired")
    elif is_garbled(text, _commonness):
        flags.append("charset_garbled")
    text = with_standard(text, gb18030=encoding == "gb18030")
    claims = {_meaning(label) for _, label in labels} - {""}
    if claims and claims != {encoding} and not (rule == "ascii" or text.isascii()):
        flags.append("charset_mismatch")
    if "�" in text or has_lost_runs(text):
        flags.append("charset_loss")
    return Decoded(
        text=text, encoding=encoding, rule=rule, flags=tuple(flags), labels=tuple(v for _, v in labels)
    )


def _better(body: bytes, found: Decoded) -> Decoded:
    """Return a page in the other of GB18030 and Big5 where that makes Chinese of it and what was found is none.

    GB18030 takes nearly any bytes, and a page relabelled by its server is strictly right and wholly wrong.
    """
    other = {"gb18030": "big5hkscs", "big5hkscs": "gb18030"}.get(found.encoding)
    if not other or _commonness(found.text) >= 0.15:
        return found
    text = body.decode(other, "replace")
    if _commonness(text) <= 0.3 or text.count("�") * 100 > len(text):
        return found
    return _decoded(text, other, "bytes", tuple(("", label) for label in found.labels))


@lru_cache(maxsize=2)
def _commonness(text: str) -> float:
    """Return the share of the most frequent characters among those beyond Latin."""
    beyond = "".join(_BEYOND.findall(_without_ascii(text[:200_000])))[:20_000]
    counts = Counter(beyond)
    return sum(counts[character] for character in counts.keys() & _COMMON) / len(beyond) if beyond else 0.0


@lru_cache(maxsize=4)
def _without_ascii(text: str) -> str:
    """Return a text with a zero for each run of ASCII: pages are mostly markup, and what is sought is not."""
    return _ASCII_RUN.sub("\0", text)


def _by_bytes(body: bytes, labels: tuple[tuple[str, str], ...]) -> Decoded:
    """Decide where no declaration fits: the families of Chinese pages first, the detector, then with losses."""
    claimed = [e for e in (_meaning(label) for _, label in labels) if e in {"utf-8", "gb18030", "big5hkscs"}]
    if (text := _strictly(body, "gb18030")) is not None:
        return _better(body, _decoded(text, "gb18030", "bytes", labels))
    guesses = [*claimed, "utf-8", "gb18030", "big5hkscs"]
    tried = {e: body.decode(e, "replace") for e in dict.fromkeys(guesses)}
    best = min(tried, key=lambda e: (_commonness(tried[e]) < 0.15, tried[e].count("�")))
    if tried[best].count("�") * 200 <= len(tried[best]):
        return _decoded(tried[best], best, "least loss", labels)
    guess = from_bytes(body[:65536]).best()
    encoding = _meaning(guess.encoding) if guess else ""
    text = _strictly(body, encoding) if encoding else None
    found = (
        _decoded(text, encoding, "detector", labels)
        if text is not None
        else _decoded(tried[best], best, "least loss", labels)
    )
    return dataclasses.replace(found, flags=(*found.flags, "charset_undecided"))


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
    if not (any(trace in text for trace in _TRACES) or _in_latin_runs(text)):
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
    beyond = _count_beyond(text)
    if beyond < 8:
        return False
    if 5 * _in_latin_runs(text) > beyond:
        return True
    if commonness(text) > 0.15:
        return False
    meant = text.encode("gb18030", "ignore").decode("utf-8", "ignore")
    return commonness(meant) >= 0.25 and 6 * _count_beyond(meant) > beyond


def has_lost_runs(text: str) -> bool:
    """Say whether a page holds 锟斤拷, which stands where characters were lost before it was sent."""
    lost = len(_REPLACED.findall(text)) if "\ufffd" in text else 0
    return text.count("锟斤拷") + lost >= 2


@lru_cache(maxsize=2)
def _in_latin_runs(text: str) -> int:
    """Return how many characters stand in runs of Latin letters beyond ASCII, which Chinese pages hardly hold."""
    return sum(map(len, _LATIN_RUN.findall(_without_ascii(text))))


def _count_beyond(text: str) -> int:
    return len(text) - len(text.encode("ascii", "ignore"))


def _may_be_garbled(text: str, commonness: Callable[[str], float]) -> bool:
    start = text[:200_000]
    beyond = _count_beyond(start)
    if beyond < 8:
        return False
    return len(_LATIN.findall(_without_ascii(start))) > 0.5 * beyond or commonness(text) < 0.1


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
    return _valid(bytes(raw), encoding)


def _from_gbk(text: str) -> str | None:
    """Return the text whose UTF-8 was read as GBK: the page as a whole, so that a run may end within a character."""
    try:
        raw = text.encode("gb18030")
    except UnicodeEncodeError:
        return None
    return _valid(raw, "utf-8") or _valid(raw.replace("€".encode("gb18030"), b"\x80"), "utf-8")


def _valid(raw: bytes, encoding: str) -> str | None:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return None


def with_standard(text: str, *, gb18030: bool) -> str:
    """Return the text with the standard characters for private ones.

    In bytes of GB 18030 each is certain. Elsewhere fonts of icons use the same numbers, so only one beside Chinese
    text is taken for it.
    """
    if text.isascii() or not _PRIVATE.search(text):
        return text
    return (_PRIVATE if gb18030 else _BESIDE).sub(lambda match: chr(_STANDARD[ord(match[0])]), text)
