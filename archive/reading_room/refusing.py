"""What the room does not take up at all, each with one line that says why: foreign hosts, questions that are too long, an
archive that is no longer at its path."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from datasette.utils.asgi import Request

from archive.errors import ArchiveError
from archive.reading_room.asking import Scope
from archive.reading_room.declared import Identity, hosts, identity
from archive.reading_room.hosts import is_answered
from archive.reading_room.words import language_of, say
from archive.store.file.connection import open_for_reading

if TYPE_CHECKING:
    from datasette.app import Datasette

# A paragraph is looked up whole; what is longer is compared with "yuanben quote" or "yuanben compare".
LONGEST_QUESTION = 1_000
LONGEST_ADDRESS = 2_100
LONGEST_SQL = 20_000
LONGEST_ASKED = 60_000
_QUESTIONS = frozenset({"q", "query", "words", "word"})
ADDRESS = re.compile(r"(?:https?://[^\s]+|(?:[a-z0-9-]{1,63}\.)+[a-z]{2,24}/[^\s]*)", re.IGNORECASE)

Refusal = tuple[int, str]


def refused(scope: Scope, datasette: Datasette) -> Refusal | None:
    """Return the status and the line with which a request is refused, None when it is taken up."""
    named = [value for name, value in scope["headers"] if name.lower() == b"host"]
    host = named[0].decode("latin-1") if len(named) == 1 else ""
    if not is_answered(host, hosts(datasette)):
        return 421, said(scope, "refused.host", host=host[:100] or "-")
    return _too_long(scope) or _archive_is_away(scope, datasette)


def said(scope: Scope, key: str, **values: object) -> str:
    """Return the words for a key in the language of whoever sent a request."""
    return say(language_of(Request(scope, None)), key, **values)


def late(scope: Scope, seconds: int) -> str:
    """Return what is said of a request whose time was up before its answer began."""
    return said(scope, "refused.late", seconds=seconds)


def _too_long(scope: Scope) -> Refusal | None:
    query = scope.get("query_string", b"").decode("latin-1")
    for name, value in parse_qsl(query, keep_blank_values=True):
        most = _most(name, value)
        if len(value) > most:
            return 400, said(scope, "refused.long", name=name[:60], n=f"{len(value):,}", most=f"{most:,}")
    if len(query) > LONGEST_ASKED:
        return 414, said(scope, "refused.address", n=f"{len(query):,}", most=f"{LONGEST_ASKED:,}")
    return None


def _most(name: str, value: str) -> int:
    if name == "sql" or name.startswith("_where"):
        return LONGEST_SQL
    is_question = name in _QUESTIONS or name.startswith("_search")
    is_address = len(value) <= LONGEST_ADDRESS and ADDRESS.fullmatch(value.strip())
    return LONGEST_QUESTION if is_question and not is_address else LONGEST_ADDRESS


def _archive_is_away(scope: Scope, datasette: Datasette) -> Refusal | None:
    """Return what is said when a file that was served is gone, or another has been put in its place.

    Another archive of the same kind is no reason: it is opened anew, and what it holds is shown.
    """
    for name, path in _served(datasette):
        why = _unfit(path, identity(path))
        if why:
            return 503, said(scope, "refused.away", name=name, why=why)
    return None


def _served(datasette: Datasette) -> list[tuple[str, str]]:
    """Return name and path of each archive that was there when the room opened."""
    known: list[tuple[str, str]] | None = getattr(datasette, "_yuanben_served", None)
    if known is None:
        paths = [(name, str(db.path)) for name, db in datasette.databases.items() if db.path]
        known = [(name, path) for name, path in paths if not _unfit(path, identity(path))]
        datasette._yuanben_served = known
    return known


@lru_cache(maxsize=64)
def _unfit(path: str, file: Identity | None) -> str:
    """Return why a file cannot be served as an archive, empty when it can. ``file``: the state it is in, asked once."""
    from pathlib import Path

    if file is None:
        return "no file"
    try:
        open_for_reading(Path(path)).close()
    except ArchiveError as error:
        return type(error).__name__
    return ""
