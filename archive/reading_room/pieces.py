"""Small pieces of pages, and the rows of lists: made here, because a list has a thousand cells and templates are slow.

Whatever comes from the archive goes through ``escape``; with 30 rows the template took 15 ms, this takes one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from datasette.utils import to_css_class
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from archive.reading_room.cells import Line, lines, named_values
from archive.reading_room.shelf import standing
from archive.reading_room.typeset import shown_date, shown_time
from archive.reading_room.words import say, say_or_name
from archive.store.answers.seen import is_ahead
from archive.text.direction import shown_marks

Cell = Mapping[str, Any]
TIMES = frozenset(
    {"changed_at_latest", "captured_at", "last_good_at", "first_seen", "last_seen", "happened_at"}
)


def received(value: object) -> object:
    """Return what a template is about to print with the marks that turn the reading direction written out.

    Every value that a page shows passes here, whichever template prints it; markup keeps being markup.
    """
    if not isinstance(value, str) or value.isascii():
        return value
    shown = shown_marks(value)
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
    labels = {name: str(escape(say_or_name(language, "field", name))) for name in names}
    made = (_row(language, table, line, labels) for line in lines(table, columns, rows))
    return Markup("\n".join(made))


def answer_rows(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> Markup:
    """Return the rows that answer a query as HTML."""
    classes = [f'<td class="col-{escape(to_css_class(column))}">' for column in columns]
    made = (
        "".join(f"{td}{escape(cell)}</td>" for td, cell in zip(classes, row, strict=True)) for row in rows
    )
    return Markup("\n".join(f"<tr>{row}</tr>" for row in made))


def _row(language: str, table: str, line: Line, labels: Mapping[str, str]) -> str:
    made = []
    for cell in line.open:
        name = cell["column"]
        classes = f"col-{escape(to_css_class(name))} type-{escape(cell['value_type'])}"
        shown = _shown(language, table, cell, line)
        made.append(f'<td class="{classes}" data-label="{labels[name]}">{shown}</td>')
    if line.folded:
        made.append(f'<td class="col-more">{_folded(language, line.folded, labels)}</td>')
    return f"<tr>{''.join(made)}</tr>"


def _shown(language: str, table: str, cell: Cell, line: Line) -> str:
    name, raw = cell["column"], cell["raw"]
    if raw is None:
        return '<span class="none">—</span>'
    if name == "title" and line.document:
        opening = f'<p class="opening" lang="zh">{escape(line.opening)}…</p>' if line.opening else ""
        return f'<span lang="zh">{escape(cell["value"])}</span>{opening}'
    if name == "state":
        return _state(language, standing(raw, line.flags))
    if name == "reasons" and table == "site_health":
        reasons = (say_or_name(language, "reason", reason) for reason in named_values(raw))
        return str(escape(say(language, "room.comma").join(reasons)))
    if name == "kind" and table in ("events", "superseded_events"):
        return str(escape(say_or_name(language, "event", raw)))
    if name == "published_at":
        return _dated(language, raw, line.last_seen)
    if name in TIMES:
        return when(raw)
    return str(_BY_NAME[name](language, raw) if name in _BY_NAME else escape(cell["value"]))


def _folded(language: str, cells: Sequence[Cell], labels: Mapping[str, str]) -> str:
    told = "".join(f"<dt>{labels[cell['column']]}</dt><dd>{_told(language, cell)}</dd>" for cell in cells)
    summary = escape(say(language, "list.open"))
    return f'<details class="fold"><summary>{summary}</summary><dl class="evidence">{told}</dl></details>'


def _told(language: str, cell: Cell) -> str:
    if cell["raw"] is None:
        return "—"
    if cell["column"] == "flags":
        return _flags(language, named_values(cell["raw"])) or "—"
    return str(escape(cell["value"]))


def _date(language: str, text: str | None) -> Markup:
    if not text:
        return Markup(f'<span class="none">{escape(say(language, "document.no_date"))}</span>')
    return Markup(f'<time datetime="{escape(text)}">{escape(shown_date(text)[:10])}</time>')


def _dated(language: str, text: str | None, seen_at: str | None) -> Markup:
    if not is_ahead(text, seen_at):
        return _date(language, text)
    return _date(language, text) + Markup(" ") + _flags(language, ["date_ahead"])


def _state(language: str, state: str) -> Markup:
    said = escape(say_or_name(language, "state", state))
    return Markup(f'<span class="state state-{escape(state)}">{said}</span>')


def _flags(language: str, flags: Sequence[str]) -> Markup:
    said = (escape(say_or_name(language, "flag", flag)) for flag in flags)
    return Markup("".join(f'<span class="flag">{flag}</span>' for flag in said))


def _verdict(language: str, verdict: str) -> Markup:
    said = escape(say_or_name(language, "verdict", verdict))
    return Markup(f'<strong class="verdict-{escape(verdict)}">{said}</strong>')


def _cause(language: str, cause: str) -> Markup:
    return escape(say_or_name(language, "cause", cause))


_BY_NAME: Mapping[str, Callable[[str, Any], Markup]] = {
    "published_at": _date,
    "verdict": _verdict,
    "cause": _cause,
}
