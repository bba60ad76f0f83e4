"""What kind of difference a variant is, by the words that differ and those beside them."""

from __future__ import annotations

import re

from archive.collate.key import letters_only
from archive.collate.lexicon import OFFICE, TIME_WORD
from archive.collate.values import Kind, Span

_DIGIT = re.compile(r"[0-9零一二三四五六七八九十百千万亿两半]")
_FIGURE = re.compile(r"[0-9][0-9.,]*")
_FIGURE_LEFT = re.compile(r"[0-9]+(?:[.,][0-9]+)*[.,-]?$")
_FIGURE_RIGHT = re.compile(r"^[.,]?[0-9]+(?:[.,][0-9]+)*%?|^%")
_ONLY_FIGURES = re.compile(r"[0-9.,%‰~/:-]*[万亿千百]{0,2}")
_NUMERAL = re.compile(r"[0-9.,%‰~零一二三四五六七八九十百千万亿两半多余约近超]*")
_UNITS_OF_TIME = "年月日号时分"
_UNITS = frozenset(_UNITS_OF_TIME)
_TIME = re.compile(
    rf"[0-9一二三四五六七八九十零〇:/-]*[{_UNITS_OF_TIME}]?(?:[0-9:/-]*[{_UNITS_OF_TIME}]?){{0,4}}"
)
_REACH = 24


def is_figure(text: str) -> bool:
    """Say whether a text is figures, and points and commas between them."""
    return bool(_FIGURE.fullmatch(text))


def whole_figures(a: str, b: str, span: Span, low: int, high: int) -> Span:
    """Return a change inside a figure widened to the whole figure: 1.5万亿→15万亿, not a lost point."""
    if not (_ONLY_FIGURES.fullmatch(a[span.a0 : span.a1]) and _ONLY_FIGURES.fullmatch(b[span.b0 : span.b1])):
        return span
    left = _FIGURE_LEFT.search(a[max(low, span.a0 - _REACH) : span.a0])
    right = _FIGURE_RIGHT.match(a[span.a1 : min(high, span.a1 + _REACH)])
    back = len(left[0]) if left else 0
    on = len(right[0]) if right else 0
    if not _is_figure(a[span.a0 - back : span.a1 + on]) and not _is_figure(b[span.b0 - back : span.b1 + on]):
        return span
    return Span(span.a0 - back, span.a1 + on, span.b0 - back, span.b1 + on)


def whole_times(a: str, b: str, span: Span) -> Span:
    """Return a change of a time with the unit that both keep: 2月27日→近日, not 2月27→近."""
    unit = a[span.a1 : span.a1 + 1]
    if unit not in _UNITS or unit != b[span.b1 : span.b1 + 1]:
        return span
    here, there = a[span.a0 : span.a1] + unit, b[span.b0 : span.b1] + unit
    is_time_word = TIME_WORD.fullmatch(here) or TIME_WORD.fullmatch(there)
    if is_time_word and _is_time(here, "") and _is_time(there, ""):
        return Span(span.a0, span.a1 + 1, span.b0, span.b1 + 1)
    return span


def kind_of(a: str, b: str, span: Span) -> Kind:
    """Return what kind of difference a span of two keys is."""
    here, there = a[span.a0 : span.a1], b[span.b0 : span.b1]
    words = letters_only(here), letters_only(there)
    if not any(words):
        return Kind.NUMBER if _is_in_figure(a, span.a0, span.a1) else Kind.PUNCTUATION
    if _is_date(a, b, span, here, there):
        return Kind.DATE
    if _NUMERAL.fullmatch(here) and _NUMERAL.fullmatch(there) and _DIGIT.search(here + there):
        return Kind.NUMBER
    if not all(words):
        return Kind.ADDED if words[1] else Kind.OMITTED
    if _is_office(a, span, here, there):
        return Kind.NAME_OR_TITLE
    figures = [_DIGIT.findall(text) for text in (here, there)]
    is_short = len(here) <= 12 and len(there) <= 12
    return Kind.NUMBER if is_short and any(figures) and figures[0] != figures[1] else Kind.ALTERED


def _is_figure(text: str) -> bool:
    return any(c.isdigit() for c in text)


def _is_in_figure(text: str, start: int, end: int) -> bool:
    return text[max(0, start - 1) : start].isdigit() and text[end : end + 1].isdigit()


def _is_date(a: str, b: str, span: Span, here: str, there: str) -> bool:
    if len(here) > 16 or len(there) > 16:
        return False
    if TIME_WORD.fullmatch(here.strip(",")) or TIME_WORD.fullmatch(there.strip(",")):
        return True
    after = a[span.a1 : span.a1 + 1], b[span.b1 : span.b1 + 1]
    return bool(_DIGIT.search(here + there)) and all(
        _is_time(text, unit) for text, unit in zip((here, there), after, strict=True)
    )


def _is_time(text: str, following: str) -> bool:
    if not text or TIME_WORD.fullmatch(text):
        return True
    if not _TIME.fullmatch(text):
        return False
    return text[-1] in _UNITS or following in _UNITS


def _is_office(a: str, span: Span, here: str, there: str) -> bool:
    """Say whether an office or the name beside it may have been changed: what differs holds one, or is short and touches it."""
    first = max(0, span.a0 - 4)
    offices = [*OFFICE.finditer(a[first : span.a1 + 4])]
    if not offices:
        return False
    if OFFICE.search(here) or OFFICE.search(there):
        return True
    touches = any(one.start() + first <= span.a1 and span.a0 <= one.end() + first for one in offices)
    return touches and len(here) <= 4 and len(there) <= 4
