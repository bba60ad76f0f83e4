"""What kind of difference a variant is, by the words that differ and those beside them."""

from __future__ import annotations

import re

from archive.collate.figures import is_figure_edit, whole_figure
from archive.collate.key import letters_only
from archive.collate.lexicon import OFFICE, TIME_WORD
from archive.collate.values import Kind, Span

_DIGIT = re.compile(r"[0-9零一二三四五六七八九十百千万亿两半]")
_FIGURE = re.compile(r"[0-9][0-9.,]*")
_SCALES, _ENDS = "万亿千百十", ",.:∶~/"
_NUMERAL = re.compile(r"[0-9.,%‰~零一二三四五六七八九十百千万亿两半多余约近超]*")
_UNITS_OF_TIME = "年月日号时分"
_UNITS = frozenset(_UNITS_OF_TIME)
_TIME = re.compile(
    rf"[0-9一二三四五六七八九十零〇:/-]*[{_UNITS_OF_TIME}]?(?:[0-9:/-]*[{_UNITS_OF_TIME}]?){{0,4}}"
)


def is_figure(text: str) -> bool:
    """Say whether a text is figures, and points and commas between them."""
    return bool(_FIGURE.fullmatch(text))


def whole_figures(a: str, b: str, span: Span, low: int, high: int) -> Span:
    """Return a change inside a figure widened to the whole figure: 1.5万亿→15万亿, not a lost point."""
    if is_figure_edit(a, b, span):
        return _without_units(a, b, whole_figure(a, b, span, low, high), span)
    return span


def _without_units(a: str, b: str, wide: Span, span: Span) -> Span:
    """Return a widened figure without the scale behind it that both sides keep, and without marks at its ends."""
    a1, b1 = wide.a1, wide.b1
    while a1 > span.a1 and (a[a1 - 1] in _SCALES or a[a1 - 1] in _ENDS):
        a1, b1 = a1 - 1, b1 - 1
    a0, b0 = wide.a0, wide.b0
    while a0 < span.a0 and a[a0] in _ENDS:
        a0, b0 = a0 + 1, b0 + 1
    return Span(a0, a1, b0, b1)


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
    is_figures = is_figure_edit(a, b, span)
    if not any(words) and not is_figures:
        return Kind.PUNCTUATION
    if _is_date(a, b, span, here, there):
        return Kind.DATE
    if is_figures and not (words[0] and words[1] and max(len(here), len(there)) > 12):
        is_clause = (not here or not there) and not _is_numeral(here + there)
        if not is_clause:
            return Kind.NUMBER
    if _NUMERAL.fullmatch(here) and _NUMERAL.fullmatch(there) and _DIGIT.search(here + there):
        return Kind.NUMBER
    if not all(words):
        return Kind.ADDED if words[1] else Kind.OMITTED
    if _is_office(a, span, here, there):
        return Kind.NAME_OR_TITLE
    figures = [_DIGIT.findall(text) for text in (here, there)]
    is_short = len(here) <= 12 and len(there) <= 12
    return Kind.NUMBER if is_short and any(figures) and figures[0] != figures[1] else Kind.ALTERED


def _is_numeral(text: str) -> bool:
    return all(c.isdigit() or c in "零〇一二三四五六七八九十百千万亿两" or not c.isalnum() for c in text)


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
