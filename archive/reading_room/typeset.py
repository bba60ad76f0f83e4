"""Texts made ready for a page: paragraphs, headings and tables; found words marked; times as people read them.

Nothing here makes HTML: it gives pieces of text with their kind, and the templates escape them.

How a version is cited: what its page claimed, and between which days it was seen, no more. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from archive.clock import BEIJING, moment
from archive.errors import BadInput
from archive.store.read.history import Sightings, is_ahead, said_of
from archive.store.read.query import sought
from archive.text import fold_map
from archive.text.figures import whole

_HEADING = re.compile(
    r"[一二三四五六七八九十百]{1,4}[、.．]\S.{0,38}|第[一二三四五六七八九十百0-9]{1,5}[章节编篇部分]{1,2}[ \u3000]?.{0,38}"
)
# Characters of a text that one page shows: it is made while other readers wait.
MOST_SHOWN = 500_000
_ENDS_SENTENCE = ("。", "；", "，", "！", "？", "：", ";", ",", "!", "?", ":")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A part of a text: ``kind`` is p, h or table; a table has ``rows``, anything else ``text``."""

    kind: str
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()


def blocks(text: str) -> list[Block]:
    """Return a text's blocks in order. The words are the text's own; what is a heading is only guessed."""
    found: list[Block] = []
    for is_row, block in groupby(text.split("\n"), key=lambda line: "\t" in line):
        if is_row:
            found.append(_table(block))
        else:
            found += [Block(kind=_kind(line), text=line) for line in block if line.strip()]
    return found


def _table(lines: Iterable[str]) -> Block:
    return Block(kind="table", rows=tuple(tuple(cell.strip() for cell in line.split("\t")) for line in lines))


def _kind(line: str) -> str:
    return "h" if _HEADING.fullmatch(line.strip()) and not line.strip().endswith(_ENDS_SENTENCE) else "p"


def marked(text: str, query: str) -> list[tuple[bool, str]]:
    """Return a short text in pieces, each with whether it holds the query or one of its words."""
    folded, offsets = fold_map(text)
    spans: list[tuple[int, int]] = []
    for word in sought(query)[:20]:
        start = whole(word, folded)
        while start >= 0:
            spans.append((offsets[start], offsets[start + len(word) - 1] + 1))
            start = whole(word, folded, start + len(word))
    return _pieces(text, spans)


def _pieces(text: str, spans: list[tuple[int, int]]) -> list[tuple[bool, str]]:
    pieces: list[tuple[bool, str]] = []
    at = 0
    for start, end in sorted(spans):
        start = max(start, at)
        if start < end:
            pieces += [(False, text[at:start]), (True, text[start:end])]
            at = end
    return [(hit, piece) for hit, piece in [*pieces, (False, text[at:])] if piece]


def shown_time(utc: str | None) -> str:
    """Return a UTC text as people in China read it: Beijing time to the minute. Not UTC: as it is."""
    try:
        return (moment(utc or "") + BEIJING).strftime("%Y-%m-%d %H:%M")
    except BadInput:
        return utc or ""


def shown_date(published_at: str | None) -> str:
    """Return a shown date without its zone, which is always Beijing's."""
    return (published_at or "").removesuffix("+08:00").replace("T", " ")


Row = Mapping[str, Any]

_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "_": r"\_", "%": r"\%",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip
_END = re.compile(r"[\s。.]+$")


def gb_t_7714(document: Row, version: Row, seen: Sightings, address: str) -> str:
    """Return the citation of one version of an electronic document by GB/T 7714—2015.

    The day of citation is that of the last whole capture that showed this version; ``address`` is where it is kept.
    """
    day = _day(version, seen)
    title = _END.sub("", _one_line(version["title"]))
    days = f"{f'({day})' if day else ''}{f'[{seen.days[1]}]' if seen.days else ''}"
    return (
        f"{_END.sub('', _responsible(document, version))}. {title}[EB/OL]. "
        f"{f'{days}. ' if days else ''}{document['url']}. "
        f"原本存档第{version['number']}版, {_seen_in_chinese(seen)}: {address}."
    )


def bibtex(document: Row, version: Row, seen: Sightings, address: str) -> str:
    """Return the entry of one version for a bibliography, in the fields of biblatex."""
    day = _day(version, seen)
    note = f"yuanben {document['id']}/{version['number']}, {version['text_digest']}; seen {said_of(seen)}; kept at "
    fields = {
        "title": "{" + _escaped(version["title"]) + "}",
        "author": "{" + _escaped(_responsible(document, version)) + "}",
        "date": day,
        "number": _escaped(version["doc_number"] or ""),
        "version": str(version["number"]),
        "url": _address(document["url"]),
        "urldate": seen.days[1] if seen.days else "",
        "note": note + rf"\url{{{_address(address)}}}",
        "langid": "chinese",
    }
    lines = [f"  {name:<8}= {{{text}}}," for name, text in fields.items() if text]
    return "\n".join([f"@online{{yuanben-{document['id']}-{version['number']},", *lines, "}"])


def _day(version: Row, seen: Sightings) -> str:
    """Return the day a page names as its own; nothing when the page was seen before that day."""
    return "" if is_ahead(version["published_at"], seen.first) else shown_date(version["published_at"])[:10]


def _seen_in_chinese(seen: Sightings) -> str:
    if not seen.days:
        return "无完整抓取"
    first, last = seen.days
    anew = f", 同一原文后经重读为第{seen.read_anew_as}版" if seen.read_anew_as else ""
    if first == last:
        return f"{first}所见(北京时间; 为所见之界, 非存续之证{anew})"
    between = ", 其间另有他版或缺失" if len(seen.stretches) > 1 else ""
    return f"{first}至{last}间所见(北京时间, 首末完整抓取之日{between}; 为所见之界, 非存续之证{anew})"


def _responsible(document: Row, version: Row) -> str:
    return _one_line(version["issuer"] or version["author"] or document["publisher"])


def _address(url: str) -> str:
    return re.sub(r"[{}\\]", lambda found: f"%{ord(found[0]):02X}", url)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _escaped(text: str) -> str:
    return "".join(_SPECIAL.get(letter, letter) for letter in _one_line(text))
