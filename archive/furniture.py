"""What surrounds an article in a copied plain text: its title and source line, navigation, adverts, footers.

``furniture.txt`` is the one lexicon of such words, for plain texts here and for pages in ``archive.extract.furniture``.

Plain text has no elements to go by, so a block is taken for furniture only where its words say so and its place
agrees: before the first sentence of the body or after the last one. A line nobody can place stays. What the lines
above the text claim (title, date, source, author) is given as shown there; it proves nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import groupby

from archive.patterns import regex
from archive.text.canonical import script_table

DATE = regex(
    r"(\d{4})\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})\s?日?(?:[T\s]{0,3}(\d{1,2}):(\d{2})(?::\d{2})?)?"
)
_DATELINE = regex(
    r"^\s*((?:新华|中新|中国新闻|人民|央视|光明|经济日报|科技日报|工人日报|中国日报)?[^\s,。(\d]{0,4}?(?:社|网|报|台|客户端))"
    r"[^,。(\d]{0,8}\d{1,2}月\d{1,2}日[电讯]?"
)
_REPORTER = regex(r"[(]\s*(?:见习|实习)?记者\s*:?\s*([^\s,。)]{2,4}(?:[\s、][^\s,。)]{2,4}){0,3})\s*[)]")
_LISTED = regex(r"^[-·•*●■]\s*\S{2,20}$")
_BAR = regex(r"^(?:[^|。,]{1,10}\s*[|]\s*){1,20}[^|。,]{1,10}$")
_SENTENCE = regex("[。;!?]")
_CLAUSE = regex("[,。;]")
_NO_TITLE = regex(
    r"^(?:[一二三四五六七八九十]+、|[(][一二三四五六七八九十\d]|第.{1,4}[章条节]|附件|\d+[.、])|[。:;,]$"
)
_TITLE_LONGEST, _PROSE_SHORTEST, _STRAY_LONGEST = 80, 40, 30


@cache
def _lexicon() -> dict[str, list[str]]:
    """Return the sections of the lexicon, each with its phrases as regular expressions."""
    sections: dict[str, list[str]] = {}
    phrases: list[str] = []
    for line in files("archive").joinpath("furniture.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            phrases = sections.setdefault(line.strip("[]"), [])
        elif not line.startswith("#"):
            # A blank of a phrase itself is written with a backslash.
            phrases += re.split(r"(?<!\\)\s+", line.strip()) if line.strip() else []
    return sections


def any_of(*sections: str) -> str:
    """Return a regular expression for any phrase of some sections of the lexicon, in their order."""
    return "|".join(phrase for section in sections for phrase in _lexicon()[section])


_VALUE = (
    r"\s*:\s*([^\n|]{1,60}?)\s*"
    rf"(?=\s{{2}}|\t|[|\]】]|\s(?:{any_of('after a source in texts')})|(?:{any_of('next label in texts')})\s*:|$)"
)
_SOURCE = regex(rf"(?:(?:{any_of('source kinds')})来源|来源|出处)" + _VALUE)
_AUTHOR = regex(r"(?:作者)" + _VALUE)
_BREADCRUMB = regex(rf"^(?:{any_of('breadcrumb in texts')})|^[^。,]{{2,30}}[>»›][^。,]{{2,40}}$")
_NAVIGATION = regex(any_of("site links", "site links in texts"))
_META = regex(rf"^[\[【(]?(?:(?:{any_of('source kinds')})来源|{any_of('labels in texts', 'labels')})\s*:")
_LABELS = regex(rf"(?:{any_of('labels')})(?:次数)?\s*:")
_TOOLS = regex(rf"(?:[\[【(]?\s*(?:{any_of('controls in texts')})\s*:?\s*[\]】)]?\s*[|]?\s*){{1,12}}")
_EDITOR = regex(rf"^[-\s]*[\[【(]?\s*(?:{any_of('editors', 'editors in texts')})\s*:", re.I)
_RELATED = regex(rf"^[-\s■●]*(?:{any_of('other articles', 'other articles in texts')})(?:推荐)?\s*:?")
# Small and large first letters by themselves: what may begin with either is tried at every character of a text.
_LEGAL = regex(any_of("legal in texts"))
_NOTICE = regex(any_of("notice in texts"))
_IMPRINT = regex(any_of("imprint", "imprint in texts"))
_SPAM = regex(any_of("certain spam in texts", "spam in texts"))
# 人人 is a word of many honest names.
_STRONG_SPAM = regex(any_of("certain spam in texts") + "|人人[^民大都均皆]")
_ADVERT = regex(any_of("adverts in texts"))


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
    sources = [shown for line in claims if (shown := _as_shown(_SOURCE, line))]
    authors = [shown for line in claims if (shown := _as_shown(_AUTHOR, line))]
    if opening and not sources:
        sources = [shown for shown in [_as_shown(_DATELINE, opening)] if shown]
    if opening and not authors:
        authors = [shown for shown in [_as_shown(_REPORTER, opening)] if shown]
    return Head(
        title=title.shown if title else "",
        published_at=next(dates, None),
        source_line=sources[0] if sources else None,
        author=authors[0] if authors else None,
    )


def _as_shown(pattern: re.Pattern[str], line: Line) -> str | None:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A piece of the page that is no part of the text: where it was, what it said, what it is taken for."""

    start: int
    end: int
    text: str
    kind: str


def furniture(text: str) -> tuple[Head, list[Block]]:
    """Return what a page says of its text, and the blocks around the text, in order.

    The title is among the blocks only where there are others: the first line of a bare text stays in it.
    """
    lines = list(_lines(text))
    first = next((index for index, line in enumerate(lines) if _is_prose(line.plain)), len(lines))
    has_prose = first < len(lines)
    kinds: dict[int, str] = _above(lines[:first])
    kinds |= {index: "spam" for index, line in enumerate(lines) if _is_spam(line.plain)}
    title = _title(lines[:first], kinds, is_followed=has_prose)
    above = max(
        (index for index, kind in kinds.items() if index < first and kind != "source_line"), default=0
    )
    kinds |= {first + index: kind for index, kind in _below(lines[first:])} if has_prose else {}
    if title is not None and kinds:
        kinds[title] = "title"
        above = max(above, title)
    strays = (i for i in range(above) if i not in kinds and lines[i].plain)
    kinds |= {index: "navigation" for index in strays if len(lines[index].plain) <= _STRAY_LONGEST}
    claims = [lines[index] for index, kind in kinds.items() if kind == "source_line"]
    opening = lines[first] if has_prose else None
    return head(lines[title] if title is not None else None, claims, opening), list(_blocks(lines, kinds))


def _lines(text: str) -> Iterator[Line]:
    """Return the lines of a text, of blank ones in a row the first: that one is there matters, not how many."""
    at, was_blank = 0, False
    for whole in text.splitlines(keepends=True):
        shown = whole.strip()
        if shown or not was_blank:
            yield Line(at, at + len(whole), shown, shown.translate(_plainly()))
        at, was_blank = at + len(whole), not shown


def _is_prose(plain: str) -> bool:
    is_long = len(plain) >= _PROSE_SHORTEST and bool(_CLAUSE.search(plain))
    if not is_long and not (len(plain) >= 15 and plain.endswith(("。", "。”", "."))):
        return False
    if _META.match(plain) or _is_spam(plain) or _RELATED.match(plain):
        return False
    return len(_LEGAL.findall(plain)) < (2 if is_long else 1)


def _is_spam(plain: str) -> bool:
    return "。" not in plain and len(_SPAM.findall(plain)) >= 4 and bool(_STRONG_SPAM.search(plain))


def _above(lines: list[Line]) -> dict[int, str]:
    listed = _in_runs([bool(_LISTED.match(line.plain)) for line in lines], 3)
    kinds = {i: kind for i, line in enumerate(lines) if (kind := _kind_above(line.plain, listed[i]))}
    claims = [lines[index].plain for index, kind in kinds.items() if kind == "source_line"]
    # One label without a date may open a text: 作者：…
    certain = len(claims) > 1 or len(claims) < len(kinds) or any(map(_is_claim, claims))
    return kinds if certain else {}


def _kind_above(plain: str, is_listed: bool) -> str:
    if _META.match(plain) and len(plain) <= 160:
        return "source_line"
    if plain and _TOOLS.fullmatch(plain):
        return "tools"
    if len(plain) <= 80 and _BREADCRUMB.search(plain):
        return "breadcrumb"
    is_bar = bool(_NAVIGATION.search(plain) and len(plain) <= 60) or bool(_BAR.match(plain))
    return "navigation" if is_bar or is_listed else ""


def _is_claim(plain: str) -> bool:
    return bool(DATE.search(plain)) or len(_LABELS.findall(plain)) >= 2


def _in_runs(flags: list[bool], shortest: int) -> list[bool]:
    """Return which of the flags that are set stand in a row of at least ``shortest``."""
    rows = [(is_set, len(list(row))) for is_set, row in groupby(flags)]
    return [is_set and length >= shortest for is_set, length in rows for _ in range(length)]


def _title(lines: list[Line], kinds: dict[int, str], *, is_followed: bool) -> int | None:
    claims = [index for index, kind in kinds.items() if kind == "source_line"]
    above = range(claims[0] if claims else len(lines))
    open_lines = [i for i in above if i not in kinds and lines[i].plain and not _is_spam(lines[i].plain)]
    if not is_followed or not open_lines:
        return None
    index = open_lines[-1] if claims or kinds else open_lines[0]
    plain = lines[index].plain
    return index if 6 <= len(plain) <= _TITLE_LONGEST and not _NO_TITLE.search(plain) else None


def _below(lines: list[Line]) -> Iterator[tuple[int, str]]:
    end = _end_of_body(lines)
    # One disclaimer by itself may be the author's.
    is_legal = sum(len(_LEGAL.findall(line.plain)) for line in lines[end:]) >= 2
    kind = ""
    for index in range(end, len(lines)):
        plain = lines[index].plain
        if is_legal and _opens_footer(plain):
            kind = "footer"
        elif _RELATED.match(plain) and kind != "footer":
            kind = "related"
        if not plain:
            continue
        if kind:
            yield index, "advert" if kind == "related" and _ADVERT.search(plain) else kind
        elif _EDITOR.match(plain) and len(plain) <= 60:
            yield index, "editor"
        elif _TOOLS.fullmatch(plain):
            yield index, "tools"


def _end_of_body(lines: list[Line]) -> int:
    """Return where the text may end: behind the last sentence that no related list or footer opened before."""
    total = sum(len(line.plain) for line in lines)
    behind, end = 0, len(lines)
    for index in range(len(lines) - 1, -1, -1):
        plain = lines[index].plain
        behind += len(plain)
        if behind * 2 > total:
            break
        opens = (_RELATED.match(plain) and len(plain) <= 60) or _opens_footer(plain)
        if opens or (end == index + 1 and not _is_prose(plain)):
            end = index
    return end


def _opens_footer(plain: str) -> bool:
    return bool(_NOTICE.match(plain) or _IMPRINT.search(plain))


def _blocks(lines: list[Line], kinds: dict[int, str]) -> Iterator[Block]:
    for index in sorted(kinds):
        line = lines[index]
        yield Block(start=line.start, end=line.end, text=line.shown, kind=kinds[index])


@cache
def _plainly() -> dict[int, str]:
    """Return the translation to Simplified characters and one width, offset for offset."""
    narrow = {0xFF01 + i: chr(0x21 + i) for i in range(94)}
    return narrow | {0x3000: " ", 0xA0: " "} | {ord(c): s for c, s in script_table().items()}
