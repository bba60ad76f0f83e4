"""Texts, small plots and citations made ready for a page.

A text becomes headings, lists and tables. Found words are marked, and times are given as people read them.
Nothing here makes HTML: it gives pieces of text with their kind, and numbers where bars, marks and spans stand;
the templates escape and draw them.

A citation of a version says what its page claimed, and between which days it was seen, no more. Making one is
pure.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from archive.clock import BEIJING, moment, seconds_between
from archive.errors import BadInput
from archive.patterns import regex
from archive.store.read.history import Sightings, is_ahead, sightings_sentence
from archive.store.read.query import sought
from archive.text import fold_map
from archive.text.figures import whole

_HEADING = regex(
    r"[一二三四五六七八九十百]{1,4}[、.．]\S.{0,38}|第[一二三四五六七八九十百0-9]{1,5}[章节编篇部分]{1,2}[ \u3000]?.{0,38}"
)
_CHAPTER = regex(r"第[一二三四五六七八九十百0-9]{1,5}[章编篇]")
# Characters of a text that one page shows: it is made while other readers wait.
MOST_SHOWN = 500_000
_ENDS_SENTENCE = ("。", "；", "，", "！", "？", "：", ";", ",", "!", "?", ":")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell of a table, and how many rows and columns it covers."""

    text: str
    rows: int = 1
    columns: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A part of a text: ``kind`` is p, h, item, caption, picture or table; a table has ``rows``, others ``text``.

    ``level`` is that of a heading (2 to 6) or of the list an item stands in, ``number`` what the list shows before it.
    ``anchor`` is by what name the page leads to it; empty where nothing does.
    """

    kind: str
    text: str = ""
    rows: tuple[tuple[Cell, ...], ...] = ()
    level: int = 0
    number: str = ""
    anchor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of a table of contents: where it leads, what it says, and how deep it lies, from 1."""

    anchor: str
    marker: str
    heading: str
    level: int


KeptBlock = Mapping[str, Any]


def blocks(
    text: str, kept: Sequence[KeptBlock] = (), anchors: Mapping[int, str] | None = None
) -> list[Block]:
    """Return a text's blocks in order. The words are the text's own, all of them.

    ``kept`` is what the reader saw of headings, lists and tables; where it says nothing, a heading is only guessed.
    ``anchors`` names the places that can be led to, by the character at which they begin.
    """
    named = sorted((anchors or {}).items())
    found: list[Block] = []
    at = 0
    for part in kept:
        if part["start"] < at or part["end"] > len(text):
            continue  # within what was shown already, or behind the end of a text that is cut
        found += _lines(text, at, part["start"], named)
        found += _of_kind(text, part, named)
        at = max(at, part["end"])
    found += _lines(text, at, len(text), named)
    return _levelled(found)


def _of_kind(text: str, part: KeptBlock, named: Sequence[tuple[int, str]]) -> list[Block]:
    start, end, kind = part["start"], part["end"], part["kind"]
    said, anchor = text[start:end], _anchor(named, start, end)
    if kind == "picture":
        return [Block(kind="picture", text=part.get("words", ""))]
    if kind == "table" and part.get("cells"):
        return [Block(kind="table", rows=_grid(text, part["cells"]), anchor=anchor)]
    if kind == "heading":
        return [Block(kind="h", text=said, level=part.get("level", 2), anchor=anchor)]
    if kind == "item":
        number = part.get("number", "")
        return [Block(kind="item", text=said, level=part.get("level", 1), number=number, anchor=anchor)]
    if kind == "caption":
        return [Block(kind="caption", text=said, anchor=anchor)]
    return _lines(text, start, end, named)


def _grid(text: str, cells: Sequence[KeptBlock]) -> tuple[tuple[Cell, ...], ...]:
    rows: dict[int, list[Cell]] = {}
    for cell in cells:
        said = text[cell["start"] : cell["end"]].strip()
        made = Cell(text=said, rows=cell.get("rows", 1), columns=cell.get("columns", 1))
        rows.setdefault(cell["row"], []).append(made)
    return tuple(tuple(rows[row]) for row in sorted(rows))


def _lines(text: str, start: int, end: int, named: Sequence[tuple[int, str]]) -> list[Block]:
    """Return what stands between two places line by line, tables by their tabs, headings by their numbering."""
    found: list[Block] = []
    at = start
    for is_row, run in groupby(text[start:end].split("\n"), key=lambda line: "\t" in line):
        lines = list(run)
        if is_row:
            found.append(_table(lines, _anchor(named, at, at + len(lines[0]))))
        for line in lines:
            if not is_row and line.strip():
                found.append(_line(line, _anchor(named, at, at + len(line))))
            at += len(line) + 1
    return found


def _table(lines: Sequence[str], anchor: str) -> Block:
    rows = tuple(tuple(Cell(text=cell.strip()) for cell in line.split("\t")) for line in lines)
    return Block(kind="table", rows=rows, anchor=anchor)


def _line(line: str, anchor: str) -> Block:
    bare = line.strip()
    if _HEADING.fullmatch(bare) and not bare.endswith(_ENDS_SENTENCE):
        return Block(kind="h", text=line, level=1 if _CHAPTER.match(bare) else 2, anchor=anchor)
    return Block(kind="p", text=line, anchor=anchor)


def _anchor(named: Sequence[tuple[int, str]], start: int, end: int) -> str:
    at = bisect_left(named, (start, ""))
    return named[at][1] if at < len(named) and named[at][0] < max(end, start + 1) else ""


def _levelled(found: Sequence[Block]) -> list[Block]:
    """Return blocks whose headings begin below the page's title and go down one step at a time."""
    known = sorted({block.level for block in found if block.kind == "h"})
    made, last = [], 1
    for block in found:
        if block.kind == "h":
            last = min(known.index(block.level) + 2, last + 1, 6)
            block = replace(block, level=last)
        made.append(block)
    return made


def contents(clauses: Sequence[KeptBlock]) -> list[tuple[int, Entry]]:
    """Return where each numbered part of a text begins, with its line of the table of contents.

    A part has its own marker for a name (``第十二条``); where a text has that marker twice, the way to it from the top.
    """
    markers = Counter(clause["path"].rpartition("/")[2] for clause in clauses)
    taken: set[str] = set()
    found = []
    for clause in clauses:
        marker = clause["path"].rpartition("/")[2]
        name = marker if markers[marker] == 1 else clause["path"].replace("/", "-")
        name = re.sub(r"\s", "", name)
        while name in taken:
            name += "-"
        taken.add(name)
        entry = Entry(anchor=name, marker=marker, heading=clause["heading"] or "", level=clause["level"])
        found.append((clause["start"], entry))
    return found


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
_END = regex(r"[\s。.]+$")


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
        f"原本存档第{version['number']}版, {_sightings_in_chinese(seen)}: {address}."
    )


def bibtex(document: Row, version: Row, seen: Sightings, address: str) -> str:
    """Return the entry of one version for a bibliography, in the fields of biblatex."""
    day = _day(version, seen)
    note = f"yuanben {document['id']}/{version['number']}, {version['text_digest']}; seen {sightings_sentence(seen)}; kept at "
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


def _sightings_in_chinese(seen: Sightings) -> str:
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


SEEN = ("new", "changed", "unchanged", "not_modified")
DOUBTED = ("quarantined", "unreadable")
_LEAST_STEP = 3.0
_MANY_MARKS = 600
_LEAST_MONTHS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar: its place from the left and from the top, and what it stands for."""

    x: float
    y: float
    width: float
    height: float
    label: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """Bars of one height scale. ``most`` is the count of the highest."""

    bars: tuple[Bar, ...]
    width: int
    height: int
    most: int

    @property
    def total(self) -> int:
        """Return what the bars stand for together."""
        return sum(bar.count for bar in self.bars)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One look at a document: ``kind`` is seen, gone, doubt or error. ``has_page``: what came can be looked at."""

    x: float
    kind: str
    at: str
    outcome: str
    capture: int = 0
    has_page: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of time: over it every look showed one version, or none showed the document (``number`` 0)."""

    x: float
    width: float
    number: int
    start: str
    end: str | None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """What was seen of a document, on one line. Between two looks nothing is known."""

    width: int
    marks: tuple[Mark, ...]
    versions: tuple[Span, ...]
    gaps: tuple[Span, ...]
    start: str
    end: str
    asked: float | None = None

    @property
    def kinds(self) -> list[str]:
        """Return the kinds of looks there are, for a legend."""
        there = {mark.kind for mark in self.marks}
        return [kind for kind in ("seen", "gone", "doubt", "error") if kind in there]


def bars(counts: Sequence[tuple[str, int]], *, width: int = 360, height: int = 72) -> Bars:
    """Return a bar for each label; what is more than nothing is never too low to be seen."""
    most = max((count for _, count in counts), default=0)
    step = width / max(1, len(counts))
    made = []
    for position, (label, count) in enumerate(counts):
        high = max(2.0, height * count / most) if count else 0.0
        made.append(
            Bar(x=round(position * step, 2), y=round(height - high, 2), width=round(max(1.0, step - 1.5), 2),
                height=round(high, 2), label=label, count=count)
        )  # fmt: skip
    return Bars(bars=tuple(made), width=width, height=height, most=most)


def by_month(counts: Mapping[str, int], last: str, months: int) -> list[tuple[str, int]]:
    """Return the counts of so many months up to ``last``, from the first year on that has any."""
    dated = [(month, counts.get(month, 0)) for month in _months_before(last, months)]
    used = max((at for at, (_, count) in enumerate(dated, 1) if count), default=0)
    return dated[: max(_LEAST_MONTHS, used)][::-1]


def _months_before(last: str, months: int) -> Iterator[str]:
    year, month = int(last[:4]), int(last[5:7])
    for _ in range(months):
        yield f"{year:04}-{month:02}"
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)


def timeline(
    looks: Sequence[Mapping[str, Any]],
    gaps: Iterable[Mapping[str, Any]],
    *,
    asked: str | None = None,
    width: int = 640,
) -> Timeline | None:
    """Return a document's looks (oldest first, with ``captured_at``, ``outcome``, ``version``) on one line.

    ``asked`` is the moment as of which the document is shown: marked where it lies between the first look and the last.
    """
    if not looks:
        return None
    start, end = looks[0]["captured_at"], looks[-1]["captured_at"]
    length = seconds_between(start, end)

    def place(at: str) -> float:
        share = seconds_between(start, at) / length if length else 0.5
        return round(12 + (width - 24) * min(1.0, max(0.0, share)), 1)

    return Timeline(
        width=width,
        marks=tuple(_thinned([_mark(look, place(look["captured_at"])) for look in looks])),
        versions=tuple(_versions(looks, place)),
        gaps=tuple(_gap(gap, place, end) for gap in gaps),
        start=start,
        end=end,
        asked=place(asked) if asked and start <= asked <= end else None,
    )


def _mark(look: Mapping[str, Any], x: float) -> Mark:
    outcome = look["outcome"]
    kind = "doubt" if outcome in DOUBTED else "gone" if outcome == "gone" else "error"
    return Mark(
        x=x,
        kind="seen" if outcome in SEEN else kind,
        at=look["captured_at"],
        outcome=outcome,
        capture=look.get("capture") or 0,
        has_page=bool(look.get("has_page")),
    )


def _thinned(marks: Sequence[Mark]) -> Iterator[Mark]:
    """Leave out looks that showed the document and stand where another such mark stands already.

    Of very many looks, the others too where one of their kind stands: ten thousand failed looks are no plot.
    """
    thin = {"seen"} if len(marks) <= _MANY_MARKS else {mark.kind for mark in marks}
    last: dict[str, float] = {}
    for mark in marks:
        if mark.kind not in thin or mark.x - last.get(mark.kind, -_LEAST_STEP) >= _LEAST_STEP:
            last[mark.kind] = mark.x
            yield mark


def _versions(looks: Sequence[Mapping[str, Any]], place: Any) -> Iterator[Span]:
    seen = [look for look in looks if look["version"]]
    for number, run in groupby(seen, key=lambda look: look["version"]):
        ats = [look["captured_at"] for look in run]
        x, until = place(ats[0]), place(ats[-1])
        yield Span(x=x - 3, width=round(until - x + 6, 1), number=number, start=ats[0], end=ats[-1])


def _gap(gap: Mapping[str, Any], place: Any, end: str) -> Span:
    x, until = place(gap["from"]), place(gap["to"] or end)
    return Span(
        x=x,
        width=round(max(4.0, until - x), 1),
        number=0,
        start=gap["from"],
        end=gap["to"],
        reason=gap["reason"],
    )
