"""What a change is about, and which of several a person should see first. Pure.

Kinds are told by the words that differ and those beside them. A rank orders what is shown; it is no measure of what
a change means, and nothing is left out because it ranks low.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from archive.collate.kinds import OFFICE, kind_of
from archive.collate.values import Kind, Span
from archive.diff import Edit
from archive.patterns import regex

# What binds, allows, forbids or limits, and what ends its force.
_MODAL = regex(
    "原则上|应当|必须|务必|不得|不准|不予|不应|不能|不再|禁止|严禁|可以|不可|方可|允许|准予|免予|无须|无需|有权|鼓励|一律|至少|至多|"
    "不超过|不低于|不高于|不少于|不多于|优先|废止|失效|停止执行|暂停执行|中止"
)
_SINGLE = frozenset("应须得可宜必")
# One such character alone binds, too, unless it is part of another word: 应用, 适应, 许可, 可能.
_ALONE = regex(
    "(?<![相适响反供对呼感答])应(?![用急对变聘届邀付和援])|(?<![必])须(?![知])|(?<![许认])可(?![能行靠持再见观])|(?<![适便事权])宜"
)
# A day, a span of time, a term.
_TIME = regex(
    "[0-9]{4}年|[0-9]{1,2}月|[0-9]{1,2}日|[0-9一二两三四五六七八九十百]{1,4}(?:年(?!级)|个月|个?工作日|天|日内|小时)"
)
_FIGURE = regex("[0-9]|百分之|[一二两三四五六七八九十百千]{1,4}(?:个|家|项|名|人|万|亿|倍|成)")
_NAME_AFTER = 4
_ORGANISATION = regex(
    "(?:委员会|办公厅|办公室|管理局|监督局|总局|公司|集团|大学|学院|研究院|研究所|银行|法院|检察院|人民政府|协会|中心|部门|"
    "[部委局厅署])(?![分署件面长员])"
)
# A whole passage that came or went.
_LONG, _AROUND, _MOST = 40, 3, 400


class Matter(StrEnum):
    """What a change is about. The first that fits; ``wording`` says only that nothing more particular does."""

    MODAL = "modal"
    NUMBER = "number"
    ATTACHMENT = "attachment"
    DATE = "date"
    NAME = "name"
    ORGANISATION = "organisation"
    FIELD = "field"
    PASSAGE = "passage"
    WORDING = "wording"
    PUNCTUATION = "punctuation"


RANKS = {
    Matter.MODAL: 90,
    Matter.NUMBER: 80,
    Matter.ATTACHMENT: 75,
    Matter.DATE: 70,
    Matter.NAME: 65,
    Matter.ORGANISATION: 60,
    Matter.FIELD: 55,
    Matter.PASSAGE: 50,
    Matter.WORDING: 30,
    Matter.PUNCTUATION: 5,
}
_TYPES = {
    Kind.NUMBER: Matter.NUMBER,
    Kind.DATE: Matter.DATE,
    Kind.NAME_OR_TITLE: Matter.NAME,
    Kind.PUNCTUATION: Matter.PUNCTUATION,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """One edit (its place among the edits), what it is about and where it stands in order: higher comes first."""

    edit: int
    matter: Matter
    rank: int


def ranked(a: str, b: str, changes: Sequence[Edit]) -> list[Ranked]:
    """Return the edits between two texts in the order a person should see them, every one of them."""
    found = [
        Ranked(edit=n, matter=matter, rank=RANKS[matter])
        for n, change in enumerate(changes)
        for matter in [matter_of(a, b, change)]
    ]
    return sorted(found, key=lambda one: (-one.rank, one.edit))


def matter_of(a: str, b: str, change: Edit) -> Matter:
    """Return what one edit is about."""
    size = max(len(change.from_text), len(change.to_text))
    if size <= _MOST and _changes_a_modal(a, b, change):
        return Matter.MODAL
    if size > _LONG:
        return Matter.PASSAGE
    kind = kind_of(a, b, Span(change.from_start, change.from_end, change.to_start, change.to_end))
    if kind is Kind.NUMBER and (_TIME.search(change.from_text) or _TIME.search(change.to_text)):
        return Matter.DATE
    if kind in _TYPES:
        return _TYPES[kind]
    if kind in (Kind.ADDED, Kind.OMITTED) and (matter := _of_one_side(a, b, change)):
        return matter
    return Matter.ORGANISATION if _names_an_organisation(a, b, change) else Matter.WORDING


def weightiest(matters: Iterable[Matter]) -> int:
    """Return the highest rank among some kinds, 0 for none."""
    return max((RANKS[matter] for matter in matters), default=0)


def _changes_a_modal(a: str, b: str, change: Edit) -> bool:
    old = _touched(_MODAL, a, change.from_start, change.from_end)
    new = _touched(_MODAL, b, change.to_start, change.to_end)
    if old != new:
        return True
    if change.from_text in _SINGLE and change.to_text in _SINGLE:
        return True
    alone = (
        change.from_text in _SINGLE and not change.to_text,
        change.to_text in _SINGLE and not change.from_text,
    )
    return (alone[0] and _is_isolated(a, change.from_start)) or (
        alone[1] and _is_isolated(b, change.to_start)
    )


def _is_isolated(text: str, at: int) -> bool:
    return _ALONE.match(text, at) is not None


def _of_one_side(a: str, b: str, change: Edit) -> Matter | None:
    """Return what words are about that came or went: a time, a figure, a person or an office."""
    text, whole, start = (
        (change.to_text, b, change.to_start) if change.to_text else (change.from_text, a, change.from_start)
    )
    if _TIME.search(text):
        return Matter.DATE
    if _FIGURE.search(text):
        return Matter.NUMBER
    if OFFICE.search(text) or (text.strip("副正常务") == "" and OFFICE.match(whole, start + len(text))):
        return Matter.NAME
    before = whole[max(0, start - _NAME_AFTER - 3) : start]
    is_beside = any(len(before) - match.end() <= _NAME_AFTER for match in OFFICE.finditer(before))
    return Matter.NAME if is_beside and len(text) <= _NAME_AFTER else None


def _names_an_organisation(a: str, b: str, change: Edit) -> bool:
    return bool(
        _touched(_ORGANISATION, a, change.from_start, change.from_end)
        or _touched(_ORGANISATION, b, change.to_start, change.to_end)
    )


def _touched(pattern: re.Pattern[str], text: str, start: int, end: int) -> list[str]:
    """Return what a pattern finds that an edit touches, or that begins where it ends."""
    low, high = max(0, start - _AROUND), min(len(text), end + _AROUND)
    return [
        match[0]
        for match in pattern.finditer(text, low, high)
        if match.end() > start and match.start() <= end and (match.start() < end or pattern is _ORGANISATION)
    ]
