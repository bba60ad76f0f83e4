"""The room's words, in Chinese and English: which of them a reader gets, and the reader's choice.

What ``datasette.yml`` says about tables, views and columns, laid under the name each archive is served by.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
from contextlib import closing
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import yaml
from datasette.utils.asgi import Request
from jinja2 import pass_context
from jinja2.runtime import Context

from archive.model.events import EVENTS
from archive.model.fields import FIELDS
from archive.model.files import KINDS
from archive.patterns import regex
from archive.store.schema import APPLICATION_ID

if TYPE_CHECKING:
    from datasette.app import Datasette

HERE = Path(__file__).parent
LONG_LIST = 30_000
# By what a long list may be put in order: where an index has the order. By source, 100,000 documents took 0.7 s.
ORDERS = {
    "latest": ["published_at", "site", "state", "last_seen"],
    "changes": ["changed_at_latest", "site", "document"],
    "captures": ["id", "url", "crawl"],
}
# Keys that no line of the file sets: Datasette asks for them dozens of times a page. Under "tables" it looks for rights
# and the size of facets, and first copies all there is: that took a sixth of a list's time.
_NEVER_SET = frozenset(
    {"allow", "allow_sql", "plugins", "extra_css_urls", "extra_js_urls", "custom_units", "tables"}
)

Identity = tuple[int, int, int, int]


def identity(path: str | Path) -> Identity | None:
    """Return what tells one state of a file from another; None when it is not there."""
    try:
        found = os.stat(path)  # asked hundreds of times a page: as a Path it took a fifth of a list's time
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def archives(datasette: Datasette) -> list[str]:
    """Return the names of the databases served that are yuanben archives, in the order they were given."""
    return [name for name, db in datasette.databases.items() if db.path and is_archive(str(db.path))]


def holds_archive(datasette: Datasette, database: str) -> bool:
    """Return whether one of the databases served is an archive. Asked for each cell of a list."""
    path = datasette.databases[database].path if database in datasette.databases else None
    return bool(path) and is_archive(str(path))


def declared_metadata(datasette: Datasette, key: str | None) -> dict[str, Any]:
    """Return our part of Datasette's metadata; copied as deep as Datasette writes into it.

    It is asked for a hundred times a page: read from JSON each time, that took 15 ms.
    """
    names = archives(datasette)
    if key in _NEVER_SET or not names:
        return {}
    return {
        **_plain(),
        "databases": {
            name: _copied(_of(name, is_large(str(datasette.databases[name].path)))) for name in names
        },
    }


def plain_metadata(name: str) -> dict[str, Any]:
    """Return what a plain Datasette needs to describe an archive served by a name: views shown, tables hidden.

    Left out is what only the reading room has: its functions in SQL, and its way to count.
    """
    declared: dict[str, Any] = json.loads(_declared())
    tables = {
        table: {key: value for key, value in said.items() if key != "facets"}
        | {"hidden": table not in _views()}
        for table, said in declared["archive"]["tables"].items()
    }
    queries = {
        key: query for key, query in declared["archive"]["queries"].items() if not _OURS.search(query["sql"])
    }
    return {**_plain(), "databases": {name: {"tables": tables, "queries": queries}}}


def shapes() -> list[tuple[str, dict[str, Any]]]:
    """Return the views that people query, each with its title and its columns."""
    tables = json.loads(_declared())["archive"]["tables"]
    return [(name, tables[name]) for name in tables if name in _views()]


EXAMPLES = (
    "select published_at, title, publisher, url from latest where standing = 'repealed' order by published_at desc limit 20",
    "select changed_at_latest, title, summary from changes order by changed_at_latest desc limit 20",
    "select substr(published_at, 1, 7) as month, count(*) as documents from latest group by month order by month desc limit 24",
    "select copy_url, original_url, coverage, substantive from copies order by substantive desc limit 20",
)
_OURS = regex(r"\b(?:found|matches|match_expression|escape_fts)\(")
_VIEW = regex(r"^create view (\w+)", re.MULTILINE)


@lru_cache(maxsize=1)
def _views() -> set[str]:
    return set(_VIEW.findall(resources.files("archive.store").joinpath("views.sql").read_text("utf-8")))


def is_public(datasette: Datasette) -> bool:
    """Return whether strangers read here."""
    return bool((datasette.plugin_config("yuanben") or {}).get("public"))


def is_desk(datasette: Datasette) -> bool:
    """Return whether people who work here mark changes as reviewed."""
    return bool((datasette.plugin_config("yuanben") or {}).get("desk")) and not is_public(datasette)


def hosts(datasette: Datasette) -> list[str]:
    """Return the hosts that the room is told to answer for, beside this machine's own names."""
    told = (datasette.plugin_config("yuanben") or {}).get("hosts") or []
    return [told] if isinstance(told, str) else [str(host) for host in told]


def is_archive(path: str) -> bool:
    """Return whether a file is a yuanben archive. Asked once of each state of it: another may be put in its place."""
    return _is_archive(path, identity(path))


@lru_cache(maxsize=64)
def _is_archive(path: str, file: Identity | None) -> bool:
    try:
        db = sqlite3.connect(f"file:{quote(path)}?mode=ro", uri=True)
    except sqlite3.OperationalError:
        return False
    try:
        return bool(db.execute("pragma application_id").fetchone()[0] == APPLICATION_ID)
    except sqlite3.DatabaseError:
        return False
    finally:
        db.close()


@lru_cache(maxsize=64)
def is_large(path: str) -> bool:
    """Return whether an archive held, when first asked, too many documents to look up every candidate of a search.

    Measured with 100,000 documents: a word that stands in half of them took 0.3 s by Datasette's own clause.
    """
    with closing(sqlite3.connect(f"file:{quote(path)}?mode=ro", uri=True)) as db:
        last = db.execute("select max(id) from documents").fetchone()[0]
    return (last or 0) > LONG_LIST


@lru_cache(maxsize=64)
def _of(name: str, large: bool) -> dict[str, Any]:
    """Return what is declared for one archive. Each name has its own: what is written into one stays there."""
    declared: dict[str, Any] = json.loads(_declared())["archive"]
    for table, columns in ORDERS.items() if large else ():
        declared["tables"][table]["sortable_columns"] = columns
    return declared


def _copied(declared: dict[str, Any]) -> dict[str, Any]:
    return {part: {name: dict(said) for name, said in entries.items()} for part, entries in declared.items()}


@lru_cache(maxsize=1)
def _plain() -> dict[str, Any]:
    return {key: value for key, value in json.loads(_declared()).items() if key != "archive"}


@lru_cache(maxsize=1)
def _declared() -> str:
    return json.dumps(yaml.safe_load((HERE / "datasette.yml").read_text(encoding="utf-8")))


COOKIE = "yuanben_language"
LANGUAGES = ("zh", "en")
_RANGE = regex(r"\s*([A-Za-z]{1,8})(?:-[A-Za-z0-9-]{1,30})?\s*(?:;\s*q=([0-9.]{1,5}))?\s*")


def language_of(request: Request | None) -> str:
    """Return ``zh`` or ``en``: what the reader chose, else what the browser prefers, else English."""
    if request is None:
        return "en"
    chosen = request.cookies.get(COOKIE)
    return chosen if chosen in LANGUAGES else preferred(request.headers.get("accept-language", ""))


def preferred(accept: str) -> str:
    """Return which of our languages an Accept-Language header ranks first."""
    ranked = [
        (_weight(match[2]), match[1].lower())
        for match in map(_RANGE.fullmatch, accept[:500].split(","))
        if match
    ]
    ours = [
        (weight, -at, name) for at, (weight, name) in enumerate(ranked) if name in LANGUAGES and weight > 0
    ]
    return max(ours)[2] if ours else "en"


def translate(language: str, key: str, **values: object) -> str:
    """Return the words for a key. An unknown key is a mistake of ours and raises KeyError."""
    chinese, english = _words()[key]
    words = chinese if language == "zh" else english
    return words.format(**values) if values else words


def translate_or_name(language: str, group: str, name: object) -> str:
    """Return the words for a value the archive holds (a flag, a reason), or the value itself."""
    key = f"{group}.{name}"
    return translate(language, key) if key in _words() else str(name)


def side(language: str, both: str | None) -> str:
    """Return a description's side in one language: ``datasette.yml`` writes ``中文 | English``."""
    chinese, bar, english = (both or "").partition(" | ")
    return english if bar and language != "zh" else chinese


@pass_context
def translate_here(context: Context, key: str, **values: object) -> str:
    """Return the words for a key in the language of the page being rendered."""
    return translate(context.get("language", "en"), key, **values)


@pass_context
def named_here(context: Context, name: object, group: str) -> str:
    """Return the words for a value in the language of the page being rendered."""
    return translate_or_name(context.get("language", "en"), group, name)


@pass_context
def side_here(context: Context, both: str | None) -> str:
    """Return a description's side in the language of the page being rendered."""
    return side(context.get("language", "en"), both)


@lru_cache(maxsize=1)
def _words() -> dict[str, tuple[str, str]]:
    groups = yaml.safe_load((HERE / "words.yml").read_text(encoding="utf-8"))
    words = {
        f"{group}.{name}": tuple(pair) for group, pairs in groups.items() for name, pair in pairs.items()
    }
    events = {f"event.{kind.name}": (kind.zh, kind.en) for kind in EVENTS}
    fields = {f"field.{field.name}": (field.zh, field.en) for field in FIELDS}
    return words | events | fields | {f"file_kind.{kind.name}": (kind.zh, kind.en) for kind in KINDS}


def _weight(text: str | None) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0
