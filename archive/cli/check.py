"""``yuanben check``: every citation and quotation of a report checked against the archive."""

from __future__ import annotations

import re
from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from archive.attach import text_of
from archive.cli.options import add_archive, add_json, day, reading
from archive.cli.terminal import Working, body_of, one_line, print_json, styled
from archive.clock import BEIJING
from archive.errors import BadInput
from archive.extract import decode, read
from archive.model import Article, Page
from archive.patterns import regex
from archive.relations.check import VERDICTS, Verdict
from archive.store.read.connections import check

_WORDS = {
    "right": "right", "wrong_number": "wrong number", "wrong_year": "wrong year", "wrong_title": "wrong title",
    "wrong_article": "wrong article", "misquoted": "misquoted", "not_in_force": "not in force on that day",
    "ambiguous": "cannot be told", "not_held": "not held",
}  # fmt: skip
_MARKUP = regex(rb"<(?:!doctype\s+html|html|head|body|div|p|meta)\b", re.IGNORECASE)
_PACKED = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")


def declare(parser: ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument("report", metavar="FILE", help="the report (txt, md, docx, html), - for input")
    parser.add_argument(
        "--as-of", metavar="DAY", type=day, help="the day the report speaks of (default: today)"
    )
    add_json(parser)
    add_archive(parser)


def run(options: Namespace) -> int:
    """Print a verdict on each citation. A wrong citation is a result, not an error."""
    text = _text(options.report)
    as_of = date.fromisoformat(options.as_of) if options.as_of else (datetime.now(UTC) + BEIJING).date()
    with reading(options) as db, Working("checking"):
        found = check(db, text, as_of)
    if options.json:
        print_json(as_json(found, as_of))
    else:
        print("\n".join(_page(found, as_of)))
    return 0


def as_json(found: list[Verdict], as_of: date) -> dict[str, Any]:
    """Return the verdicts in the documented form."""
    counts = Counter(verdict.verdict for verdict in found)
    return {
        "as_of": as_of.isoformat(),
        "citations": [_row(verdict) for verdict in found],
        "counts": {name: counts[name] for name in VERDICTS},
    }


def _row(verdict: Verdict) -> dict[str, Any]:
    target = None
    if verdict.target is not None:
        target = {
            "url": verdict.target, "title": verdict.title, "number": verdict.number, "version": verdict.version,
        }  # fmt: skip
    return {
        "start": verdict.start, "end": verdict.end, "text": verdict.text, "verdict": verdict.verdict, "target": target,
        "says": verdict.says, "expected": verdict.expected,
    }  # fmt: skip


def _text(name: str) -> str:
    """Return the words of a report.

    For a page this is its article, for a Word file or PDF its text, else the text as it is.
    """
    body = body_of(name, give="a report as txt, md, docx or html, or - for input", is_packed=True)
    if body.startswith(_PACKED):
        read_file = text_of(body, Path(name).name)
        if not read_file.text:
            raise BadInput(f"{name} holds no text that can be read — save its text and give that")
        return read_file.text
    if _MARKUP.search(body[:4096]):
        article = read(Page(url=f"file:///{Path(name).name}", body=body, content_type="text/html"))
        if isinstance(article, Article):
            return article.text
    return decode(body).text


def _page(found: list[Verdict], as_of: date) -> Iterator[str]:
    counts = Counter(verdict.verdict for verdict in found)
    told = ", ".join(f"{counts[name]} {_WORDS[name]}" for name in VERDICTS if counts[name])
    yield styled(
        f"{len(found)} citations, as of {as_of}: {told}" if found else "no citation was found", "bold"
    )
    for verdict in found:
        yield ""
        colour = (
            "green"
            if verdict.verdict == "right"
            else "yellow"
            if verdict.verdict in ("ambiguous", "not_held")
            else "red"
        )
        yield f"{styled(_WORDS[verdict.verdict], colour)}  {one_line(verdict.text)}"
        yield from (f"  {line}" for line in _account(verdict))


def _account(verdict: Verdict) -> Iterator[str]:
    if verdict.target:
        yield one_line(f"{verdict.title} {verdict.number or ''} version {verdict.version}: {verdict.target}")
    if verdict.says and verdict.verdict != "not_held":
        yield one_line(
            f"the report says {verdict.says}"
            + (f"; the document has {verdict.expected}" if verdict.expected else "")
        )
    if verdict.verdict == "not_held":
        yield 'this archive holds no such document, which does not say that there is none — "scrapy watch" a site that publishes it'
