"""Lists that stand in no element: JSON answers, feeds, site maps, records in scripts, rows that a script writes."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from lxml import etree

from archive.extract.tree import joined, parse
from archive.lists.days import day_in, filed_day
from archive.lists.pager import Pager
from archive.lists.rows import Row, groups, main_group
from archive.patterns import regex

_MOST_DEEP, _MOST_ROWS, _MOST_VALUES = 12, 5_000, 60_000
# Midnight of 1970-01-01 UTC as the clocks of Beijing showed it.
_EPOCH = datetime(1970, 1, 1, 8)
_JSONP = regex(r"^[\w$.]{1,80}\s*\(\s*(?=[\[{])")
_CDATA = regex(r"<!\[CDATA\[(.{10,4000}?)\]\]>", re.S)
_WRITES = regex(
    r"document\.write(?:ln)?\s*\(\s*('(?:[^'\\]|\\.){10,4000}'|\"(?:[^\"\\]|\\.){10,4000}\")\s*\)", re.S
)
_URL = (
    "url",
    "link",
    "href",
    "infourl",
    "publishurl",
    "docpuburl",
    "puburl",
    "linkurl",
    "docurl",
    "post_url",
    "pcurl",
    "curl",
    "path",
    "loc",
)
_TITLE = (
    "title",
    "doctitle",
    "topic",
    "name",
    "infotitle",
    "subject",
    "linktitle",
    "headline",
    "maintitle",
    "bt",
)
_DAY = (
    "publishedtimestr", "docrelpubtime", "pubtimestr", "jsearch_date", "deploytime", "publishtime", "pubdate", "pubtime", "publishdate", "docreltime", "docpubtime", "releasetime", "createdate",
    "date", "display_publish_time", "created_at", "publishedtime", "time", "ptime", "showtime", "fbsj", "lastmod", "updated", "writedate",
)  # fmt: skip
_TOTAL = ("total", "totalrec", "totalcount", "total_count", "recordcount", "count", "totalelements")


@dataclass(slots=True, kw_only=True)
class DataRows:
    """Rows read from data, and what of a page they are."""

    kind: str
    rows: list[Row]
    pager: Pager = field(default_factory=Pager)
    sure: dict[str, float] = field(default_factory=dict)
    because: dict[str, str] = field(default_factory=dict)


def data_rows(text: str, url: str) -> DataRows | None:
    """Return the rows of a body that is data, or of a page that keeps them in its scripts; None for any other page."""
    head = text[:3000].lstrip("\ufeff \t\r\n")
    if head[:1] in ("{", "[") or _JSONP.match(head):
        return _of_json(text, url)
    if re.match(
        r"(?:<\?xml[^>]*>\s*(?:<!--.*?-->\s*|<\?.*?\?>\s*)*)?<(?:rss|feed|urlset|sitemapindex|rdf:RDF)\b",
        head,
        re.S,
    ):
        return _of_feed(text, url)
    records = _CDATA.findall(text) if "<record" in text and "<![CDATA[" in text else []
    if records := [record for record in records if "<a" in record.lower()]:
        return _of_markup(records, text, url, "records in the page's script")
    if "document.write" in text:
        pieces = [p[1:-1] for p in _WRITES.findall(text) if "<a" in p.lower() and "href" in p.lower()]
        if len(pieces) >= 5:
            plain = [p.replace("\\/", "/").replace('\\"', '"').replace("\\'", "'") for p in pieces]
            return _of_markup(plain, text, url, "rows that a script writes", least=5)
    return None


def _of_markup(pieces: list[str], text: str, url: str, what: str, *, least: int = 1) -> DataRows | None:
    """Read rows that stand as markup within a script, as if they stood in the page."""
    root = parse("<body><ul>" + "\n".join(pieces[:_MOST_ROWS]) + "</ul></body>").root
    main = main_group(groups(root, url)) if root is not None else None
    if main is None or len(main.rows) < least:
        return None
    if least > 1 and not main.dated:
        return None
    total = re.search(r"<totalrecord>\s*(\d{1,9})|\btotalRecord\b['\"]?\s*[:=]\s*['\"]?(\d{1,9})", text)
    size = re.search(r"\bperPage\b['\"]?\s*[:=]\s*['\"]?(\d{1,4})", text, re.I)
    pages = -(-int(total[1] or total[2]) // int(size[1])) if total and size and int(size[1]) else None
    proxy = re.search(r"[\w./-]*dataproxy\.jsp[^'\"<>\s]*", text)
    kind = "json" if proxy or (pages or 0) > 1 else "none"
    pager = Pager(kind=kind, total=pages, call=proxy[0] if proxy else "", because=what, sure=0.7)
    return DataRows(
        kind="list", rows=main.rows, pager=pager, sure={"kind": 0.9, "rows": 0.85, "pager": 0.7},
        because={"kind": what, "rows": what, "pager": what},
    )  # fmt: skip


# JSON


def _of_json(text: str, url: str) -> DataRows | None:
    """Return the rows of the longest array whose members have an address and a title."""
    body = _JSONP.sub("", text.strip().lstrip("\ufeff"), count=1)
    try:
        answer, _ = json.JSONDecoder().raw_decode(body)
    except (ValueError, RecursionError):
        return None
    fragments = [v for v in _strings(answer) if v.count("<a") >= 2 or ("<li" in v and "<a" in v)]
    arrays = sorted(_arrays(answer), key=len, reverse=True)
    for array in arrays[:20]:
        rows = [row for one in array[:_MOST_ROWS] if (row := _row(one, url))]
        if rows and len(rows) * 2 >= len(array):
            total = _total(answer)
            more = total is not None and total > len(rows)
            pager = Pager(kind="json" if more else "none", because="an answer of data", sure=0.6)
            said = f"an array of {len(rows)} with address and title"
            return DataRows(
                kind="list", rows=rows, pager=pager, sure={"kind": 0.9, "rows": 0.85, "pager": 0.6},
                because={"kind": said, "rows": said, "pager": "the number of rows that the answer names"},
            )  # fmt: skip
    if fragments:
        return _of_markup(fragments, text, url, "markup within an answer of data")
    return None


def _walk(value: Any) -> Iterator[Any]:
    stack, seen = [(value, 0)], 0
    while stack and seen < _MOST_VALUES:
        one, deep = stack.pop()
        seen += 1
        yield one
        if deep < _MOST_DEEP:
            inner = one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
            stack.extend((v, deep + 1) for v in reversed(list(inner)))


def _arrays(answer: Any) -> Iterator[list[Any]]:
    for one in _walk(answer):
        if isinstance(one, list) and one and isinstance(one[0], dict):
            yield one


def _strings(answer: Any) -> Iterator[str]:
    for one in _walk(answer):
        if isinstance(one, str) and "<" in one:
            yield one


def _row(one: Any, url: str) -> Row | None:
    """Return a member of an array as a row: one of its own fields names an address, another a title."""
    if not isinstance(one, dict):
        return None
    flat = {str(k).lower(): v for k, v in _fields(one, 3)}
    href = next(
        (v for n in _URL if isinstance(v := flat.get(n), str) and joined(url, v) and " " not in v.strip()), ""
    )
    title = next((v for n in _TITLE if isinstance(v := flat.get(n), str) and v.strip()), "")
    if not href or not title:
        return None
    target = joined(url, href)
    bare = re.sub(r"<[^>]{0,300}>", "", re.sub(r"<br[^>]{0,20}>", " ", title))
    words = " ".join(html.unescape(bare).split())
    day = next((d for n in _DAY if (d := _day(flat.get(n)))), "")
    return Row(
        element=None, anchor=None, href=href, url=target, title=words, date=day, filed=filed_day(target)
    )


def _fields(one: dict[str, Any], deep: int) -> Iterator[tuple[str, Any]]:
    """Yield the fields of a member, those of what it holds first: its own are to win."""
    for value in one.values():
        inner = value[0] if isinstance(value, list) and len(value) == 1 else value
        if isinstance(inner, dict) and deep:
            yield from _fields(inner, deep - 1)
    yield from one.items()


def _day(value: Any) -> str:
    """Return the day of a field: words, or seconds or milliseconds since 1970, in Beijing."""
    if isinstance(value, str) and not value.isdigit():
        found = day_in(value[:40])[0]
        return found if len(found) == 10 else ""
    digits = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    if re.fullmatch(r"1\d{12}|1\d{9}", digits):
        seconds = int(digits) / (1000 if len(digits) == 13 else 1)
        return (_EPOCH + timedelta(seconds=seconds)).date().isoformat()
    return day_in(digits)[0] if re.fullmatch(r"20\d{6}", digits) else ""


def _total(answer: Any) -> int | None:
    for one in _walk(answer):
        if isinstance(one, dict):
            for name, value in one.items():
                if str(name).lower() in _TOTAL and re.fullmatch(r"\d{1,9}", str(value)):
                    return int(str(value))
    return None


# Feeds


def _of_feed(text: str, url: str) -> DataRows | None:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True, huge_tree=False)
    body = re.sub(r"&(?![#\w]+;)", "&amp;", re.sub(r"^\s*<\?xml[^>]*\?>", "", text.lstrip("\ufeff")))
    root = etree.fromstring(body.encode("utf-8", "replace"), parser)
    if root is None:
        return None
    rows = []
    for entry in root.iter():
        if not isinstance(entry.tag, str) or etree.QName(entry).localname not in (
            "item",
            "entry",
            "url",
            "sitemap",
        ):
            continue
        if row := _entry(entry, url):
            rows.append(row)
        if len(rows) >= _MOST_ROWS:
            break
    said = "a feed" if etree.QName(root).localname in ("rss", "feed", "RDF") else "a site map"
    return DataRows(
        kind="feed", rows=rows, sure={"kind": 1.0, "rows": 0.95, "pager": 0.9},
        because={"kind": said, "rows": said, "pager": said},
    )  # fmt: skip


def _entry(entry: Any, url: str) -> Row | None:
    fields: dict[str, str] = {}
    for child in entry:
        if isinstance(child.tag, str):
            name = etree.QName(child).localname.lower()
            fields.setdefault(name, (child.text or "").strip() or child.get("href") or "")
    href = fields.get("link") or fields.get("loc") or ""
    target = joined(url, href)
    if not target:
        return None
    told = (
        fields.get("pubdate")
        or fields.get("published")
        or fields.get("date")
        or fields.get("updated")
        or fields.get("lastmod")
        or ""
    )
    day = day_in(told[:60])[0]
    title = " ".join(html.unescape(fields.get("title", "")).split())
    return Row(
        element=None, anchor=None, href=href, url=target, title=title,
        date=day if len(day) == 10 else "", filed=filed_day(target),
    )  # fmt: skip
