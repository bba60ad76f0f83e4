"""The policy library's search: flat for some kinds, grouped with a total of zero for others."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from .challenges import BLOCKED
from .pieces import Piece
from .wire import Reply, Request

_FLAT = {"zhengcelibrary_gw": True, "zhengcelibrary_bm": False}
_GROUPED = ("zhengce", "zhengcelibrary", "gongbao")
_BEIJING = ZoneInfo("Asia/Shanghai")
Found = tuple[str, Piece]


def _is_formal(piece: Piece) -> bool:
    return piece.issuer == "国务院办公厅"


def _item(address: str, piece: Piece, words: str, number: int) -> dict[str, Any]:
    moment = datetime.strptime(piece.published, "%Y-%m-%d %H:%M").replace(tzinfo=_BEIJING)
    return {
        "title": piece.title.replace(words, f"<em>{words}</em>") if words else piece.title,
        "url": address,
        "pcode": piece.doc_number,
        "puborg": piece.issuer,
        "pubtime": int(moment.timestamp() * 1000) if number == 1 else 0,
        "ptime": int(moment.timestamp() * 1000),
        "pubtimeStr": piece.day.replace("-", ".") if number == 1 else None,
        "index": piece.index_number,
        "childtype": "综合政务\\其他",
        "summary": piece.lines()[0][:80],
        "id": piece.number,
    }


def _answer(value: dict[str, Any]) -> Reply:
    return Reply(media="application/json;charset=UTF-8", body=json.dumps(value, ensure_ascii=False).encode())


def library(request: Request, everything: list[Found]) -> Reply:
    """Return what the search answers; ``type`` in the request makes it find nothing, with status 200."""
    if not request.header("User-Agent").startswith("Mozilla/5.0 ("):
        return Reply(status=403, media="text/html", body=BLOCKED)
    if request.path != "/search-gov/data":
        return Reply(status=404, body=b"404")
    asked = request.query
    words, kind = asked.get("q", ""), asked.get("t", "")
    hits = [found for found in everything if words in found[1].title and found[1].state == "live"]
    if "type" in asked:
        return _answer({"code": 200, "msg": "操作成功", "searchVO": {"totalCount": 0, "listVO": []}})
    if kind in _FLAT:
        hits = [found for found in hits if _is_formal(found[1]) == _FLAT[kind] and "/zhengce/" in found[0]]
    if not hits or kind not in (*_FLAT, *_GROUPED):
        return _answer({"code": 1001, "msg": "没有匹配的结果", "searchVO": None})
    return _flat(asked, hits) if kind in _FLAT else _grouped(asked, hits)


def _cut(asked: dict[str, str], hits: list[Found]) -> tuple[int, list[dict[str, Any]]]:
    size = min(50, max(5, int(asked.get("n", "5"))))
    number = max(1, int(asked.get("p", "1")))
    shown = hits[size * (number - 1) : size * number]
    items = [_item(address, piece, asked.get("q", ""), number) for address, piece in shown]
    return -(-len(hits) // size), items


def _flat(asked: dict[str, str], hits: list[Found]) -> Reply:
    pages, items = _cut(asked, hits)
    found = {"totalCount": len(hits), "totalpage": pages, "listVO": items}
    return _answer({"code": 200, "msg": "操作成功", "searchVO": found})


def _grouped(asked: dict[str, str], hits: list[Found]) -> Reply:
    groups = {
        "gongwen": [found for found in hits if _is_formal(found[1])],
        "bumenfile": [found for found in hits if not _is_formal(found[1])],
        "otherfile": hits[:2],
    }
    named = {
        name: {"totalCount": len(members), "listVO": _cut(asked, members)[1]}
        for name, members in groups.items()
    }
    return _answer({"code": 200, "msg": "操作成功", "searchVO": {"totalCount": 0, "catMap": named}})
