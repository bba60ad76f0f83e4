"""The days beside the rows of a list: in one element, split over two, without a year, in words, or apart.

A day that stands in a summary is none: only an element whose text is little more than a day counts, and of all such
elements the one that gives most rows a day is taken for every row.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from archive.extract.notation import LABELLED, MOMENT, iso, plain
from archive.patterns import regex

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?P<name>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_Y, _M, _D = r"(?P<year>20\d\d|19\d\d)", r"(?P<month>\d{1,2})", r"(?P<day>\d{1,2})"
_SEP = r"\s?[-/.年]\s?"
# Each form is sought in the words of one element; what is left of them says whether it is the element of the day.
_SPLIT = tuple(
    re.compile(form, re.I)
    for form in (
        rf"(?<!\d){_D}日?\s+{_Y}{_SEP}{_M}(?!\d)月?",
        rf"(?<!\d){_D}日?\s*[/|]\s*{_Y}{_SEP}{_M}(?![\d]|[-/.]\d)月?",
        rf"(?<!\d){_Y}{_SEP}{_M}月?\s*[/|]?\s+{_D}(?![\d:])日?",
        rf"(?<!\d){_M}\s?[-/.月]\s?{_D}日?\s+{_Y}年?(?!\d)",
        rf"(?<!\d){_Y}年?\s+{_M}\s?[-/.月]\s?{_D}日?(?!\d)",
        rf"(?<![a-z]){_MONTH}\s*{_D}(?:st|nd|rd|th)?\s*,?\s*{_Y}",
        rf"(?<!\d){_D}(?:st|nd|rd|th)?\s*[-/ ]?\s*{_MONTH}\s*[-/,]?\s*{_Y}",
        rf"(?<!\d){_D}日?\s+{_M}月\s+{_Y}年?",
    )
)
_SHORT_YEAR = regex(r"(?<![\d-])(?P<year>[0-3]\d)[-/.](?P<month>[01]?\d)[-/.](?P<day>[0-3]?\d)(?![\d-])")
_NO_YEAR = regex(r"(?<![\d./-])(?P<month>[01]?\d)\s?(?:[-/.]|月)\s?(?P<day>[0-3]?\d)(?![\d./-])日?")
_SPLIT_NO_YEAR = regex(r"(?<!\d)(?P<day>[0-3]?\d)日?\s+(?P<month>[01]?\d)月")
_IN_ADDRESS = (
    re.compile(r"/t?((?:19|20)\d\d)([01]\d)([0-3]\d)[_/.]"),
    re.compile(r"/((?:19|20)\d\d)[-/]([01]\d)[-/]?([0-3]\d)(?=[/_-])"),
    re.compile(r"/((?:19|20)\d\d)/(\d{1,2})/(\d{1,2})/"),
    re.compile(r"/((?:19|20)\d\d)([01]\d)([0-3]\d)\d{6,17}_pc\."),
)
_TIME = regex(r"\d{1,2}\s?[:：时]\s?\d{2}(?:\s?[:：分]\s?\d{2}秒?)?分?")
_WORDS_OF_A_DAY = regex(
    r"发布|发文|更新|成文|公布|上传|添加|录入|发表|刊登|印发|时间|日期|日|于|on|date|time|posted|[\s\[\]()（）【】〔〕「」<>《》:：|/·•,，.。-]",
    re.I,
)
# The end of a consultation dates nothing.
_ENDS = regex(
    r"截止|截至|结束|有效期|到期|施行|生效|实施|\d\s?(?:日|号)?\s?(?:至|到|—{1,2}|~|～)\s?(?:20)?\d"
)
_LONGEST, _MOST_LEFT = 80, 34
_MOST_ELEMENTS = 60
_VARIES = regex(
    r"\d|^(?:odd|even|first|last|on|cur|current|active|hover|alt|bg|nobd|noborder|mr0|ml0)$", re.I
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowDay:
    """A day in a row: where it stands in the row, its value, whether nothing else stands there."""

    where: tuple[str, ...]
    value: str
    alone: bool


def day_in(text: str) -> tuple[str, str]:
    """Return the day in some words (``YYYY-MM-DD``, or ``MM-DD`` without a year) and the words that are left."""
    flat = " ".join(plain(text).split())
    for pattern in (MOMENT, LABELLED[-1]):
        if (found := pattern.search(flat)) and (day := iso(found)):
            return day[:10], flat[: found.start()] + flat[found.end() :]
    bare = " ".join(_TIME.sub(" ", flat).split())
    for pattern in _SPLIT:
        if (found := pattern.search(bare)) and (day := _day(found)):
            return day, bare[: found.start()] + bare[found.end() :]
    if len(bare) > 40:
        return "", flat
    for pattern in (LABELLED[2],):
        if (found := pattern.search(flat)) and (day := iso(found)):
            return day[:10], flat[: found.start()] + flat[found.end() :]
    for pattern in (_SHORT_YEAR, _NO_YEAR, _SPLIT_NO_YEAR):
        if (found := pattern.search(bare)) and (day := _day(found)):
            return day, bare[: found.start()] + bare[found.end() :]
    return "", flat


def _day(found: re.Match[str]) -> str:
    parts = found.groupdict()
    month = _MONTHS.index(parts["name"][:3].lower()) + 1 if parts.get("name") else int(parts["month"])
    year = parts.get("year")
    try:
        # 2000 is a leap year: a day without a year may be 29 February.
        day = date(int(year) + (2000 if len(year) == 2 else 0) if year else 2000, month, int(parts["day"]))
    except ValueError:
        return ""
    return day.isoformat() if year else f"{day:%m-%d}"


def filed_day(url: str) -> str:
    """Return the day that an address names, "" when it names none: when the copy was filed, not the document's day."""
    path = url.partition("?")[0]
    for pattern in _IN_ADDRESS:
        for found in pattern.finditer(path):
            try:
                return date(*map(int, found.groups())).isoformat()
            except ValueError:
                continue
    return ""


def days_beside(scopes: Sequence[Sequence[Any]], anchors: Sequence[Any]) -> tuple[list[str], tuple[str, ...]]:
    """Return each row's day, "" where it shows none, and the place in the row where the days stand."""
    shown = [list(_row_days(scope, anchor)) for scope, anchor in zip(scopes, anchors, strict=True)]
    place = _place(shown)
    days = []
    for row in shown:
        at_place = [s for s in row if s.where == place]
        alone = [s for s in row if s.alone and len(s.value) == 10]
        days.append((at_place or alone or [_NONE])[0].value)
    return days, place


_NONE = RowDay(where=(), value="", alone=False)


def _place(shown: Sequence[Sequence[RowDay]]) -> tuple[str, ...]:
    """Return the place that gives most rows a day; where several do, one that holds nothing else, with a year."""
    rows: Counter[tuple[str, ...]] = Counter()
    alone: Counter[tuple[str, ...]] = Counter()
    whole: Counter[tuple[str, ...]] = Counter()
    for row in shown:
        for where in {s.where for s in row}:
            rows[where] += 1
        for where in {s.where for s in row if s.alone}:
            alone[where] += 1
        for where in {s.where for s in row if len(s.value) == 10}:
            whole[where] += 1
    if not rows:
        return ()
    most = max(rows.values())
    fit = [where for where in rows if rows[where] >= most * 0.7]
    return max(fit, key=lambda w: (alone[w] >= rows[w] * 0.5, whole[w] >= rows[w] * 0.5, rows[w], -len(w)))


def _row_days(scope: Sequence[Any], anchor: Any) -> Iterator[RowDay]:
    """Yield the days in a row, outside its title; inside it only where an element holds nothing but a day."""
    for count, (where, element, words) in enumerate(_pieces(scope, anchor)):
        if count > _MOST_ELEMENTS:
            return
        if not 3 <= len(words) <= _LONGEST or not any(c.isdigit() or c in "〇一" for c in words):
            continue
        if _ENDS.search(words):
            continue
        value, rest = day_in(words)
        left = _WORDS_OF_A_DAY.sub("", rest)
        if value and len(left) <= _MOST_LEFT and (len(value) == 10 or not left):
            in_title = element is not None and _within(element, anchor)
            if in_title and (element is anchor or left):
                continue
            yield RowDay(where=where, value=value, alone=not left)


def _within(element: Any, above: Any) -> bool:
    while element is not None:
        if element is above:
            return True
        element = element.getparent()
    return False


def _pieces(scope: Sequence[Any], anchor: Any) -> Iterator[tuple[tuple[str, ...], Any, str]]:
    """Yield the elements of a row with their place in it, and their words; the text between elements, too."""
    for top in scope:
        if isinstance(top, str):
            yield ("~text",), None, " ".join(top.split())
            continue
        for element in top.iter():
            if not isinstance(element.tag, str) or element.tag in ("script", "style"):
                continue
            place = _where(element, top)
            own = [element.text or ""] + [child.tail or "" for child in element]
            words = " ".join("".join(own).split())
            if element is anchor:
                continue
            yield place, element, words
            if len(element) and element is not top and not _holds(element, anchor):
                # A day may be split over elements: <b>25</b><i>2020-03</i>.
                whole = " ".join(" ".join(element.itertext()).split()) if len(element) <= 6 else ""
                if whole != words:
                    yield (*place, "~whole"), element, whole
            elif len(element) and element is top:
                outside = " ".join(_outside(element, anchor))
                yield (*place, "~outside"), element, " ".join(outside.split())


def _outside(element: Any, anchor: Any) -> Iterator[str]:
    """Yield the texts of an element without those of a link in it."""
    if element is anchor:
        return
    if isinstance(element.tag, str) and element.tag not in ("script", "style"):
        yield element.text or ""
        for child in element:
            yield from _outside(child, anchor)
            yield child.tail or ""


def _holds(element: Any, anchor: Any) -> bool:
    return _within(anchor, element)


def _where(element: Any, top: Any) -> tuple[str, ...]:
    steps: list[str] = []
    while element is not top and element is not None:
        steps.append(shape(element))
        element = element.getparent()
    return (top.tag, *reversed(steps))


def shape(element: Any) -> str:
    """Return an element's tag with its classes, without what differs from row to row (figures, odd, last)."""
    names = [n for n in (element.get("class") or "").split() if not _VARIES.search(n)]
    return ".".join([str(element.tag), *sorted(names)[:3]])


def apart(container: Any, rows: Sequence[Any]) -> list[str]:
    """Return the days of rows that stand in a column of their own, in the order of the rows; [] when there is none."""
    inside = set(map(id, rows))
    above = container.getparent()
    for _ in range(2):
        if above is None:
            return []
        days = [day for element in _leaves(above, inside) if (day := _day_alone(element.text))]
        if len(days) == len(rows):
            return days
        above = above.getparent()
    return []


def _leaves(above: Any, inside: set[int]) -> Iterable[Any]:
    for count, element in enumerate(above.iter()):
        if count > 3_000:
            return
        if isinstance(element.tag, str) and not len(element) and element.text and id(element) not in inside:
            yield element


def is_day_alone(words: str) -> bool:
    """Say whether words are a day and nothing else but its label."""
    return bool(_day_alone(words))


def _day_alone(words: str) -> str:
    if len(words) > _LONGEST:
        return ""
    value, rest = day_in(words)
    return value if value and not _WORDS_OF_A_DAY.sub("", rest) else ""
