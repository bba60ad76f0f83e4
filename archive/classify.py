"""What an exchange is before anyone has read its body. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from urllib.parse import unquote, urlsplit

from archive.attach.kinds import kind_of
from archive.location import target_of as led_to
from archive.models import Exchange, Outcome

REDIRECTS = frozenset({301, 302, 303, 307, 308})
# 403 to an honest client, 412 and 521 of script challenges, 451 for legal reasons: told apart from "gone".
REFUSALS = frozenset({401, 403, 405, 407, 412, 418, 451, 521})
PERMANENT = frozenset({301, 308})
# Where a server sends who asks for what it no longer has: its home page, or a page that says so.
_HOME = re.compile(r"/?(?:(?:index|default|home|main)\.\w{3,5})?")
_INDEX = re.compile(r"/(?:index|default|list|node)(?:_\w{1,12})?\.\w{3,5}$")
_NOT_THERE = re.compile(r"/(?:\w{1,20}/)?(?:404|error|notfound|not_found|page404)(?:\.\w{3,5})?/?")


def immediate_outcome(
    exchange: Exchange, listings: Collection[str] = ()
) -> tuple[Outcome, str | None] | None:
    """Return what the exchange is by its status alone, with a reason, or None when its body must be read.

    ``listings``: the addresses of the site's lists. It does not prove that a page is an article: soft 404s and
    challenges come with 200 and are the reader's.
    """
    if exchange.kind == "robots":
        return Outcome.ROBOTS, exchange.error
    if exchange.error:
        return Outcome.FAILED, exchange.error
    status = exchange.status or 0
    if status in REDIRECTS and exchange.header("location"):
        led = _sent_away(exchange, listings)
        return (Outcome.GONE, led) if led else (Outcome.REDIRECTED, None)
    if exchange.truncated:
        return Outcome.FAILED, f"truncated: {exchange.truncated}"
    if status == 304:
        return Outcome.NOT_MODIFIED, None
    if status in (404, 410):
        return Outcome.GONE, f"http {status}"
    if status in REFUSALS:
        return Outcome.BLOCKED, f"http {status}"
    if not 200 <= status < 300:
        return Outcome.FAILED, f"http {status}"
    if exchange.kind == "article" and (led := _led_away(exchange, listings)):
        return Outcome.GONE, led
    if not exchange.body:
        return Outcome.UNREADABLE, "empty"
    if exchange.kind == "attachment":
        return _file(exchange, exchange.body)
    return None


def target_of(exchange: Exchange) -> str | None:
    """Return the address that a redirect names; None where there is none, or it cannot be put together."""
    try:
        # Headers are kept with a character for each byte; what a program wrote otherwise is UTF-8.
        said = exchange.header("location")
        return (
            led_to(said.encode("latin-1" if max(said, default="") < "\u0100" else "utf-8"), exchange.url)
            or None
        )
    except ValueError:
        return None


def is_unfollowed(exchange: Exchange) -> bool:
    """Return whether an exchange is an article's redirect out of a file: what came next is an answer by itself there."""
    is_redirect = (exchange.status or 0) in REDIRECTS and bool(exchange.header("location"))
    is_foreign = exchange.origin != "network" and not exchange.was_followed
    return is_redirect and exchange.kind == "article" and is_foreign and not exchange.error


def _sent_away(exchange: Exchange, listings: Collection[str]) -> str | None:
    """Return where a redirect leads that nobody followed, if that is the front page, a list or an error page."""
    target = target_of(exchange) if is_unfollowed(exchange) else None
    return _led(exchange.url, target, listings) if target else None


def _led_away(exchange: Exchange, listings: Collection[str]) -> str | None:
    """Return where a redirect led instead of to the article that was asked: home, to a list, to an error page."""
    if exchange.redirected_from is None or exchange.asked is None:
        return None
    return _led(exchange.asked, exchange.url, listings)


def _led(asked_url: str, shown_url: str, listings: Collection[str]) -> str | None:
    try:
        asked, shown = urlsplit(asked_url), urlsplit(shown_url)
    except ValueError:
        return None
    if (
        _HOME.fullmatch(shown.path)
        and not shown.query
        and not (_HOME.fullmatch(asked.path) and not asked.query)
    ):
        return "redirected to the home page"
    if shown_url in listings or _is_column_above(asked.path, shown.path, shown.query):
        return "redirected to a list"
    path = shown.path.lower()
    return (
        "redirected to an error page" if _NOT_THERE.fullmatch(path) and path != asked.path.lower() else None
    )


def _is_column_above(asked: str, shown: str, query: str) -> bool:
    """Return whether a page is the index of a directory that the page asked for lies in."""
    column = _INDEX.sub("/", shown)
    is_above = column.endswith("/") and asked.startswith(column) and _INDEX.sub("/", asked) != column
    # …/article/12 → …/article/12/ is the same page; a directory asked for is itself an index.
    return is_above and not query and not asked.endswith("/")


def _file(exchange: Exchange, body: bytes) -> tuple[Outcome, str | None]:
    """Return what an answer is that should be a file: an error told with status 200 is none."""
    name = unquote(urlsplit(exchange.url).path.rpartition("/")[2])
    kind = kind_of(body, name, exchange.header("content-type") or "")
    if kind == "html":
        return Outcome.UNREADABLE, "a web page instead of a file"
    if body[:1] in (b"{", b"[") and body.rstrip()[-1:] in (b"}", b"]") and kind != "rtf":
        return Outcome.UNREADABLE, "JSON instead of a file"
    return Outcome.ATTACHMENT, None
