"""Bytes to characters: which encoding, by what evidence.

Order: byte order mark, strict UTF-8, the server's header, the page's own declaration, a detector. A declaration
is only believed when the bytes decode under it without an error, because one page in ten that says gb2312 holds
characters outside it, and pages are relabelled by servers that never looked.
"""

from __future__ import annotations

import codecs
import dataclasses
import re
from dataclasses import dataclass

from charset_normalizer import from_bytes

from archive.extract.garbled import as_cp936, as_seven_bits, has_lost_runs, is_garbled, put_right
from archive.extract.private import with_standard

_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.I)
_META = re.compile(rb"<meta\b[^>]{0,400}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.I)
_XML = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]+)", re.I)
_BEYOND = re.compile("[\u0800-\U0010ffff]")
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
    if text is not None and not (_says_chinese(labels) and _is_doubtful(text)):
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


def _says_chinese(labels: tuple[tuple[str, str], ...]) -> bool:
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


def _commonness(text: str) -> float:
    """Return the share of the most frequent characters among those beyond Latin."""
    beyond = _BEYOND.findall(text[:200_000])[:20_000]
    return sum(char in _COMMON for char in beyond) / len(beyond) if beyond else 0.0


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
