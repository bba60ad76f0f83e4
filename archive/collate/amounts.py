"""Whether a change of a figure or a day is one at all: 1.5亿 and 15000万 are one value, 2026年3月1日 and 2026-03-01 one day."""

from __future__ import annotations

import re

from archive.collate.figures import is_figure_edit, whole_figure
from archive.collate.key import letters_only
from archive.collate.values import Span
from archive.text.amounts import valued

_LONGEST, _LOOSE = 60, ".,:∶~/-年月日号至到"
_PARTS = re.compile("⟨")
_MIXED = re.compile(r"(?<![0-9.])([0-9]+)亿([0-9]{1,4})万(?![0-9])")


def same_value(a: str, b: str, span: Span, low: int, high: int) -> Span | None:
    """Return the whole figures or days that a change is of when both say the same, else nothing.

    ``low`` and ``high`` are where the neighbouring changes of the original end and begin.
    """
    if span.size == 0 or span.size > _LONGEST or not _is_numeric(a, b, span):
        return None
    for is_dated in (True, False):
        whole = whole_figure(a, b, span, low, high, is_dated=is_dated)
        for one in (whole, _without_ends(a, b, whole, span)):
            if are_equal(a[one.a0 : one.a1], b[one.b0 : one.b1], (a[: one.a0][-1:], a[one.a1 : one.a1 + 1])):
                return one
    return None


def are_equal(one: str, other: str, beside: tuple[str, str] = ("", "")) -> bool:
    """Say whether two whole written figures or days are worth the same for certain, given what stands beside both."""
    worth, worth_of_other = (_worth(written.join(beside)) for written in (one, other))
    return bool(_PARTS.search(worth)) and worth == worth_of_other


def _worth(written: str) -> str:
    summed = _MIXED.sub(lambda match: f"{int(match[1]) * 10_000 + int(match[2])}万", letters_only(written))
    return valued(summed)[0]


def _is_numeric(a: str, b: str, span: Span) -> bool:
    return is_figure_edit(a, b, span) or any(
        c in "年月日-/.至到比零下时分:" for c in a[span.a0 : span.a1] + b[span.b0 : span.b1]
    )


def _without_ends(a: str, b: str, whole: Span, span: Span) -> Span:
    """Return a widened figure without marks at its ends that both sides keep."""
    a0, a1, b0, b1 = whole.a0, whole.a1, whole.b0, whole.b1
    while a0 < span.a0 and a[a0] in _LOOSE:
        a0, b0 = a0 + 1, b0 + 1
    while a1 > span.a1 and a[a1 - 1] in _LOOSE:
        a1, b1 = a1 - 1, b1 - 1
    return Span(a0, a1, b0, b1)
