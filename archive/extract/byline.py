"""The line under a headline: date, source, author, with the controls that stand among them."""

from __future__ import annotations

import re
from functools import lru_cache

from archive.extract.furniture import folded
from archive.extract.moments import plain

_LABEL = re.compile(
    r"(?:(?<![\u4e00-\u9fff])|(?<=[日分秒时]))(?:(?:信息|文章|稿件|新闻|文字|本文|公开)?来源(?=于《)|(?:信息|文章|稿件|新闻|资料|内容)?来源|來源|稿源|出处|出處|来自|时间|時間|日期|发布|發布|发表|更新|作者|记者|编辑|編輯|供稿|撰稿|浏览|点击|阅读|访问|字体|字号|字號|分享|责编|打印|"
    r"时间发布|信息提供|来稿单位|公开)(?:日期|时间|时間|机构|单位|次数|量|数|大小|到|人)?(?:[:：】〗]|于《)"
)
_DASHES = re.compile("[\u2010-\u2015\u2212\uff0d]{1,2}")
_DATE = re.compile(r"(?:19|20)\d{2}\s?(?:年|[-/.])\s?\d{1,2}\s?(?:月|[-/.])\s?\d{1,2}")
_DATE_TIME = re.compile(_DATE.pattern + r"日?(?:星期.|[上下]午)?\s?\d{1,2}[:：]\d{2}")
_DATED_SOURCE = re.compile(r"^[\[(（]?" + _DATE.pattern + r"[^，。；]{0,40}来源[:：]")
_ONLY_DATE = re.compile(
    r"^[\[(（]?(?:(?:发布|发表|更新)?(?:时间|日期)[:：]?)?(?:19|20)\d{2}(?:年|[-/.])\d{1,2}(?:月|[-/.])\d{1,2}日?"
    r"(?:[\sT]*(?:星期.|\d{1,2}[:：时点]\d{1,2}(?:[:：分]\d{1,2}秒?|分)?|[上下]午|中午|晚上?|凌晨|[AaPp][Mm]))*[\])）]?$"
)


@lru_cache(maxsize=4096)
def is_byline(line: str) -> bool:
    """Say whether a line is a date, source or author line and no sentence of an article."""
    if len(line) > 140:
        return False
    short = _DASHES.sub("-", plain(folded(line)))
    if _ONLY_DATE.match(short):
        return ":" in short or "：" in short or short[-1].isdigit() or "[" in short
    if "。" in short or "；" in short:
        return False
    if short.startswith(("http://", "https://")) and _DATE.search(short) and len(short) < 80:
        return True
    if len(short) < 80 and _DATED_SOURCE.match(short):
        return True
    labels = len(_LABEL.findall(short))
    if labels == 0:
        at_time = _DATE_TIME.search(short[:50])
        return bool(at_time) and len(short) < 60 and "，" not in short
    if labels >= 2:
        return len(short) < 120
    match = _LABEL.search(short)
    at = match.start() if match else 99
    return (at <= 4 and len(short) < 40) or bool(_DATE.search(short[:30]) and len(short) < 80)
