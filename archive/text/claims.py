"""What a page claims above its text: title, date, source, author, as shown there."""

from __future__ import annotations

import re
from dataclasses import dataclass

DATE = re.compile(
    r"(\d{4})\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})\s?日?(?:[T\s]{0,3}(\d{1,2}):(\d{2})(?::\d{2})?)?"
)
_VALUE = (
    r"\s*:\s*([^\n|]{1,60}?)\s*"
    r"(?=\s{2}|\t|[|\]】]|\s(?:日期|时间|发布|作者|编辑|点击|浏览|阅读|字体|字号|来源)|(?:作者|编辑|发布时间|日期|点击|浏览次数)\s*:|$)"
)
_SOURCE = re.compile(r"(?:信息来源|文章来源|稿件来源|新闻来源|来源|出处)" + _VALUE)
_AUTHOR = re.compile(r"(?:作者)" + _VALUE)
_DATELINE = re.compile(
    r"^\s*((?:新华|中新|中国新闻|人民|央视|光明|经济日报|科技日报|工人日报|中国日报)?[^\s,。(\d]{0,4}?(?:社|网|报|台|客户端))"
    r"[^,。(\d]{0,8}\d{1,2}月\d{1,2}日[电讯]?"
)
_REPORTER = re.compile(r"[(]\s*(?:见习|实习)?记者\s*:?\s*([^\s,。)]{2,4}(?:[\s、][^\s,。)]{2,4}){0,3})\s*[)]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What a page says above its text, as shown; ``None`` or empty where it says nothing."""

    title: str = ""
    published_at: str | None = None
    source_line: str | None = None
    author: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page: as shown, and in Simplified characters and one width, offset for offset."""

    start: int
    end: int
    shown: str
    plain: str


def head(title: Line | None, claims: list[Line], opening: Line | None) -> Head:
    """Return what the lines of claims say, and the opening of the text where they say nothing.

    What a page claims of itself proves nothing: copying sites generate dates and name themselves.
    """
    dates = filter(None, (_date(line.plain) for line in claims))
    sources = [shown for line in claims if (shown := _shown(_SOURCE, line))]
    authors = [shown for line in claims if (shown := _shown(_AUTHOR, line))]
    if opening and not sources:
        sources = [shown for shown in [_shown(_DATELINE, opening)] if shown]
    if opening and not authors:
        authors = [shown for shown in [_shown(_REPORTER, opening)] if shown]
    return Head(
        title=title.shown if title else "",
        published_at=next(dates, None),
        source_line=sources[0] if sources else None,
        author=authors[0] if authors else None,
    )


def _shown(pattern: re.Pattern[str], line: Line) -> str | None:
    """Return what a pattern finds in the Simplified line, as it is written in the line itself."""
    match = pattern.search(line.plain)
    return line.shown[match.start(1) : match.end(1)].strip() or None if match else None


def _date(plain: str) -> str | None:
    match = DATE.search(plain)
    if not match:
        return None
    year, month, day = (int(part) for part in match.groups()[:3])
    if not (1990 <= year <= 2100 and 1 <= month <= 12 and 1 <= day <= 31):
        return None
    hour = f"T{int(match[4]):02}:{match[5]}+08:00" if match[4] and int(match[4]) < 24 else ""
    return f"{year}-{month:02}-{day:02}{hour}"
