"""The pages that set two texts against each other: two versions of a document, a copy and its original."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from datasette.utils.asgi import NotFound, Request, Response

from archive.reading_room import collated, differing, shelf_copies, shelf_difference, typeset
from archive.reading_room.looks import answer, look, whole_number
from archive.text import is_traditional

if TYPE_CHECKING:
    from datasette.app import Datasette

MOST_STOPS = 200


async def choose_difference(request: Request, datasette: Datasette) -> Response:
    """Lead from the form that chooses two versions to the page of their difference."""
    old, new = whole_number(request.args.get("from")), whole_number(request.args.get("to"))
    if not old or not new:
        raise NotFound("choose two versions")
    path = datasette.urls.path(f"/doc/{request.url_vars['document']}/diff/{old}/{new}")
    return Response.redirect(path)


async def difference(request: Request, datasette: Datasette) -> Response:
    """Show what differs between two versions: the fields first, then the text, character by character."""
    number, old, new = (int(request.url_vars[name]) for name in ("document", "old", "new"))
    seen = await look(datasette, lambda db: shelf_difference.read_difference(db, number, old, new))
    is_long = max(len(seen.old["text"]), len(seen.new["text"])) > typeset.MOST_SHOWN
    whole = request.args.get("show") == "whole" and not is_long
    paragraphs = await asyncio.to_thread(
        differing.difference, seen.old["text"], seen.new["text"], seen.changes, whole=whole
    )
    context = {
        "seen": seen,
        "doc": seen.document,
        "whole": whole,
        "view": "side" if request.args.get("view") == "side" else "inline",
        "paragraphs": paragraphs,
        "marks": differing.marks(paragraphs),
        "stops": [paragraph.first for paragraph in paragraphs if paragraph.first][:MOST_STOPS],
        "earlier": _step(seen.numbers, old, new, -1),
        "later": _step(seen.numbers, old, new, 1),
    }
    return await answer(datasette, request, "difference.html", context)


async def copy(request: Request, datasette: Datasette) -> Response:
    """Show a copy beside its original, every difference in its place."""
    number = int(request.url_vars["comparison"])
    seen = await look(datasette, lambda db: shelf_copies.read_comparison(db, number))
    pairs = await asyncio.to_thread(
        collated.pairs, seen.copy["text"], seen.original["text"], seen.variants, seen.boilerplate, seen.lost
    )
    kinds = {kind for kind, _ in seen.counts}
    chosen = request.args.get("kind") if request.args.get("kind") in kinds else ""
    whole = request.args.get("show") != "changes" and not chosen
    context = {
        "seen": seen,
        "pairs": [pair for pair in pairs if whole or _shows(pair, chosen)],
        "whole": whole,
        "chosen": chosen,
        "copy_script": _script(seen.copy["text"]),
        "original_script": _script(seen.original["text"]),
    }
    return await answer(datasette, request, "copy.html", context)


def _shows(pair: collated.Pair, kind: str | None) -> bool:
    if not kind:
        return pair.differs
    return any(piece.kind == kind and piece.number for piece in (*pair.copy, *pair.original))


def _script(text: str) -> str:
    return "zh-Hant" if is_traditional(text[:4000]) else "zh-Hans"


def _step(numbers: list[int], old: int, new: int, by: int) -> tuple[int, int] | None:
    if old not in numbers or new not in numbers:
        return None
    first, second = numbers.index(old) + by, numbers.index(new) + by
    inside = all(0 <= at < len(numbers) for at in (first, second))
    return (numbers[first], numbers[second]) if inside else None
