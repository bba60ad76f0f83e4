"""What an exchange is before its body is read: outcome, end of the body, limits. Pure.

Status and redirects tell most outcomes by themselves; of a file, the kind of its bytes is looked at, too. The
limits say how much is taken in at most, by whatever way the bytes come: the network, a WARC file, the command
line.

HTTP lets the end of a connection be the end of a body (RFC 9112, 6.3), and some servers name a length that is
not the page's. Then only the bytes themselves can say whether all of them came. A page ends with ``</html>`` or
``</body>``, a JSON text where its first bracket closes, a PDF with ``%%EOF``. What ends so may still be another
page than the one that was meant. What does not end so is not proven to be cut, for some pages never end so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection
from urllib.parse import unquote, urlsplit

from archive.attach.kinds import kind_of
from archive.model import Exchange, Outcome
from archive.patterns import regex
from archive.urls import target_of as led_to

REDIRECTS = frozenset({301, 302, 303, 307, 308})
# 403 to an honest client, 412 and 521 of script challenges, 451 for legal reasons: told apart from "gone".
REFUSALS = frozenset({401, 403, 405, 407, 412, 418, 451, 521})
PERMANENT = frozenset({301, 308})
# Where a server sends who asks for what it no longer has: its home page, or a page that says so.
_HOME = regex(r"/?(?:(?:index|default|home|main)\.\w{3,5})?")
_INDEX = regex(r"/(?:index|default|list|node)(?:_\w{1,12})?\.\w{3,5}$")
_NOT_THERE = regex(r"/(?:\w{1,20}/)?(?:404|error|notfound|not_found|page404)(?:\.\w{3,5})?/?")
_END = regex(rb"</(?:html|body)\s*>", re.IGNORECASE)
_CLOSED = regex(rb"<!--.*?(?:-->|\Z)|<(script|style|noscript|iframe)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.I)
_TAG = regex(rb"<[^<>]*(?:>|\Z)")
_HTML = regex(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.DOTALL
)
_ANYWHERE = regex(rb"<(?:html|body)\b", re.IGNORECASE)
_ROOT = regex(
    rb"\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*|<![^>\[]*(?:\[.*?\])?\s*>\s*)*<([A-Za-z_][\w.:-]*)", re.DOTALL
)
_CALL = regex(rb"\s*[\w$.]+\s*\(")
# So much text may stand behind the end of a page: a notice of the server, a counter.
_MOST_BEHIND = 120
_TAIL = 64 << 10
# Ends in scripts and comments are passed over, but not for ever.
_MOST_ENDS = 20
_MOST_JSON = 1 << 20
_Begins = Callable[[bytes], bool]
# Decoded. A page or list over it has an outcome (failed: too_large) and no payload.
PAGE_LIMIT = 16 << 20
# Of attached files.
FILE_LIMIT = 100 << 20
# The flag of an answer to our other name: kept to be compared, never a look at its document.
SECOND_NAME = "second_name"
# Redirects from one address to the next.
MOST_HOPS = 10


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
    if SECOND_NAME in exchange.flags:
        return Outcome.QUARANTINED, SECOND_NAME
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


def ends_whole(body: bytes) -> bool | None:
    """Return whether a body ends as its kind ends; None where its kind shows no end that could be missing."""
    head = _without_marks(body[:4096])
    for begins, ends in _KINDS:
        if begins(head):
            return ends(_without_marks(body))
    return None


def same_kind(one: bytes, other: bytes) -> bool:
    """Return whether two bodies begin as the same kind of thing."""
    heads = _without_marks(one[:4096]), _without_marks(other[:4096])
    return all(begins(heads[0]) == begins(heads[1]) for begins, _ in _KINDS)


def is_beginning_of(body: bytes, whole: bytes) -> bool:
    """Return whether a body is what another begins with, and less than it."""
    return 0 < len(body) < len(whole) and whole.startswith(body)


def _without_marks(body: bytes) -> bytes:
    """Return a body without byte order marks; of UTF-16, for what is asked here, every other byte is enough."""
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return body[2:].replace(b"\0", b"")
    return body.removeprefix(b"\xef\xbb\xbf")


def _is_html(head: bytes) -> bool:
    return _HTML.match(head) is not None or (
        head.lstrip()[:1] == b"<"
        and not head.lstrip().startswith(b"<?xml")
        and _ANYWHERE.search(head) is not None
    )


def _html_ends(body: bytes) -> bool:
    """Return whether the last end of a page, outside of scripts and comments, has nothing to read behind it."""
    text = body.rstrip(b"\0 \t\r\n")
    return _ends_in(text[-_TAIL:]) or (len(text) > _TAIL and _ends_in(text))


def _ends_in(text: bytes) -> bool:
    for end in list(_END.finditer(text))[: -_MOST_ENDS - 1 : -1]:
        before = text[: end.start()].lower()
        if before.rfind(b"<script") > before.rfind(b"</script") or before.rfind(b"<!--") > before.rfind(
            b"-->"
        ):
            continue
        behind = _TAG.sub(b"", _CLOSED.sub(b"", text[end.end() :]))
        return len(b"".join(behind.split())) <= _MOST_BEHIND
    return False


def _json_ends(body: bytes) -> bool:
    is_closed = body.rstrip(b"\0 \t\r\n")[-1:] in (b"}", b"]")
    if is_closed and len(body) > _MOST_JSON:
        return True
    try:
        json.loads(body.decode("utf-8", "replace").rstrip("\0 \t\r\n"), strict=False)
    except RecursionError:
        return is_closed
    except json.JSONDecodeError as error:
        # An error before the end is of the writer's making: such a text never was JSON.
        return is_closed and error.pos < len(error.doc) - 1
    return True


def _xml_ends(body: bytes) -> bool:
    root = _ROOT.match(body[:_TAIL])
    tail = body[-_TAIL:].rstrip()
    while tail.endswith(b"-->") and b"<!--" in tail:
        tail = tail[: tail.rfind(b"<!--")].rstrip()
    closing = re.search(rb"(?:</([\w.:-]+)\s*|<[^<]*/)>\Z", tail[-4096:])
    return root is not None and closing is not None and closing[1] in (None, root[1])


def _pdf_ends(body: bytes) -> bool:
    return b"%%EOF" in body[-2048:]


def _zip_ends(body: bytes) -> bool:
    """Return whether the directory at the end of a zip file (docx, xlsx, ofd …) is there and lies inside it."""
    at = body.rfind(b"PK\5\6", -(_TAIL + 22))
    return at >= 0 and len(body) >= at + 22


def _blocks_end(body: bytes) -> bool:
    return len(body) % 512 == 0


_KINDS: tuple[tuple[_Begins, Callable[[bytes], bool]], ...] = (
    (lambda head: head.startswith(b"%PDF-"), _pdf_ends),
    (lambda head: head.startswith(b"PK\3\4"), _zip_ends),
    (lambda head: head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), _blocks_end),
    (lambda head: head.startswith(b"{\\rtf"), lambda body: body.rstrip(b"\0 \t\r\n").endswith(b"}")),
    (_is_html, _html_ends),
    (lambda head: head.lstrip()[:1] in (b"{", b"["), _json_ends),
    (lambda head: _CALL.match(head) is not None, lambda body: body.rstrip(b"\0; \t\r\n").endswith(b")")),
    (lambda head: head.lstrip().startswith((b"<?xml", b"<rss", b"<feed", b"<urlset")), _xml_ends),
)
