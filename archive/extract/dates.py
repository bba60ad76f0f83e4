"""Dates as pages write them, and the one that a page shows as the day it was published.

Times are those of Beijing, UTC+8. A date says what the page shows; it does not prove when anything was published.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from archive.extract.surroundings import Surroundings

DATE = (
    r"(?<!\d)((?:19|20)\d{2})\s?(?:年|[-/.])\s?(\d{1,2})\s?(?:月|[-/.])\s?(\d{1,2})(?!\d)\s?日?"
    r"(?:[\sT\x1f-]{0,4}(?:星期.|周.|[上下]午)?[\sT\x1f-]{0,3}(\d{1,2})\s?[:：时]\s?(\d{2})(?!\d))?"
)
_GAP = r"[\s\x1e\x1f:：】\]]{0,6}"
_PUBLISHED = re.compile(
    r"(?:(?<![\u4e00-\u9fff])|(?<=信息|文章|网站|稿件|网上|首次))(?:发\s?布|发\s?表|公\s?布|公\s?开|发\s?稿|刊\s?发|提交|添加|公\s?告|時間發佈|发文)\s?(?:日\s?期|时\s?间|日期|時間)"
    + _GAP
    + DATE
    + r"|时间发布"
    + _GAP
    + DATE
)
_LABELLED = re.compile(
    r"(?:(?<![\u4e00-\u9fff])(?:时\s?间|日\s?期|時間|日期)|更新(?:时间|日期|時間)|录入时间)" + _GAP + DATE
)
_ANY = re.compile(DATE)
# Skins that set year, month and day in elements of their own: 2024 | 05 / 07 | 10:11
_APART = re.compile(
    r"(?<!\d)(20\d{2})[\x1e\x1f]{1,2}(\d{1,2})[\x1e\x1f]?\s?[/-]\s?[\x1e\x1f]?(\d{1,2})[\x1e\x1f]{1,2}(\d{1,2}):(\d{2})"
)
_OTHER = re.compile(
    r"(?:成文|生成|实施|施行|失效|废止|有效|印发|制定|签署|生效|开始|结束|截止|截至|活动|报名|展会|会议|比赛|考试|办理|服务|开放|营业|公示)"
    r"(?:日\s?期|时\s?间|期)?[\s\x1e\x1f:：至到自于]{0,6}$"
)
_META = (
    "pubdate",
    "publishdate",
    "firstpublishedtime",
    "article:published_time",
    "publish-date",
    "date",
    "_pubtime",
)


def iso(groups: tuple[str | None, ...]) -> str | None:
    """Return the groups of ``DATE`` as ``YYYY-MM-DD`` or ``YYYY-MM-DDTHH:MM+08:00``, None for no real day."""
    year, month, day, hour, minute = (int(g) if g else None for g in groups[:5])
    try:
        text = date(year or 0, month or 0, day or 0).isoformat()
    except ValueError:
        return None
    if hour is None or minute is None or hour > 23 or minute > 59:
        return text
    return f"{text}T{hour:02d}:{minute:02d}+08:00"


def parse_date(text: str) -> str | None:
    """Return the first date in ``text`` in the form of ``iso``, or None."""
    match = _ANY.search(text[:200])
    return iso(match.groups()) if match else None


def shown_date(around: Surroundings) -> tuple[str | None, str]:
    """Return the date that the page shows as its publication and where; (None, "") when it shows none.

    A labelled date near the headline or the body wins, then one in the line under the headline, then one with
    another label. Dates in the body, of signature or of coming into force, are none.
    """
    for pattern, outside in ((_PUBLISHED, True), (_ANY, False), (_LABELLED, True), (_APART, True)):
        found = []
        for match in pattern.finditer(around.text):
            value = _value(match)
            if (
                value
                and _is_place(around, match, outside)
                and not _OTHER.search(around.text[: match.start()][-24:])
            ):
                found.append(
                    (around.distance(match.start()), -len(value), value, around.where(match.start()))
                )
        if found:
            _, _, value, where = min(found)
            return value, where
    return None, ""


def _value(match: re.Match[str]) -> str | None:
    groups = match.groups()
    return iso(groups[:5]) if groups[0] else iso(groups[5:10])


def _is_place(around: Surroundings, match: re.Match[str], labelled: bool) -> bool:
    if labelled:
        return True
    return around.is_dateline(match.start(), match.end())


def declared_date(metas: dict[str, str]) -> tuple[str | None, str]:
    """Return the PubDate of a page that shows the table of an official document but no day of publication.

    Such pages (政府信息公开) show when a document takes effect and lapses, and leave its publication to the meta
    element that the standard for government sites requires. It is the site's word all the same, and flagged.
    """
    if not metas.get("pubdate") or not metas.get("sitename"):
        return None, ""
    return parse_date(metas["pubdate"]), "meta[PubDate]"


def meta_date(metas: dict[str, str]) -> tuple[str | None, str]:
    """Return the date that the meta elements claim and the name of the one that does."""
    for name in _META:
        if value := metas.get(name):
            match = re.search(DATE.replace(r"[\sT\x1f-]{0,4}", r"[\sT:\x1f-]{0,4}"), value)
            if match and (day := iso(match.groups())):
                return day, f"meta[{name}]"
    return None, ""


def metas_of(root: Any) -> dict[str, str]:
    """Return the page's meta elements by lower-case name, the first that is not empty for each; bounded."""
    found: dict[str, str] = {}
    for count, meta in enumerate(root.iter("meta")):
        if count > 2000:
            break
        name = (meta.get("name") or meta.get("property") or "").strip().lower()
        content = (meta.get("content") or "").strip()
        if name and content:
            found.setdefault(name, content[:2000])
    return found
