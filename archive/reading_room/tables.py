"""The HTML of lists that Datasette makes: cells, columns and rows, and other small pieces of pages.

Titles lead to documents, and long texts are folded. These pieces are made here and not in templates, because a
list has a thousand cells and templates are slow: with 30 rows the template took 15 ms, this takes one. Whatever
comes from the archive goes through ``escape``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from datasette.utils import tilde_encode, to_css_class
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from archive.model.events import STANDING_SAYS
from archive.notices import turn_said
from archive.patterns import regex
from archive.reading_room import typeset
from archive.reading_room.connections import publishers_of
from archive.reading_room.typeset import Block, shown_date, shown_time
from archive.reading_room.words import translate, translate_or_name
from archive.store.read.documents import state_word
from archive.store.read.history import is_ahead
from archive.text.script import visible_marks

if TYPE_CHECKING:
    from datasette.app import Datasette

# The columns of a view that stand in the open, in this order; the others are folded into the row.
OPEN_COLUMNS = {
    "latest": ("published_at", "title", "source_line", "site", "doc_number", "state", "versions"),
    "changes": ("changed_at_latest", "title", "summary", "from_version", "to_version", "site"),
    "site_health": ("site", "verdict", "reasons", "last_good_at", "new", "changed", "gone", "blocked", "due"),
    "copies": (
        "copy_url",
        "original_url",
        "coverage",
        "substantive",
        "lost",
        "stale",
        "compared_at",
        "comparison",
    ),
    "events": ("happened_at", "kind", "document", "site", "details"),
    "captures": ("captured_at", "kind", "url", "status", "site"),
    "version_detail": ("document", "version", "title", "published_at", "cause", "captured_at"),
}
# Where a number leads, by its column.
LEADS = {
    **dict.fromkeys(("document", "copy_document", "original_document"), "/doc/"),
    **dict.fromkeys(("capture", "from_capture", "to_capture", "redirected_from"), "/capture/"),
    "comparison": "/copy/",
}
PAYLOADS = frozenset({"payload", "base"})
TEXTS = frozenset({"text", "text_simplified"})
# What documents say of themselves, and the names of their publishers.
_CHINESE = TEXTS | {
    *("document", "title", "summary", "publisher", "site", "source_line", "author", "issuer", "doc_number"),
    *("index_number", "theme", "subjects", "validity", "original", "found"),
}
# What is written for machines.
_MACHINE = frozenset(
    {
        *(
            "headers",
            "etag",
            "last_modified",
            "conditional",
            "origin",
            "clock",
            "error",
            "method",
            "media_type",
        ),
        *("evidence", "rules", "removed", "blocks", "counts", "reader"),
    }
)
LONG = 160
MOST_FOLDED = 4000  # a list of fifty texts is no place to read them; their documents are
_ADDRESS = regex(r"https?://\S+")
_LONGEST_SHOWN_ADDRESS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row of a list: the cells in the open, the folded ones, and the opening of its text."""

    open: list[Any]
    folded: list[Any]
    opening: str
    document: Any
    flags: list[str]
    last_seen: str | None = None
    key: Any = None


def from_the_start(address: str) -> str:
    """Return the address of a list without the row it goes on after: all rows can only be asked for from the first.

    Datasette's own way to take a part out of an address drops conditions with an empty value, too.
    """
    path, _, query = address.partition("?")
    kept = [one for one in query.split("&") if one and not one.startswith("_next=")]
    return f"{path}?{'&'.join(kept)}" if kept else path


def rendered(
    row: Mapping[str, Any], value: Any, column: str, database: str, datasette: Datasette
) -> Markup | None:
    """Return a cell as HTML, or None to leave it to Datasette. Whatever comes from the archive is escaped."""
    if isinstance(value, int):
        return _link(datasette.urls.path(f"{LEADS[column]}{value}"), str(value)) if column in LEADS else None
    # A document without a version has no title.
    if isinstance(value, dict) and (value.get("label") is None or column in PAYLOADS):
        return rendered(row, value.get("value"), column, database, datasette)
    if not isinstance(value, str):
        return None
    if column == "title" and value and _is_of_document(row):
        return _link(document_path(datasette, row), value)
    if column in PAYLOADS and value.startswith("sha256:"):
        # What refers to a payload names its digest; Datasette would look for a row of that number.
        return _link(f"{datasette.urls.table(database, 'payloads')}?digest={quote(value)}", value)
    if column == "site":
        names = publishers_of(str(datasette.databases[database].path))
        return _link(datasette.urls.path(f"/site/{tilde_encode(value)}"), names.get(value, value))
    if value.startswith("http") and _ADDRESS.fullmatch(value):
        url = escape(value)
        return Markup(
            f'<a href="{url}" rel="noreferrer nofollow" title="{url}">{escape(short_address(value))}</a>'
        )
    if column == "published_at":
        return Markup(f'<time datetime="{escape(value)}">{escape(shown_date(value))}</time>')
    return folded(value) if len(value) > LONG else None


def _is_of_document(row: Mapping[str, Any]) -> bool:
    return "document" in row.keys() and isinstance(row["document"], int)  # noqa: SIM118 - a row is no mapping


def document_path(datasette: Datasette, row: Mapping[str, Any]) -> str:
    """Return where a row's title leads: a change to its difference, anything else to its document."""
    names = row.keys()
    if "from_version" in names and "to_version" in names:
        return str(
            datasette.urls.path(f"/doc/{row['document']}/diff/{row['from_version']}/{row['to_version']}")
        )
    return str(datasette.urls.path(f"/doc/{row['document']}"))


def folded(text: str) -> Markup:
    """Return a long text folded under its opening; works without a script."""
    opening = " ".join(text[:200].split())[:60]
    shown = text if len(text) <= MOST_FOLDED else text[:MOST_FOLDED] + "…"
    summary = f"{escape(opening)}… <small>{len(text):,}</small>"
    return Markup(
        f'<details class="fold"><summary>{summary}</summary><div tabindex="0">{escape(shown)}</div></details>'
    )


def short_address(url: str) -> str:
    """Return an address short enough for a cell: its host and its end."""
    bare = url.partition("://")[2]
    if len(bare) <= _LONGEST_SHOWN_ADDRESS:
        return bare
    host, _, path = bare.partition("/")
    return f"{host[:40]}/…{path[-20:]}"


def columns_in_order(table: str, columns: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the columns of a list that stand in the open, in reading order; all of them for other tables."""
    wanted = OPEN_COLUMNS.get(table)
    if not wanted:
        return list(columns)
    by_name = {column["name"]: column for column in columns}
    return [by_name[name] for name in wanted if name in by_name] or list(columns)


def lines(table: str, columns: Sequence[Mapping[str, Any]], rows: Sequence[Any]) -> list[Line]:
    """Return the rows of a list, each with its cells in the open and the others."""
    shown = [column["name"] for column in columns_in_order(table, columns)]
    return [_line(shown, {cell["column"]: cell for cell in row}) for row in rows]


def named_values(value: Any) -> list[str]:
    """Return the names in a JSON array as the archive writes them (flags, reasons); none for anything else."""
    try:
        found = json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return []
    return [str(name) for name in found] if isinstance(found, list) else []


def _line(shown: list[str], cells: dict[str, Any]) -> Line:
    text = cells["text"]["raw"] if "text" in cells and "title" in shown else None
    hidden = TEXTS if text else frozenset()
    return Line(
        open=[cells[name] for name in shown],
        folded=[cell for name, cell in cells.items() if name not in shown and name not in hidden],
        opening=" ".join(str(text)[:300].split())[:110] if text else "",
        document=cells["document"]["raw"] if "document" in cells else None,
        flags=named_values(cells["flags"]["raw"]) if "flags" in cells else [],
        last_seen=cells["last_seen"]["raw"] if "last_seen" in cells else None,
        key=cells["id"]["raw"] if "id" in cells else None,
    )


def _link(path: str, text: str) -> Markup:
    return Markup(f'<a href="{escape(path)}">{escape(text)}</a>')


@pass_context
def text_of(context: Context, blocks: Sequence[Block]) -> Markup:
    """Return the blocks of a text as HTML: headings, paragraphs, lists and tables, with their names for links.

    A template took three times as long, and a text may have ten thousand paragraphs.
    """
    language = context.get("language", "en")
    made = []
    for is_list, run in groupby(blocks, key=lambda block: block.kind == "item"):
        set_ones = [_block(language, block) for block in run]
        made += [f'<ul class="items">{"".join(set_ones)}</ul>'] if is_list else set_ones
    return Markup("\n".join(made))


def _block(language: str, block: Block) -> str:
    place = f' id="{escape(block.anchor)}"' if block.anchor else ""
    said = f"{escape(block.text)}{_link_to(language, block.anchor)}"
    if block.kind == "table":
        rows = "".join(f"<tr>{''.join(map(_cell_of, row))}</tr>" for row in block.rows)
        label = escape(translate(language, "document.table"))
        return f'<div class="scroll"{place} tabindex="0" role="group" aria-label="{label}"><table>{rows}</table></div>'
    if block.kind == "h":
        return f"<h{block.level}{place}>{said}</h{block.level}>"
    if block.kind == "item":
        number = f'<span class="number">{escape(block.number)}</span> ' if block.number else ""
        return f'<li class="depth{max(1, min(block.level, 4))}"{place}>{number}{said}</li>'
    if block.kind == "picture":
        words = escape(translate(language, "document.picture"))
        colon = escape(translate(language, "room.colon")) if block.text else ""
        return f'<p class="picture">[{words}{colon}{escape(block.text)}]</p>'
    return f'<p class="caption"{place}>{said}</p>' if block.kind == "caption" else f"<p{place}>{said}</p>"


def _cell_of(cell: typeset.Cell) -> str:
    rows = f' rowspan="{cell.rows}"' if cell.rows > 1 else ""
    columns = f' colspan="{cell.columns}"' if cell.columns > 1 else ""
    return f"<td{rows}{columns}>{escape(cell.text)}</td>"


def _link_to(language: str, anchor: str) -> str:
    if not anchor:
        return ""
    label = escape(translate(language, "document.link_to", place=anchor))
    return f'<a class="anchor" href="#{escape(anchor)}" aria-label="{label}"></a>'


Cell = Mapping[str, Any]
TIMES = frozenset(
    {
        "changed_at_latest",
        "changed_at_earliest",
        "captured_at",
        "last_good_at",
        "first_seen",
        "last_seen",
        "happened_at",
        "compared_at",
        "finished_at",
        "started_at",
        "kept_at",
        "read_at",
        "due_at",
        "made_at",
    }
)


def received(value: object) -> object:
    """Return what a template is about to print with the marks that turn the reading direction written out.

    Every value that a page shows passes here, whichever template prints it; markup keeps being markup.
    """
    if not isinstance(value, str) or value.isascii():
        return value
    shown = visible_marks(value)
    return Markup(shown) if isinstance(value, Markup) else shown


@pass_context
def date_of(context: Context, text: str | None, seen_at: str | None = None) -> Markup:
    """Return the date a page shows, or that it shows none; flagged when it was still to come as the page was seen."""
    return _dated(context.get("language", "en"), text, seen_at)


@pass_context
def state_of(context: Context, state: str) -> Markup:
    """Return the state of a document in words."""
    return _state(context.get("language", "en"), state)


@pass_context
def flags_of(context: Context, flags: Sequence[str]) -> Markup:
    """Return flags in words."""
    return _flags(context.get("language", "en"), flags)


def when(utc: str | None) -> Markup:
    """Return a moment in Beijing time, with its UTC text beside it."""
    if not utc:
        return Markup("—")
    return Markup(f'<time datetime="{escape(utc)}" title="{escape(utc)}">{escape(shown_time(utc))}</time>')


@pass_context
def list_rows(context: Context, table: str, columns: Sequence[Cell], rows: Sequence[Any]) -> Markup:
    """Return the rows of a list as HTML: the cells in the open, then the others, folded."""
    language = context.get("language", "en")
    names = (column["name"] for column in columns)
    labels = {name: str(escape(translate_or_name(language, "field", name))) for name in names}
    shelf = Shelf(language, table, context["urls"].path("/").rstrip("/"), _titles(context, table, rows))
    made = (_row(shelf, line, labels) for line in lines(table, columns, rows))
    return Markup("\n".join(made))


def _titles(context: Context, table: str, rows: Sequence[Any]) -> Mapping[str, Mapping[str, Any]]:
    if table != "copies":
        return {}
    addresses = [
        cell["raw"] for row in rows for cell in row if cell["column"] in ("copy_url", "original_url")
    ]
    titles: Mapping[str, Mapping[str, Any]] = context["titles_of"](context["database"], addresses)
    return titles


@dataclass(frozen=True, slots=True)
class Shelf:
    """What the cells of one list are shown by: the reader's language, the list's name, where links begin, titles."""

    language: str
    table: str
    root: str
    titles: Mapping[str, Mapping[str, Any]]


def answer_rows(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> Markup:
    """Return the rows that answer a query as HTML."""
    classes = [f'<td class="col-{escape(to_css_class(column))}"{_language_of(column)}>' for column in columns]
    made = (
        "".join(f"{td}{escape(cell)}</td>" for td, cell in zip(classes, row, strict=True)) for row in rows
    )
    return Markup("\n".join(f"<tr>{row}</tr>" for row in made))


def _row(shelf: Shelf, line: Line, labels: Mapping[str, str]) -> str:
    made = []
    for cell in line.open:
        name = cell["column"]
        classes = f"col-{escape(to_css_class(name))} type-{escape(cell['value_type'])}"
        label, language = labels[name], _language_of(name)
        shown = _cell_html(shelf, cell, line)
        made.append(f'<td class="{classes}" data-label="{label}"{language}>{shown}</td>')
    if line.folded:
        made.append(f'<td class="col-more">{_folded(shelf, line.folded, labels)}</td>')
    return f"<tr>{''.join(made)}</tr>"


def _language_of(column: str) -> str:
    """Return the attribute that says a cell is Chinese whichever language the page speaks."""
    return ' lang="zh"' if column in _CHINESE else ""


def _cell_html(shelf: Shelf, cell: Cell, line: Line) -> str:
    name, raw, language = cell["column"], cell["raw"], shelf.language
    if raw is None:
        return '<span class="none">—</span>'
    if name == "title" and line.document:
        opening = f'<p class="opening" lang="zh">{escape(line.opening)}…</p>' if line.opening else ""
        return f'<span lang="zh">{escape(cell["value"])}</span>{opening}'
    if name == "state":
        return _state(language, state_word(raw, line.flags))
    if name == "published_at":
        return _dated(language, raw, line.last_seen)
    own = _OF_LISTS.get((shelf.table, name))
    if own:
        return own(shelf, raw, line)
    if name in TIMES:
        return when(raw)
    return _value(language, cell)


def _value(language: str, cell: Cell) -> str:
    """Return a cell by its column alone: in words where there are some, as code where it is for machines."""
    name, raw = cell["column"], cell["raw"]
    shown = str(_BY_NAME[name](language, raw) if name in _BY_NAME else _alone(cell["value"]))
    return f"<code>{shown}</code>" if name in _MACHINE else shown


def _alone(value: Any) -> Markup:
    """Return a cell without the number that Datasette puts behind the name of a row it leads to."""
    shown = escape(value)
    return Markup(_NUMBER_BEHIND.sub("", shown)) if isinstance(value, Markup) else shown


_NUMBER_BEHIND = regex(r"&nbsp;<em>[0-9]+</em>$")


def _folded(shelf: Shelf, cells: Sequence[Cell], labels: Mapping[str, str]) -> str:
    told = "".join(
        f"<dt>{labels[cell['column']]}</dt><dd{_language_of(cell['column'])}>{_cell_text(shelf, cell)}</dd>"
        for cell in cells
    )
    summary = escape(translate(shelf.language, "list.open"))
    return f'<details class="fold"><summary>{summary}</summary><dl class="evidence">{told}</dl></details>'


def _cell_text(shelf: Shelf, cell: Cell) -> str:
    name, raw = cell["column"], cell["raw"]
    if raw is None:
        return "—"
    if name == "flags":
        return _flags(shelf.language, named_values(raw)) or "—"
    if name in TIMES:
        return when(raw)
    return _value(shelf.language, cell)


def _reasons(shelf: Shelf, raw: Any, line: Line) -> str:
    said = (translate_or_name(shelf.language, "reason", reason) for reason in named_values(raw))
    return str(escape(translate(shelf.language, "room.comma").join(said)))


def _event(shelf: Shelf, raw: Any, line: Line) -> str:
    return str(escape(translate_or_name(shelf.language, "event", raw)))


def _capture_link(shelf: Shelf, raw: Any, line: Line) -> str:
    return f'<a href="{shelf.root}/capture/{int(line.key)}">{when(raw)}</a>' if line.key else str(when(raw))


def _fetched(shelf: Shelf, raw: Any, line: Line) -> str:
    return str(escape(translate_or_name(shelf.language, "fetched", raw)))


def _side_of_copy(shelf: Shelf, raw: Any, line: Line) -> str:
    held = shelf.titles.get(raw)
    if held is None:
        return str(escape(short_address(str(raw))))
    title = escape(held["title"] or short_address(str(raw)))
    return (
        f'<a lang="zh" href="{shelf.root}/doc/{int(held["document"])}">{title}</a>'
        f'<p class="by" lang="zh">{escape(held["publisher"])}</p>'
    )


def _share(shelf: Shelf, raw: Any, line: Line) -> str:
    return f"{raw:.0%}" if isinstance(raw, float | int) else str(escape(raw))


def _is_stale(shelf: Shelf, raw: Any, line: Line) -> str:
    return str(escape(translate(shelf.language, "list.yes" if raw else "list.no")))


def _account_link(shelf: Shelf, raw: Any, line: Line) -> str:
    return f'<a href="{shelf.root}/copy/{int(raw)}">{escape(translate(shelf.language, "copy.open"))}</a>'


def _details(shelf: Shelf, raw: Any, line: Line) -> str:
    """Return what an event holds beside its kind as words: names and values, no braces."""
    try:
        held = json.loads(raw)
    except ValueError:
        return str(escape(raw))
    if not isinstance(held, dict):
        return str(escape(raw))
    kind = next((cell["raw"] for cell in (*line.open, *line.folded) if cell["column"] == "kind"), None)
    if kind in STANDING_SAYS and held:
        return str(escape(turn_said(str(kind), held, shelf.language)))
    parts = [_detail(shelf, name, value) for name, value in held.items() if value not in (None, "", [])]
    return translate(shelf.language, "room.semicolon").join(part for part in parts if part) or "—"


def _detail(shelf: Shelf, name: str, value: Any) -> str:
    language = shelf.language
    if name == "says" and language == "zh":
        return ""  # our own remark, in English; the reason beside it says the same
    label = escape(
        translate_or_name(language, "detail", name).replace("_", " ") + translate(language, "room.colon")
    )
    if name == "reason":
        return label + Markup(escape(reasons_in_words(language, str(value))))
    if name in ("capture", "to_capture", "from_capture") and isinstance(value, int):
        return label + _link(f"{shelf.root}/capture/{value}", str(value))
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if text.startswith("http"):
        text = short_address(text)
    elif _MOMENT.fullmatch(text):
        return label + when(text)
    return label + Markup(escape(text if len(text) <= LONG else text[:LONG] + "…"))


_MOMENT = regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z")


def reasons_in_words(language: str, reasons: str) -> str:
    """Return the reasons that the archive names one after the other, in words where there are some."""
    named = []
    for reason in filter(None, re.split(r",\s*", reasons)):
        group = next(
            (g for g in ("flag", "reason", "unread") if translate_or_name(language, g, reason) != reason),
            "flag",
        )
        named.append(translate_or_name(language, group, reason))
    return translate(language, "room.comma").join(named)


_OF_LISTS: Mapping[tuple[str, str], Callable[[Shelf, Any, Line], str]] = {
    ("site_health", "reasons"): _reasons,
    ("crawls", "reasons"): _reasons,
    ("events", "kind"): _event,
    ("superseded_events", "kind"): _event,
    ("events", "details"): _details,
    ("superseded_events", "details"): _details,
    ("captures", "captured_at"): _capture_link,
    ("captures", "kind"): _fetched,
    ("copies", "copy_url"): _side_of_copy,
    ("copies", "original_url"): _side_of_copy,
    ("copies", "coverage"): _share,
    ("copies", "stale"): _is_stale,
    ("copies", "comparison"): _account_link,
}


def _date(language: str, text: str | None) -> Markup:
    if not text:
        return Markup(f'<span class="none">{escape(translate(language, "document.no_date"))}</span>')
    return Markup(f'<time datetime="{escape(text)}">{escape(shown_date(text)[:10])}</time>')


def _dated(language: str, text: str | None, seen_at: str | None) -> Markup:
    if not is_ahead(text, seen_at):
        return _date(language, text)
    return _date(language, text) + Markup(" ") + _flags(language, ["date_ahead"])


def _state(language: str, state: str) -> Markup:
    said = escape(translate_or_name(language, "state", state))
    return Markup(f'<span class="state state-{escape(state)}">{said}</span>')


def _flags(language: str, flags: Sequence[str]) -> Markup:
    said = (escape(translate_or_name(language, "flag", flag)) for flag in flags)
    return Markup("".join(f'<span class="flag">{flag}</span>' for flag in said))


def _verdict(language: str, verdict: str) -> Markup:
    said = escape(translate_or_name(language, "verdict", verdict))
    return Markup(f'<strong class="verdict-{escape(verdict)}">{said}</strong>')


def _word(group: str, language: str, value: str) -> Markup:
    return escape(translate_or_name(language, group, value))


_BY_NAME: Mapping[str, Callable[[str, Any], Markup]] = {
    "published_at": _date,
    "verdict": _verdict,
    "cause": partial(_word, "cause"),
    "class": partial(_word, "class"),
    "role": partial(_word, "role"),
    "standing": partial(_word, "standing_is"),
}
