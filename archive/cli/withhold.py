"""``yuanben withhold``: hide a text that must not be shown, with who, when and why; and show it again."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import asdict

from archive.cli.checkpoint import add_checkpoint, state_run
from archive.cli.options import add_archive, add_json, archive_path, reading, seconds
from archive.cli.terminal import one_line, print_json
from archive.errors import BadInput
from archive.store.archive import Archive
from archive.store.file.withheld import Withholding, same_text, show_again, withhold, withholdings
from archive.store.read.lookup import address_of, find_document

_LONGEST = 2_000


def declare(parser: ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument(
        "url", metavar="URL", nargs="?", help="any address the document was seen at (default: list what is)"
    )
    parser.add_argument("--reason", metavar="WORDS", help="why: the order, its date and number")
    parser.add_argument("--by", metavar="NAME", help="who decided it")
    parser.add_argument("--show-again", action="store_true", help="take the withholding back")
    parser.add_argument("--wait", metavar="SECONDS", type=seconds, default=0.0, help="wait for another run")
    add_checkpoint(parser)
    add_json(parser)
    add_archive(parser)


def run(options: Namespace) -> int:
    """List what is withheld, or decide on a document."""
    if options.url is None:
        if options.reason or options.by or options.show_again:
            raise BadInput("no address — give that of the document to be withheld or shown again")
        return _list(options)
    for name in ("reason", "by"):
        said = (getattr(options, name) or "").strip()
        if not said or len(said) > _LONGEST:
            raise BadInput(f"--{name} says nothing, or too much — it is kept in the log with the decision")
    archive = Archive.open(archive_path(options), holder="yuanben withhold", sites={}, wait=options.wait)
    try:
        made, alike = _decide(archive, options)
        state_run(archive, options)
    finally:
        archive.close()
    decision = "shown again" if options.show_again else "withheld"
    if options.json:
        print_json({"decision": decision, **asdict(made), "same_text": alike})
        return 0
    print(one_line(f"{decision}: {made.url} (by {made.by}: {made.reason})"))
    for url in () if options.show_again else alike:
        print(one_line(f"still shown, with the same text or as its copy: {url}"))
    return 0


def _decide(archive: Archive, options: Namespace) -> tuple[Withholding, list[str]]:
    document = find_document(archive.db, options.url)
    known = next((one for one in withholdings(archive.db) if one.document == document), None)
    if options.show_again and known is None:
        raise BadInput(f'{options.url[:200]} is not withheld — "yuanben withhold" lists what is')
    if known is not None and not options.show_again:
        raise BadInput(f"{known} — nothing was changed")
    decide = show_again if options.show_again else withhold
    at = archive.clock.now()
    with archive.writing():
        decide(archive.db, document, reason=options.reason.strip(), by=options.by.strip(), at=at)
    url = address_of(archive.db, document)
    made = Withholding(
        document=document, url=url, at=at, reason=options.reason.strip(), by=options.by.strip()
    )
    return made, same_text(archive.db, document)


def _list(options: Namespace) -> int:
    with reading(options) as db:
        found = withholdings(db)
    if options.json:
        print_json([asdict(one) for one in found])
    elif not found:
        print("nothing is withheld")
    for one in () if options.json else found:
        print(one_line(str(one)))
    return 0
