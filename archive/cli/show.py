"""``yuanben show``: a document as it stands, or as it stood at a moment."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from typing import Any

from archive.attach import safe_name
from archive.cli.options import add_archive, add_json, reading, until, whole_number
from archive.cli.terminal import one_line, padded, print_json, safe, same_work, standing, styled
from archive.model.fields import FIELDS
from archive.store.read.history import (
    Bounds,
    attachments,
    bounds,
    said_as_of,
    said_of,
    shown,
    shown_at,
    shown_version,
    told,
)
from archive.store.read.lookup import find_document
from archive.store.write.works import works

_FIELDS = tuple((field.name, field.label) for field in FIELDS if field.is_listed and field.name != "title")
_OF_CARD = {
    "written_at": "written",
    "effective_at": "in force",
    "lapsed_at": "lapsed",
    "validity": "validity",
    "theme": "theme",
    "subjects": "subjects",
}


def declare(parser: ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("url", metavar="URL", help="any address the document was seen at")
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
    with reading(options) as db:
        document = find_document(db, options.url)
        if options.version:
            row = shown_version(db, document, options.version)
        elif options.at:
            row = shown_at(db, document, options.at)
        else:
            row = shown(db, document)
        row |= told(db, document, row["version"], options.at)
        row |= {"attachments": attachments(db, document, row["version"], options.at)}
        row |= {"works": works(db, document)}
        known = bounds(db, document, row["version"], options.at)
        is_current = row["version"] == shown(db, document)["version"]
    if options.json:
        seen, as_of = (part and part.as_json() for part in (known.seen, known.as_of))
        print_json(row | {"seen": seen} | ({"as_of": as_of} if options.at else {}))
    else:
        print(_page(row, known, is_now=options.at is None, is_current=is_current))
    return 0


def _page(row: dict[str, Any], known: Bounds, *, is_now: bool, is_current: bool) -> str:
    publisher, site = row["publisher"], row["site"]
    document = f"first seen {row['first_seen']}, last seen {row['last_seen']}{'' if is_now else ' by then'}"
    version = (
        f"{row['version']} of {row['versions']}" if row["version"] else "none: nothing readable was captured"
    )
    # The state is the document's, of today unless a moment was asked for; an old version does not stand so.
    is_old = bool(row["version"]) and is_now and not is_current
    state = standing(row | {"flags": json.dumps(row["flags"])}) + (
        " (the document today, which shows another version)" if is_old else ""
    )
    lines = [
        *((label, row[name]) for name, label in _FIELDS if row[name]),
        *((("meta", f"{row['meta_published_at']} (the date its head names)"),) if _differs(row) else ()),
        *(
            (label, f"{row['unread'][name]} (of a page without a text)")
            for name, label in _FIELDS
            if name in row["unread"]
        ),
        *((label, row["card"][name]) for name, label in _OF_CARD.items() if name in row["card"]),
        ("site", publisher if publisher == site else f"{publisher} ({site})"),
        ("state", state),
        ("version", version + (", not the current one" if not is_current and row["version"] else "")),
        *((("seen", said_of(known.seen)),) if known.seen else ()),
        *((("as of", f"{known.as_of.day}: {said_as_of(known.as_of)}"),) if known.as_of else ()),
        ("document", document),
        ("url", row["url"]),
    ]
    head = [styled(one_line(row["title"] or row["unread"].get("title") or "(no title)"), "bold")]
    head += [f"{styled(padded(label, 9), 'dim')}{one_line(str(value))}" for label, value in lines]
    head += [f"{styled(padded('file', 9), 'dim')}{_file(file)}" for file in row["attachments"]]
    if row["works"]:
        head += ["", styled("the same document at its addresses", "dim"), same_work(row["works"])]
    return "\n".join(head) + (f"\n\n{safe(row['text'])}" if row["text"] else "")


def _differs(row: dict[str, Any]) -> bool:
    """Say whether the head of a page names another day than the page shows."""
    meta, shown_date = row["meta_published_at"], row["published_at"]
    return bool(meta) and str(meta)[:10] != str(shown_date or "")[:10]


def _file(file: dict[str, Any]) -> str:
    name = one_line(safe_name(file["name"] or file["url"].rpartition("/")[2]))
    if file["payload"] is None:
        return f"{name} — not kept ({one_line(file['url'])})"
    said = [file["kind"] or "not read yet", f"{file['length']} bytes", *file["flags"]]
    if file["kind"] and not file["has_text"]:
        said.append(one_line(file["reason"] or "no text"))
    return f"{name} — {', '.join(said)}"
