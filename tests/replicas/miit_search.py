"""The ministry's site search, in both shapes of its rows, and its RSS feed."""

from __future__ import annotations

import json
from datetime import datetime
from email.utils import format_datetime
from hashlib import md5
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

from .pieces import Piece
from .wire import Reply, Request

BEIJING = ZoneInfo("Asia/Shanghai")


def _path(piece: Piece) -> str:
    return f"/{piece.column}/art/{piece.day[:4]}/art_{md5(piece.key.encode()).hexdigest()}.html"


def _moment(piece: Piece) -> datetime:
    return datetime.strptime(piece.published, "%Y-%m-%d %H:%M").replace(tzinfo=BEIJING)


def _row(piece: Piece, words: str) -> dict[str, Any]:
    marked = piece.title.replace(words, f"<em>{words}</em>") if words else piece.title
    stamp = str(int(_moment(piece).timestamp() * 1000))
    return {
        "title": piece.title,
        "title_text": marked,
        "url": _path(piece) if len(piece.title) % 2 else f"https://www.miit.gov.cn{_path(piece)}",
        "cdate": stamp,
        "publishtime": stamp,
        "deploytime": stamp,
        "jsearch_date": piece.published,
        "filenumbername": piece.doc_number,
        "publishgroupname": piece.source,
        "columnname": piece.column,
        "themename": "",
        "typename": "",
        "indexcode": piece.index_number,
    }


def found(request: Request, pieces: tuple[Piece, ...]) -> Reply:
    """Return a page of hits; without any, ``searchResult`` is missing though the code says 200."""
    asked = request.query
    words = asked.get("q", "")
    size, number = int(asked.get("pg", "15")), int(asked.get("p", "1"))
    hits = [piece for piece in pieces if words in piece.title]
    answer: dict[str, Any] = {"success": True, "code": "200", "data": {}}
    if hits:
        rows: list[dict[str, Any]] = [
            {"data": _row(piece, words)} for piece in hits[size * (number - 1) : size * number]
        ]
        if asked.get("group") == "distinct":
            rows = [{"groupData": [row]} for row in rows]
        answer["data"]["searchResult"] = {"totalCount": len(hits), "dataResults": rows}
    return Reply(media="application/json;charset=UTF-8", body=json.dumps(answer, ensure_ascii=False).encode())


def feed(pieces: tuple[Piece, ...]) -> Reply:
    """Return the newest twenty articles as RSS 2.0."""
    entries = "".join(
        f"<item><title>{escape(piece.title)}</title><link>https://www.miit.gov.cn{_path(piece)}</link>"
        f"<description/><pubDate>{format_datetime(_moment(piece))}</pubDate></item>"
        for piece in pieces[:20]
    )
    text = f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel>{entries}</channel></rss>'
    return Reply(media="application/xml;charset=UTF-8", body=text.encode())
