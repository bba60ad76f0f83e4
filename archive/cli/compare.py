"""``yuanben compare``: a copy set against its original, and an account of every difference."""

from __future__ import annotations

import os
import re
import sqlite3
from argparse import ArgumentParser, Namespace
from pathlib import Path

from archive.cli.account import page
from archive.cli.handed import body_of
from archive.cli.options import add_archive, add_json, address, reading
from archive.cli.terminal import print_json
from archive.collate.comparison import Comparison, Copy
from archive.collate.report import as_json
from archive.errors import ArchiveForeign, BadInput, NotHeld
from archive.extract import decode, read
from archive.models import Article, Page
from archive.store.answers.history import shown, version_row
from archive.store.answers.lookup import find_document
from archive.store.copies.comparisons import compare
from archive.store.copies.shingles import is_indexed
from archive.store.copies.witness import held_copy

_MARKUP = re.compile(rb"<(?:!doctype\s+html|html|head|body|div|p|meta)\b", re.IGNORECASE)


def declare(parser: ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument(
        "copy", metavar="COPY", help="a file (HTML or text), - for input, or an address in the archive"
    )
    parser.add_argument("--original", metavar="URL", help="set it against this document")
    parser.add_argument(
        "--url", metavar="URL", help="the address a file came from: its path may tell the original"
    )
    parser.add_argument("--html", metavar="FILE", help="write the account as one page, too")
    add_json(parser)
    add_archive(parser)


def run(options: Namespace) -> int:
    """Find the original, collate, and print the account. That there is no original is no error."""
    if options.url:
        address(options.url)
    with reading(options) as db:
        if not is_indexed(db):
            raise ArchiveForeign(
                'this archive was made before copies could be compared — run "scrapy reread" once to bring it up'
            )
        copy = _copy(db, options)
        made = compare(db, copy, original=_original(db, options.original))
    if options.html:
        _write(options.html, made)
    if options.json:
        print_json(as_json(made))
    else:
        print(page(made))
    return 0


def _original(db: sqlite3.Connection, url: str | None) -> int | None:
    if url is None:
        return None
    document = find_document(db, url)
    number = shown(db, document)["version"]
    if number is None:
        raise NotHeld(f"nothing readable was captured of {url} — there is no text to compare with")
    return int(version_row(db, document, number)["id"])


def _copy(db: sqlite3.Connection, options: Namespace) -> Copy:
    name: str = options.copy
    if name != "-" and name.startswith(("http://", "https://")) and not os.path.exists(name):
        return _held(db, name)
    body = body_of(name, give="a text or HTML file, - for input, or an address")
    if _MARKUP.search(body[:4096]):
        return _article(body, options.url or f"file:///{Path(name).name}", options.url)
    return Copy(title="", text=decode(body).text, url=options.url)


def _held(db: sqlite3.Connection, url: str) -> Copy:
    document = find_document(db, url)
    number = shown(db, document)["version"]
    if number is None:
        raise NotHeld(f"nothing readable was captured of {url} — there is no text to compare")
    return held_copy(db, int(version_row(db, document, number)["id"]))


def _article(body: bytes, address: str, url: str | None) -> Copy:
    article = read(Page(url=address, body=body, content_type="text/html"))
    if not isinstance(article, Article):
        raise BadInput(f"the page cannot be read ({article.reason}) — save its text and give that")
    return Copy(
        title=article.title,
        text=article.text,
        url=url,
        published_at=article.published_at,
        source_line=article.source_line,
        removed=tuple(block.text for block in article.removed),
    )


def _write(path: str, made: Comparison) -> None:
    from archive.cli.account_page import html

    try:
        Path(path).write_text(html(made), encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise BadInput(f"{path} cannot be written ({error.strerror}) — give another path") from None
