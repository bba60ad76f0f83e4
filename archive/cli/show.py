"""``yuanben show``: a document as it is, or as it was at a moment."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator

from archive.answers import Attachment, Document
from archive.attach import safe_name
from archive.cli.options import add_archive, add_document, add_json, holding, until, whole_number
from archive.cli.terminal import (
    Working,
    in_words,
    one_line,
    padded,
    print_json,
    safe,
    same_work,
    styled,
    when,
)
from archive.model.fields import FIELDS
from archive.store.read.history import as_of_sentence, sightings_sentence

_FIELDS = tuple((field.name, field.label) for field in FIELDS if field.is_listed and field.name != "title")
_OF_CARD = {
    "written_at": "written",
    "effective_at": "in force",
    "lapsed_at": "lapsed",
    "validity": "validity",
    "theme": "theme",
    "subjects": "subjects",
}
_ANOTHER = " (the document today, which shows another version)"
_UNREADABLE = "none: nothing readable was captured"


def declare(parser: ArgumentParser) -> None:
    """Declare the options of the command."""
    add_document(parser)
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--version", metavar="N", type=whole_number, help="this version instead of the current one"
    )
    which.add_argument(
        "--at",
        metavar="TIME",
        type=until,
        help="as captured by then: a UTC time, or a Beijing day to its end",
    )
    add_json(parser)
    add_archive(parser)


def run(options: Namespace) -> int:
    """Print one document."""
    with holding(options) as held, Working("reading"):
        document = held.document(options.url, version=options.version, at=options.at)
    if options.json:
        print_json(document.as_json())
    else:
        print(_page(document))
    return 0


def _page(shown: Document) -> str:
    title = shown.title or shown.unread.get("title") or "(no title)"
    lines = [styled(one_line(title), "bold")]
    said = [*_fields(shown), *_place(shown)]
    lines += [f"{styled(padded(label, 9), 'dim')}{one_line(str(value))}" for label, value in said]
    lines += [f"{styled(padded('file', 9), 'dim')}{_file(file)}" for file in shown.attachments]
    if shown.works:
        lines += ["", styled("the same document at its addresses", "dim"), same_work(shown.works)]
    return "\n".join(lines) + (f"\n\n{safe(shown.text)}" if shown.text else "")


def _fields(shown: Document) -> Iterator[tuple[str, str]]:
    """Yield the page's own statements about itself."""
    yield from ((label, getattr(shown, name)) for name, label in _FIELDS if getattr(shown, name))
    if _differs(shown):
        yield "meta", f"{shown.meta_published_at} (the date its head names)"
    for name, label in _FIELDS:
        if name in shown.unread:
            yield label, f"{shown.unread[name]} (of a page without a text)"
    yield from ((label, shown.card[name]) for name, label in _OF_CARD.items() if name in shown.card)


def _place(shown: Document) -> Iterator[tuple[str, str]]:
    """Yield the document's address and state, the version shown, and when it was seen."""
    publisher, site = shown.publisher, shown.site
    yield "site", publisher if publisher == site else f"{publisher} ({site})"
    # The state is the document's, of today unless a moment was asked for; it is not that of an old version.
    is_old = bool(shown.version) and not shown.is_current
    yield "state", in_words(shown.state, shown.flags) + (_ANOTHER if is_old and not shown.at else "")
    number = f"{shown.version} of {shown.versions}" if shown.version else _UNREADABLE
    yield "version", number + (", not the current one" if is_old else "")
    if shown.seen:
        yield "seen", sightings_sentence(shown.seen)
    if shown.as_of:
        yield "as of", f"{shown.as_of.day}: {as_of_sentence(shown.as_of)}"
    then = " by then" if shown.at else ""
    yield (
        "document",
        f"first seen {when(shown.first_seen)}, last seen {when(shown.last_seen)} Beijing time{then}",
    )
    yield "url", shown.url


def _differs(shown: Document) -> bool:
    """Return whether the head of a page gives another day than the page shows."""
    meta = shown.meta_published_at
    return bool(meta) and str(meta)[:10] != str(shown.published_at or "")[:10]


def _file(file: Attachment) -> str:
    name = one_line(safe_name(file.name or file.url.rpartition("/")[2]))
    if file.payload is None:
        return f"{name} — not kept ({one_line(file.url)})"
    said = [file.kind or "not read yet", f"{file.length} bytes", *file.flags]
    if file.kind and not file.has_text:
        said.append(one_line(file.reason or "no text"))
    return f"{name} — {', '.join(said)}"
