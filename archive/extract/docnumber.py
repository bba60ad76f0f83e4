"""The number of a document (发文字号): its grammar, and which number on a page is the document's own.

A policy text cites other documents by their numbers all the time. Only a number in a labelled field, in the
title's brackets, or alone on one of the first lines of the body is taken for the page's own.
"""

from __future__ import annotations

import re

from archive.text import simplified

_YEAR = r"[〔\[（(【﹝［]\s?((?:19|20)\d{2})\s?[〕\]）)】﹞］]"
_NUMBER = re.compile(r"([\u4e00-\u9fffA-Za-z]{1,16})\s?" + _YEAR + r"\s?第?\s?(\d{1,5})\s?[号號]")
_ORDER = re.compile(
    r"((?:[\u4e00-\u9fff]{2,24}?(?:部|委员会|政府|国务院|总局|局|署|银行|办公厅|会|院|主席|国)|国务院|国)?令)\s?(?:((?:19|20)\d{2})年\s?)?第?\s?"
    r"([0-9〇○零一二三四五六七八九十百]{1,6})\s?[号號]"
)
_ANNOUNCED = re.compile(r"((?:19|20)\d{2})年\s?第\s?(\d{1,5})\s?[号號](令|公告|通告)?")
_ALONE = re.compile(r"^[（(\[【]?\s?(?:文号|发文字号|文件编号)?[:：]?\s?(.{4,40}?[号號])\s?[）)\]】]?$")
_BRACKETED = re.compile(
    r"[（(]\s?([^（）()]{2,30}[〔\[（(【﹝［]\s?(?:19|20)\d{2}\s?[〕\]）)】﹞］]\s?第?\s?\d{1,5}\s?[号號])\s?[）)]\s*$"
)


def normal_number(text: str) -> str | None:
    """Return the number in ``text`` as ``部门〔2024〕13号``, or None where there is none. Nothing else may stand there."""
    flat = simplified(re.sub(r"\s+", "", text[:200]))
    if match := _NUMBER.fullmatch(flat):
        return f"{match[1]}〔{match[2]}〕{int(match[3])}号"
    if match := _ORDER.fullmatch(flat):
        year = f"{match[2]}年" if match[2] else ""
        return f"{match[1]}{year}第{match[3]}号"
    if match := _ANNOUNCED.fullmatch(flat):
        return f"{match[1]}年第{match[2]}号{match[3] or ''}"
    return None


def number_in_title(title: str) -> str | None:
    """Return the number that stands in brackets at the end of a title."""
    match = _BRACKETED.search(title)
    return normal_number(match[1]) if match else None


def number_in_body(lines: list[str]) -> str | None:
    """Return the number that stands alone on one of the first lines of a body.

    An order may be split over two lines (``…人民政府令`` / ``第179号``) or stand in the note of its promulgation.
    """
    first = [re.sub(r"\s+", "", line) for line in lines[:8]]
    for at, line in enumerate(first):
        if len(line) <= 45 and (alone := _ALONE.match(line)) and (number := normal_number(alone[1])):
            return number
        below = first[at + 1] if at + 1 < len(first) else ""
        if line.endswith("令") and len(line) <= 30 and (number := normal_number(line + below)):
            return number
    for line in first[:4]:
        if line.startswith(("(", "（")) and len(line) < 200 and (match := _ORDER.search(line)):
            return _promulgated(match)
    return None


def _promulgated(match: re.Match[str]) -> str:
    name = match[1]
    for long, short in (("中华人民共和国国务院令", "国务院令"),):
        name = short if name.endswith(long) else name
    year = f"{match[2]}年" if match[2] else ""
    return f"{name}{year}第{match[3]}号"
