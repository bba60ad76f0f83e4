"""News as an Atom feed (RFC 4287). Pure: the same news gives the same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree

from archive.notices import Notice, notice
from archive.patterns import regex
from archive.store.read.news import News
from archive.text.script import visible_marks

ATOM = "http://www.w3.org/2005/Atom"
_NO_XML = regex("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_EPOCH = "1970-01-01T00:00:00.000Z"


def feed(name: str, pieces: Sequence[News], *, address: str | None = None, room: str | None = None,
         language: str = "en") -> bytes:  # fmt: skip
    """Return a feed of news, in the order given. ``name`` says what it is a feed of, and makes its identity.

    ``address``: where it is served, if it is. ``room``: the reading room that its entries lead to, for an edit to the
    difference; without one they lead to the publisher's pages. Identities do not depend on either, nor on the language.
    """
    root = ElementTree.Element("feed", {"xmlns": ATOM})
    _add(root, "id", uuid5(NAMESPACE_URL, f"yuanben:feed:{name}").urn)
    _add(root, "title", f"yuanben 原本 · {name}")
    _add(root, "updated", max((one.at for one in pieces), default=_EPOCH))
    if address:
        _add(root, "link", rel="self", href=address)
    _add(_add(root, "author"), "name", "yuanben 原本")
    for one in pieces:
        _entry(root, one, notice(one, language, room=room), language)
    ElementTree.indent(root)
    body = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{body}\n'.encode()


def _entry(root: ElementTree.Element, one: News, shown: Notice, language: str) -> None:
    entry = _add(root, "entry")
    _add(entry, "id", one.id)
    _add(entry, "title", f"[{shown.label}] {shown.title}")
    _add(entry, "updated", one.at)
    if shown.link:
        _add(entry, "link", rel="alternate", href=shown.link)
    if one.url and one.url != shown.link:
        _add(entry, "link", rel="via", href=one.url)
    for term in (one.kind, one.site, *one.watchwords):
        if term:
            _add(entry, "category", term=term)
    _add(entry, "summary", shown.says or shown.title)
    content = _add(entry, "content", "".join(_html(one, shown)), type="html")
    content.set("xml:lang", "zh-CN" if language == "zh" else "en")


def _html(one: News, shown: Notice) -> Iterable[str]:
    yield f"<p>{_as_html(shown.says)}</p>"
    yield f"<p>{_as_html(shown.when)}</p>"
    for edit in one.edits:
        old = f"<del>{_as_html(edit['old'])}</del>" if edit["old"] else ""
        new = f"<ins>{_as_html(edit['new'])}</ins>" if edit["new"] else ""
        yield f"<p>…{_as_html(edit['before'])}{old}{new}{_as_html(edit['after'])}…</p>"


def _as_html(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def readable(text: str) -> str:
    """Return a text as a feed may hold it: no characters that XML forbids, marks of the reading direction written out."""
    return _NO_XML.sub("\ufffd", visible_marks(text))


def _add(parent: ElementTree.Element, tag: str, text: str | None = None, **named: str) -> ElementTree.Element:
    child = ElementTree.SubElement(parent, tag, {name: readable(value) for name, value in named.items()})
    child.text = None if text is None else readable(text)
    return child
