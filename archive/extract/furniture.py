"""Lines that are furniture of a page, recognised by what they say.

The words are those of the one lexicon, ``archive/furniture.txt``; here are the forms of line in which they count. Each
rule looks at one whole line, short, with its white space taken out. A rule that could hit a sentence of an article is
only used at the edges of the text (``edge_kind``).
"""

from __future__ import annotations

import re
from functools import lru_cache

from archive.extract.notation import plain
from archive.furniture import any_of
from archive.patterns import regex
from archive.text.canonical import script_table

# Patterns are written in Simplified; these characters of theirs are folded before matching, nothing else.
_TRADITIONAL = "關閉窗視轉載權經聯閱讀報導連結鏈編輯責來發佈時間點擊瀏覽頁頂聲許證備類熱門選網評論們圖書簽檢視參與專題總數據後條則聞臺記撰處單級標題體號鍵詞讚擴繁簡無礙訂閱"
_FOLD = {
    ord(character): script_table()[character] for character in _TRADITIONAL if character in script_table()
}
_FOLDED = regex(f"[{_TRADITIONAL}]")
SPACE = regex(r"[\s\u3000\u00a0\u200b\ufeff]+")
_CONTROL_WORDS = regex(any_of("controls in pages"), re.I)
_STRONG_CONTROL = regex(any_of("certain controls in pages"), re.I)
_PUNCTUATION = regex(r"[\[\]【】〖〗()（）|｜:：/·>»«<\-+_,，、.。!！\s]+")
_EDITORS = any_of("editors")
_WHOLE = tuple(
    (kind, re.compile(pattern, re.I))
    for kind, pattern in (
        (
            "editor",
            rf"^[【\[（(]?(?:本文|文章|网络|网站)?(?:{any_of('editors', 'other editors in pages')})(?:人|员)?[】\]]?[:：].{{0,40}}$"
            rf"|^[^，。；]{{0,30}}(?:{_EDITORS})[】\]]?[:：][^，。；]{{0,16}}$|^(?:网络)?编辑[:：][^，。；]{{1,12}}$"
            rf"|^[【\[（(](?:{_EDITORS}|编辑|作者).{{0,20}}[】\])）](?:[(（【\[]责任编辑.{{0,20}}[】\])）])?$|^(?:{_EDITORS})$"
            r"|^[（(][\u4e00-\u9fff、]{2,12}(?:编辑|责编)[）)]$",
        ),
        (
            "qr code",
            r"^.{0,8}(?:扫一扫|扫码|扫描|二维码).{0,16}(?:页面?|页|查看|观看|分享|打开|浏览|关注|阅读)[】）)]?$|^扫一扫.{0,12}$"
            r"|^(?:请?点击|选择)?(?:右上角|在浏览器中打开).{0,10}$|^用手机(?:浏览|打开|看).{0,8}$",
        ),
        (
            "neighbours",
            rf"^[▪·•<>«»\[【（(]{{0,3}}(?:{any_of('neighbours in pages')})(?:一?[篇条條则則]|一?(?:页|頁|新闻))[】\]）)]?(?:[:：<>»«].{{0,100}})?$",
        ),
        (
            "counter",
            rf"^[(（\[]?(?:{any_of('counter in pages')})(?:次数|量|数|人数|率|人次)?[:：]?[-\d,]*次?[)）\]]?$",
        ),
        ("breadcrumb", rf"^(?:{any_of('breadcrumb in pages')})"),
        ("hint", any_of("hint in pages")),
        ("controls", rf"^(?:{any_of('more in pages')})[>»》]*$"),
    )
)
_RELATED = regex(
    rf"^[▪·•■◆●★□▲◎【\[>]{{0,2}}(?:{any_of('other articles', 'other articles in pages')})"
    r"[】\]]?(?:[:：>»》.…]|\(\d+\)|更多)*$"
)
_DISCLAIMER = regex(any_of("disclaimer in pages"))
_FOOTER = regex(
    rf"{any_of('imprint', 'imprint in pages')}|^(?:{any_of('site links', 'site links in pages')})(?:[|｜].*)?$",
    re.I,
)
_PEOPLE = regex(rf"^[【\[（(]?(?:{any_of('people in pages')})(?:人|员)?[】\]]?[:：][^，。；]{{0,30}}$")
_WEAK_FOOTER = regex(rf"^(?:{any_of('bodies in pages')})(?:单位)?[:：]")
_SHORT = 140
_LABEL = regex(
    rf"(?:(?<![\u4e00-\u9fff])|(?<=[日分秒时]))(?:{any_of('source labels in pages', 'labels')})(?:{any_of('after labels in pages')})?(?:[:：】〗]|于《)"
)
_DASHES = regex("[\u2010-\u2015\u2212\uff0d]{1,2}")
_DATE = regex(r"(?:19|20)\d{2}\s?(?:年|[-/.])\s?\d{1,2}\s?(?:月|[-/.])\s?\d{1,2}")
_DATE_TIME = regex(_DATE.pattern + r"日?(?:星期.|[上下]午)?\s?\d{1,2}[:：]\d{2}")
_DATED_SOURCE = regex(r"^[\[(（]?" + _DATE.pattern + r"[^，。；]{0,40}来源[:：]")
_ONLY_DATE = regex(
    r"^[\[(（]?(?:(?:发布|发表|更新)?(?:时间|日期)[:：]?)?(?:19|20)\d{2}(?:年|[-/.])\d{1,2}(?:月|[-/.])\d{1,2}日?"
    r"(?:[\sT]*(?:星期.|\d{1,2}[:：时点]\d{1,2}(?:[:：分]\d{1,2}秒?|分)?|[上下]午|中午|晚上?|凌晨|[AaPp][Mm]))*[\])）]?$"
)


def squash(text: str) -> str:
    """Return ``text`` without any white space."""
    return SPACE.sub("", text)


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """Return ``text`` squashed and in the characters that the patterns are written in. For matching only."""
    short = squash(text)
    return short.translate(_FOLD) if _FOLDED.search(short) else short


@lru_cache(maxsize=4096)
def kind_of(line: str) -> str:
    """Return which kind of furniture a whole line is, wherever it stands, or ""."""
    if len(line) > _SHORT:
        return ""
    short = folded(line)
    for kind, pattern in _WHOLE:
        if pattern.search(short):
            return kind
    return "controls" if _only_controls(short) else ""


def is_related_heading(line: str) -> bool:
    """Say whether a line announces links to other articles."""
    return len(line) <= 40 and bool(_RELATED.match(folded(line)))


def edge_kind(line: str) -> str:
    """Return which kind of furniture a line is when it stands before or after the text, or ""."""
    short = folded(line[:900])[:600]
    if len(short) <= 60 and _PEOPLE.search(short):
        return "editor"
    if _DISCLAIMER.search(short):
        return "disclaimer"
    return "footer" if _FOOTER.search(short) else ""


def is_weak_footer(line: str) -> bool:
    """Say whether a line may be a footer's, if a footer follows it: 主办单位, 地址, 电话."""
    return len(line) <= 80 and bool(_WEAK_FOOTER.match(folded(line)))


def _only_controls(short: str) -> bool:
    if not _STRONG_CONTROL.search(short):
        return False
    return not _PUNCTUATION.sub("", _CONTROL_WORDS.sub("", short))


@lru_cache(maxsize=4096)
def is_byline(line: str) -> bool:
    """Say whether a line is a date, source or author line and no sentence of an article."""
    if len(line) > 140:
        return False
    short = _DASHES.sub("-", plain(folded(line)))
    if _ONLY_DATE.match(short):
        return ":" in short or "：" in short or short[-1].isdigit() or "[" in short
    if "。" in short or "；" in short or short.endswith(("？", "?")):
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
