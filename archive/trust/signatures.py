"""Pages that stand where an article should be: challenges, blocks, soft 404s, parked names, default pages.

The same words occur in articles ("…须通过安全验证…"), so words alone never decide. They count on a page
with little to read, no prose and no mark of an article, and only as its title, as a whole sentence of their
kind, or beside the script that such pages are made of.
"""

from __future__ import annotations

import re
from html import unescape

from archive.models import Outcome, Unreadable
from archive.trust.known import KNOWN, Known

_SEEN = 20_000
_ARTICLE = re.compile(
    r"<meta[^<>]{0,200}name\s*=\s*[\"']?(?:ArticleTitle|PubDate|publishdate|firstpublishedtime)\b"
    r"|(?:发布|發佈|發布)(?:时间|日期|時間)\s*[:：]\s*\d|[来來]\s*源\s*[:：]\s*[\u4e00-\u9fff]",
    re.IGNORECASE,
)
_SCRIPTED = re.compile(
    r"document\.cookie|location\.(?:reload|replace|href)|location\s*=|window\.location|noscript|captcha|setTimeout",
    re.IGNORECASE,
)
_COOKIE = re.compile(r"document\s*(?:\.\s*cookie|\[\s*['\"]cookie)")
_LEAVES = re.compile(
    r"location\s*(?:\.\s*href\s*|\[[^\[\]]{1,20}\]\s*)?=[^=]|location\s*\.\s*(?:reload|replace|assign)\s*\("
    r"|http-equiv\s*=\s*[\"']?refresh",
    re.IGNORECASE,
)
_SILENT = re.compile(r"<(?=/?(?:script|style)\b)", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_AROUND = re.compile(r"[\s!！。.,，…:：·]+")
_SIMPLIFIED = str.maketrans(
    "訪問頁網請驗證開啟啓過頻內檢測攔絕戶閱覽連結資訊錯誤備發條擊動塊繼續後還見尋該無關閉維護壞應於為會這對該資料經",
    "访问页网请验证开启启过频内检测拦绝户阅览连结资讯错误备发条击动块继续后还见寻该无关闭维护坏应于为会这对该资料经",
)
_IS_TRADITIONAL = re.compile("[" + "".join(map(chr, _SIMPLIFIED)) + "]")
_SORRY = re.compile(r"^(?:(?:很|非常)?抱歉|对不起|對不起|sorry|提示信息|提示|错误提示|error)")


def page_signature(text: str, title: str, html: str) -> Unreadable | None:
    """Return what stands in the article's place, or None where no known signature fits.

    ``text`` is what a visitor sees, ``title`` the ``<title>``; the first 20,000 characters are looked
    at. None does not prove an article: a home page served for a lost one is only known by asking for an
    address that never was.
    """
    text, html = text[:_SEEN], html[:_SEEN]
    seen = _plain(text)
    if script := _by_script(seen, html):
        return script
    if text.count("。") > 5 or _ARTICLE.search(html) or _ARTICLE.search(text):
        return None
    return _by_words(seen, _bare(title), html)


def visible_text(html: str) -> str:
    """Return about what a visitor sees of a page, unparsed: good enough to tell little from much."""
    pieces = _SILENT.split(html[:_SEEN])
    shown = pieces[:1] + [p.partition(">")[2] for p in pieces[1:] if p.startswith("/")]
    return unescape(_TAG.sub(" ", "".join(shown)))


def page_title(html: str) -> str:
    """Return what the first ``<title>`` says, empty where there is none."""
    found = re.search(r"<title[^<>]*>([^<]*)", html[:_SEEN], re.IGNORECASE)
    return unescape(found[1]).strip() if found else ""


def _by_script(seen: str, html: str) -> Unreadable | None:
    """Return what a page made of script and little else is. No script is run, no challenge solved."""
    if len(seen) > 300:
        return None
    for known in KNOWN:
        if known.script.search(html):
            return Unreadable(reason=known.reason, outcome=known.outcome)
    if _ARTICLE.search(html):
        return None
    if len(seen) < 60 and _COOKIE.search(html) and _LEAVES.search(html):
        return Unreadable(reason="challenge: cookie", outcome=Outcome.BLOCKED)
    if len(seen) < 30 and len(html) < 2_048 and _LEAVES.search(html):
        return Unreadable(reason="script_shell")
    return None


def _by_words(seen: str, titles: tuple[str, ...], html: str) -> Unreadable | None:
    for known in KNOWN:
        named = any(known.titles.fullmatch(title) for title in titles)
        said = len(seen) <= 600 and known.sentences.search(seen)
        meant = len(seen) <= 200 and known.words.search(seen) and _SCRIPTED.search(html)
        if named or said or meant or _in_source(known, seen, html):
            return Unreadable(reason=known.reason, outcome=known.outcome)
    return None


def _in_source(known: Known, seen: str, html: str) -> bool:
    """Tell whether a page that shows next to nothing says it in its source, say in ``noscript``."""
    if len(seen) > 60 or not known.reason.startswith(("challenge", "blocked", "script")):
        return False
    return known.sentences.search(_plain(html)) is not None


def _bare(title: str) -> tuple[str, ...]:
    """Return a title's readings, spaces and apologies off: all of it, and what precedes a site's name."""
    whole = _AROUND.sub("", _plain(title[:400]))[:200]
    parts = (whole, *re.split(r"[-_|丨—–]", whole)[:1])
    return tuple(_SORRY.sub("", part) or part for part in parts)


def _plain(text: str) -> str:
    flat = "".join(text.split()).lower()
    return flat.translate(_SIMPLIFIED) if _IS_TRADITIONAL.search(flat) else flat
