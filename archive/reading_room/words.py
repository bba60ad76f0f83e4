"""The room's words, in Chinese and English: which of them a reader gets, and the reader's choice."""

from __future__ import annotations

import re
from functools import lru_cache

import yaml
from datasette.utils.asgi import Request
from jinja2 import pass_context
from jinja2.runtime import Context

from archive.models.files import KINDS
from archive.reading_room.declared import HERE

COOKIE = "yuanben_language"
LANGUAGES = ("zh", "en")
_RANGE = re.compile(r"\s*([A-Za-z]{1,8})(?:-[A-Za-z0-9-]{1,30})?\s*(?:;\s*q=([0-9.]{1,5}))?\s*")


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


def say(language: str, key: str, **values: object) -> str:
    """Return the words for a key. An unknown key is a mistake of ours and raises KeyError."""
    chinese, english = _words()[key]
    words = chinese if language == "zh" else english
    return words.format(**values) if values else words


def say_or_name(language: str, group: str, name: object) -> str:
    """Return the words for a value the archive holds (a flag, a reason), or the value itself."""
    key = f"{group}.{name}"
    return say(language, key) if key in _words() else str(name)


def side(language: str, both: str | None) -> str:
    """Return a description's side in one language: ``datasette.yml`` writes ``中文 | English``."""
    chinese, bar, english = (both or "").partition(" | ")
    return english if bar and language != "zh" else chinese


@pass_context
def said_here(context: Context, key: str, **values: object) -> str:
    """Return the words for a key in the language of the page being rendered."""
    return say(context.get("language", "en"), key, **values)


@pass_context
def named_here(context: Context, name: object, group: str) -> str:
    """Return the words for a value in the language of the page being rendered."""
    return say_or_name(context.get("language", "en"), group, name)


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
    return words | {f"file_kind.{kind.name}": (kind.zh, kind.en) for kind in KINDS}


def _weight(text: str | None) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0
