"""``yuanben history``: what happened to a document, and between which looks."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from archive.answers import History
from archive.cli.options import add_archive, add_document, add_json, holding
from archive.cli.terminal import Working, in_words, one_line, print_json, same_work, styled, table, when
from archive.model.events import sentence

_CAUSES = {"first": "first seen", "source": "the site changed it", "reading": "our reader changed"}


def declare(parser: ArgumentParser) -> None:
    """Declare the options of the command."""
    add_document(parser)
    add_json(parser)
    add_archive(parser)


def run(options: Namespace) -> int:
    """Print the story of one document."""
    with holding(options) as held, Working("reading"):
        story = held.history(options.url)
        document = held.document(options.url)
    if options.json:
        print_json(story.as_json())
        return 0
    print(styled(one_line(document.title or "(no title)"), "bold"))
    state = in_words(document.state, document.flags)
    print(f"{one_line(story.url)}\n{one_line(document.publisher)} · {state}")
    print(styled("times are Beijing's; --json gives UTC", "dim"))
    for part in (_versions, _addresses, _works, _gaps, _events):
        print(part(story), end="")
    return 0


def _versions(story: History) -> str:
    rows = [
        (
            str(version.version),
            _CAUSES[version.cause],
            version.published_at or "undated",
            when(version.first_captured_at),
            when(version.last_captured_at),
            version.title,
        )
        for version in story.versions
    ]
    heads = ("version", "why it exists", "date shown", "first captured", "last captured", "title")
    return _section("versions", table(heads, rows) if rows else "none: nothing readable was captured")


def _addresses(story: History) -> str:
    own = [address for address in story.addresses if address.document == story.document]
    rows = [(when(address.from_at), when(address.to_at), address.url) for address in own]
    return _section("addresses it was seen at", table(("from", "to", "address"), rows)) if rows else ""


def _works(story: History) -> str:
    return _section("the same document at its addresses", same_work(story.works)) if story.works else ""


def _gaps(story: History) -> str:
    rows = [
        (when(gap.from_at), when(gap.to_at, "not seen since"), str(gap.looks), gap.reason)
        for gap in story.gaps
    ]
    what = "times it was not seen (what stood there then is not known)"
    return _section(what, table(("after", "until", "looks", "what came instead"), rows)) if rows else ""


def _events(story: History) -> str:
    rows = [
        (when(event.happened_at), event.kind.replace("_", " "), sentence(event.kind, event.details))
        for event in story.events
    ]
    return _section("events", table(("noticed", "event", "details"), rows)) if rows else ""


def _section(title: str, body: str) -> str:
    return f"\n{styled(title, 'dim')}\n{body}\n"
