"""Whether a body ends as its kind ends. Pure.

HTTP lets the end of a connection be the end of a body (RFC 9112, 6.3), and some servers name a length that is not
the page's. Then only the bytes themselves can say whether they are all: a page ends with ``</html>`` or
``</body>``, a JSON text where its first bracket closes, a PDF with ``%%EOF``. What ends so may still be another
page than the one that was meant; what does not is not proven to be cut, for some pages never end so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable

_END = re.compile(rb"</(?:html|body)\s*>", re.IGNORECASE)
_CLOSED = re.compile(
    rb"<!--.*?(?:-->|\Z)|<(script|style|noscript|iframe)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.I
)
_TAG = re.compile(rb"<[^<>]*(?:>|\Z)")
_HTML = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.DOTALL
)
_ANYWHERE = re.compile(rb"<(?:html|body)\b", re.IGNORECASE)
_ROOT = re.compile(
    rb"\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*|<![^>\[]*(?:\[.*?\])?\s*>\s*)*<([A-Za-z_][\w.:-]*)", re.DOTALL
)
_CALL = re.compile(rb"\s*[\w$.]+\s*\(")
# So much text may stand behind the end of a page: a notice of the server, a counter.
_MOST_BEHIND = 120
_TAIL = 64 << 10
# Ends in scripts and comments are passed over, but not for ever.
_MOST_ENDS = 20
_MOST_JSON = 1 << 20


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


_Begins = Callable[[bytes], bool]
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
