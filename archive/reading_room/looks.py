"""How a page of the room looks at the archive, within its time, and becomes an answer."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from datasette.utils.asgi import NotFound, Request, Response

from archive.clock import moment, utc_text
from archive.errors import BadInput, NotHeld
from archive.reading_room.bounded import INTERRUPTED, TookTooLong, time_limit
from archive.reading_room.declared import archives

if TYPE_CHECKING:
    from datasette.app import Datasette

# Ours alone: the time in which one page may read from the file.
PATIENCE = 2000
Seen = TypeVar("Seen")


async def answer(
    datasette: Datasette, request: Request, template: str, context: dict[str, Any], status: int = 200
) -> Response:
    """Return a page made with a template."""
    return Response.html(await datasette.render_template(template, context, request=request), status=status)


async def look(datasette: Datasette, read: Callable[[sqlite3.Connection], Seen]) -> Seen:
    """Return what a function reads from the archive; what it does not hold is not found."""
    names = archives(datasette)
    if not names:
        raise NotFound("no archive is served here")

    try:
        return await look_into(datasette, names[0], read)
    except NotHeld as error:
        raise NotFound(str(error)) from None


async def look_into(datasette: Datasette, name: str, read: Callable[[sqlite3.Connection], Seen]) -> Seen:
    """Return what a function reads from one of the databases within its time. Raise TookTooLong."""

    def bounded(db: sqlite3.Connection) -> Seen:
        end = time.monotonic() + PATIENCE / 1000
        try:
            with time_limit(db, PATIENCE):
                return read(db)
        except sqlite3.OperationalError as error:
            # What is stopped within an index says "vtable constructor failed".
            if str(error) == INTERRUPTED or time.monotonic() > end:
                raise TookTooLong from None
            raise

    found: Seen = await datasette.get_database(name).execute_fn(bounded)
    return found


def whole_number(text: str | None) -> int | None:
    """Return a number from an address, None for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


def day(text: str | None) -> str | None:
    """Return a day as ``YYYY-MM-DD``, None for anything else."""
    try:
        return datetime.strptime(text or "", "%Y-%m-%d").strftime("%Y-%m-%d")
    except ValueError:
        return None


def has_copies(word: str) -> bool | None:
    """Return what a form asks of copies, ``with`` or ``without`` them; None where it does not matter."""
    return {"with": True, "without": False}.get(word)


def end_of(beijing_day: str) -> str:
    """Return the last millisecond of a Beijing day as UTC text."""
    try:
        return utc_text(moment(f"{beijing_day}T00:00:00+08:00") + timedelta(days=1, milliseconds=-1))
    except (BadInput, OverflowError):
        raise NotFound("no such day") from None
