"""Changes that people marked as reviewed, with a note, in a room that runs with ``--desk``.

The marks are lines of a file of their own beside the archive (``….desk``); nothing of them enters the archive, whose log
and digests they could not be part of. A line is only ever added; the last one of a change counts. A mark says that
somebody looked at this change, not that the change is right.
"""

from __future__ import annotations

import fcntl
import json
import os
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from datasette.utils.asgi import BadRequest, Forbidden, NotFound, Request, Response

from archive.clock import utc_text
from archive.reading_room import downloads
from archive.reading_room.connections import answer, look, whole_number
from archive.reading_room.safety import body_within
from archive.reading_room.words import Identity, archives, identity, is_desk
from archive.store.read.documents import Row, rows

if TYPE_CHECKING:
    from datasette.app import Datasette

LONGEST_NOTE, LONGEST_NAME, LONGEST_FORM = 2_000, 60, 64_000
MOST_OPEN, MOST_REVIEWED = 100, 500
# A change is what it made of which document, and when that was first seen: numbers of versions are an archive's own.
Key = tuple[str, str, str]
_CHANGES = (
    "select t.document, d.url, v.title, d.publisher, f.number as from_version, v.number as to_version, v.state_digest as state, "
    "c.captured_at as changed_at_earliest, t.changed_at as changed_at_latest, t.summary from transitions t "
    "join documents d on d.id = t.document join versions f on f.id = t.from_version join versions v on v.id = t.to_version "
    "join captures c on c.id = t.from_capture "
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """That a change was looked at: when, by whom, what they noted, and if it was taken back."""

    url: str
    state: str
    changed_at: str
    at: str
    who: str = ""
    note: str = ""
    is_undone: bool = False

    @property
    def key(self) -> Key:
        """Return what makes this change another than any other."""
        return self.url, self.state, self.changed_at


def file_of(archive: Path) -> Path:
    """Return the file that holds the marks of an archive."""
    return Path(f"{archive}.desk")


def add(archive: Path, mark: Mark) -> None:
    """Write a mark down; it holds from then on, whatever becomes of this process."""
    with file_of(archive).open("a", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        # The line break first: a line that a crash cut off must not swallow the next.
        file.write("\n" + json.dumps(asdict(mark), ensure_ascii=False))
        file.flush()
        os.fsync(file.fileno())


def marks(archive: Path) -> Mapping[Key, Mark]:
    """Return the marks that stand, by the change; a line that cannot be read is passed over."""
    path = file_of(archive)
    return _marks(path, identity(path))


@lru_cache(maxsize=4)
def _marks(path: Path, file: Identity | None) -> Mapping[Key, Mark]:
    if file is None:
        return {}
    found: dict[Key, Mark] = {}
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            mark = Mark(**json.loads(line))
        except (ValueError, TypeError):
            continue
        found[mark.key] = mark
    return {key: mark for key, mark in found.items() if not mark.is_undone}


def key_of(change: Row) -> Key:
    """Return the key of a change that was looked up."""
    return change["url"], change["state"], change["changed_at_latest"]


def reviewed(
    db: sqlite3.Connection, archive: Path | None, changes: Iterable[Mapping[str, Any]]
) -> dict[tuple[int, int, int], Mark]:
    """Return the marks of some changes by document and numbers of versions."""
    held = marks(archive) if archive else {}
    found = {}
    for row in changes if held else ():
        numbers = row["document"], row["from_version"], row["to_version"]
        change = _change(db, *numbers)
        if change and key_of(change) in held:
            found[numbers] = held[key_of(change)]
    return found


def _change(db: sqlite3.Connection, document: int, old: int, new: int) -> Row | None:
    found = rows(
        db,
        f"{_CHANGES} where t.document = ? and f.number = ? and v.number = ? order by t.changed_at desc limit 1",
        document,
        old,
        new,
    )
    return found[0] if found else None


def place_of(datasette: Datasette) -> Path | None:
    """Return the archive whose marks this room keeps; None where it keeps none."""
    names = archives(datasette)
    return Path(str(datasette.databases[names[0]].path)) if names and is_desk(datasette) else None


async def page(request: Request, datasette: Datasette) -> Response:
    """Show the changes that nobody has marked, the newest first, and those that somebody has."""
    archive = _kept(datasette)
    open_, done = await look(datasette, lambda db: _sorted(db, archive))
    return await answer(datasette, request, "desk.html", {"open": open_, "done": done, "most": MOST_OPEN})


async def handed_out(request: Request, datasette: Datasette) -> Response:
    """Hand the marks out as CSV or JSON."""
    held = [
        asdict(mark)
        for mark in sorted(marks(_kept(datasette)).values(), key=lambda mark: mark.at, reverse=True)
    ]
    if request.url_vars["format"] == "json":
        return Response.json({"marks": held})
    names = ("at", "who", "url", "changed_at", "note")
    body = downloads.as_csv(names, [[mark[name] for name in names] for mark in held]).encode()
    return downloads.handed(body, "text/csv; charset=utf-8", "desk.csv")


def _kept(datasette: Datasette) -> Path:
    archive = place_of(datasette)
    if archive is None:
        raise NotFound("this room keeps no desk")
    return archive


def _sorted(db: sqlite3.Connection, archive: Path) -> tuple[list[Row], list[tuple[Row, Mark]]]:
    held = marks(archive)
    open_: list[Row] = []
    done: list[tuple[Row, Mark]] = []
    for change in rows(db, f"{_CHANGES} order by t.changed_at desc limit ?", MOST_OPEN + MOST_REVIEWED):
        mark = held.get(key_of(change))
        if mark:
            done.append((change, mark))
        elif len(open_) < MOST_OPEN:
            open_.append(change)
    return open_, sorted(done, key=lambda pair: pair[1].at, reverse=True)


async def mark(request: Request, datasette: Datasette) -> Response:
    """Mark a change as reviewed, or take the mark back, and lead back to the change."""
    archive = _kept(datasette)
    if request.method != "POST":
        raise NotFound("a change is marked with its form")
    if not is_from_here(request.headers):
        raise Forbidden("a change is marked on the page of the change itself")
    form = dict(parse_qsl((await _body(request)).decode("utf-8", "replace"), keep_blank_values=True))
    document, old, new = (whole_number(form.get(name)) for name in ("document", "from", "to"))
    if document is None or old is None or new is None:
        raise BadRequest("which change is not said")
    change = await look(datasette, lambda db: _change(db, document, old, new))
    if change is None:
        raise NotFound("no such change")
    made = Mark(
        url=change["url"], state=change["state"], changed_at=change["changed_at_latest"], at=utc_text(datetime.now(UTC)),
        who=_line(form.get("who", ""))[:LONGEST_NAME], note=form.get("note", "").strip()[:LONGEST_NOTE],
        is_undone=form.get("what") == "undo",
    )  # fmt: skip
    try:
        add(archive, made)
    except OSError as error:
        raise BadRequest(f"{file_of(archive).name} cannot be written ({error.strerror})") from None
    return _led_to(datasette.urls.path(f"/doc/{document}/diff/{old}/{new}#desk"))


def _led_to(path: str) -> Response:
    return Response("", status=303, headers={"location": path, "cache-control": "no-store"})


def is_from_here(headers: Mapping[str, str]) -> bool:
    """Return whether a form was sent by a page of this room, as the browser says.

    Our pages give no referrer, so a browser that says neither gives the origin as null, and is refused.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc == headers.get("host") != ""


async def _body(request: Request) -> bytes:
    body = await body_within(request, LONGEST_FORM)
    if body is None:
        raise BadRequest("the note is too long")
    return body


def _line(text: str) -> str:
    return " ".join(text.split())
