"""Articles that scripts would draw, laid out as the page that they would make. Pure.

Some sites send people an empty page and their scripts the document, as a JSON answer or as a script file. A declaration
says where each field stands (``Rules.answer``, ``Rules.script``); what is laid out is then read as any page is. The
document's own markup is left as it came. Nothing is run.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from archive.model import Page, Rules, Site
from archive.patterns import regex

_SURROGATE = regex(r"[\ud800-\udfff]")
# What a page holds of an answer, and with which element it is laid out.
_ELEMENTS = {"title": "h1", "published": "p", "source": "p", "author": "p", "doc_number": "p", "body": "div"}


def json_value(text: str) -> Any:
    """Return what a JSON text holds. Raise ValueError or RecursionError where it is none.

    Lone surrogates, which JSON can carry and no table can, are replaced by U+FFFD.
    """
    return _storable(json.loads(text))


def begun_json(text: str) -> Any:
    """Return the JSON value that a text begins with, whatever follows it; raise as ``json_value`` does."""
    return _storable(json.JSONDecoder().raw_decode(text)[0])


def at(value: Any, *keys: str) -> Any:
    """Return what stands under nested keys of a JSON object, None where a step is missing or no object."""
    for key in keys:
        if not isinstance(value, dict) or key not in value:
            return None
        value = value[key]
    return value


def under(value: Any, path: str) -> Any:
    """Return what stands at a dotted path, None where nothing does."""
    return at(value, *path.split("."))


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_storable(v) for v in value]
    if isinstance(value, dict):
        return {_storable(k): _storable(v) for k, v in value.items()}
    return value


def laid_out(page: Page, site: Site) -> tuple[Page, Site] | None:
    """Return a JSON answer as a page, and the rules that read it; None where the body holds no such answer."""
    try:
        said = json_value(page.body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None
    paths = dict(site.rules.answer)
    if not isinstance(under(said, paths["body"]), str):
        return None
    body = "".join(_elements(said, paths))
    title = escape(_text(under(said, paths.get("title", ""))))
    html = f"<!DOCTYPE html><html><head><meta charset=utf-8><title>{title}</title></head><body>{body}</body></html>"
    made = dataclasses.replace(
        page, body=html.encode("utf-8", "replace"), content_type="text/html; charset=utf-8"
    )
    return made, dataclasses.replace(site, rules=_rules(site.rules, paths))


def _elements(said: object, paths: Mapping[str, str]) -> Iterator[str]:
    for name, tag in _ELEMENTS.items():
        value = _text(under(said, paths.get(name, "")))
        if name == "body":
            value += "".join(_files(said, paths.get("files", "")))
        elif value:
            value = escape(value)
        if value:
            yield f'<{tag} data-path="{escape(paths[name])}">{value}</{tag}>'


def _files(said: object, path: str) -> Iterator[str]:
    """Yield links to the files of an answer; ``path``: the list, and in each of its rows address and name."""
    where, url, name = (*path.split(":"), "", "")[:3]
    rows = under(said, where)
    for row in rows if isinstance(rows, list) else ():
        address = _text(under(row, url))
        if address:
            yield f'<p><a href="{escape(address)}">{escape(_text(under(row, name)) or address)}</a></p>'


def _rules(rules: Rules, paths: Mapping[str, str]) -> Rules:
    chosen: dict[str, Any] = {
        name: (f'[data-path="{path}"]',) for name, path in paths.items() if name in _ELEMENTS
    }
    return dataclasses.replace(rules, answer=(), **chosen)


def _text(value: object) -> str:
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def turns_of(body: str, rules: Rules) -> list[tuple[str, str]] | None:
    """Return speaker and words (HTML) of the turns that a script file assigns; None where it assigns no such list."""
    told = dict(rules.script)
    _, assigned, rest = body.partition(told["turns"])
    rest = rest.lstrip()
    if not assigned or not rest.startswith("="):
        return None
    try:
        found = begun_json(rest[1:].lstrip())
    except (ValueError, RecursionError):
        return None
    turns = [turn for turn in found if isinstance(turn, dict)] if isinstance(found, list) else []
    return [(_text(turn.get(told["speaker"])), _text(turn.get(told["words"]))) for turn in turns] or None
