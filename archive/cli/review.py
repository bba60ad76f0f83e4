"""``yuanben review``: what is quarantined, released or refused by a person."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any

from archive.cli.options import add_archive, add_json, archive_path, reading, seconds
from archive.cli.terminal import FLAGS, clipped, one_line, print_json, styled
from archive.errors import BadInput, NotHeld
from archive.store import Archive
from archive.store.answers.review import Waiting, accept, reject, waiting


def declare(parser: ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument(
        "target", metavar="SITE|URL", nargs="?", help="only this site or document (default: all)"
    )
    decision = parser.add_mutually_exclusive_group()
    decision.add_argument("--accept", action="store_true", help="believe it: it becomes a version")
    decision.add_argument("--reject", action="store_true", help="do not, and do not ask again")
    parser.add_argument("--wait", metavar="SECONDS", type=seconds, default=0.0, help="wait for another run")
    add_json(parser)
    add_archive(parser)


def run(options: Namespace) -> int:
    """List what waits, or decide on it; 1 when something holds no text that could be released."""
    if options.accept or options.reject:
        return _decide(options)
    with reading(options) as db:
        found = waiting(db, options.target)
    if options.json:
        print_json([_as_json(one, None) for one in found])
    elif not found:
        print("nothing waits for review")
    else:
        print("\n\n".join(_lines(one) for one in found))
        print("\n--accept makes versions of these, --reject leaves them out and does not ask again")
    return 0


def _decide(options: Namespace) -> int:
    archive = Archive.open(archive_path(options), holder="yuanben review", sites={}, wait=options.wait)
    try:
        found = waiting(archive.db, options.target)
        if not found:
            raise NotHeld(
                f'nothing of {options.target or "this archive"} waits — "yuanben review" lists what does'
            )
        if options.accept and not any(one.has_article for one in found):
            raise BadInput(
                f"no text was read from {found[0].url} — there is nothing to release, only to --reject"
            )
        decisions = [(one, _decided(archive, one, options.accept)) for one in found]
    finally:
        archive.close()
    if options.json:
        print_json([_as_json(one, decision) for one, decision in decisions])
    else:
        for one, decision in decisions:
            print(
                one_line(f"{decision or 'left waiting (no text was read)'}: {one.url} {one.title}".rstrip())
            )
    return 1 if any(decision is None for _, decision in decisions) else 0


def _decided(archive: Archive, one: Waiting, is_accepted: bool) -> str | None:
    if not is_accepted:
        reject(archive, one)
        return "rejected"
    if not one.has_article:
        return None
    accept(archive, one)
    return "accepted"


def _as_json(one: Waiting, decision: str | None) -> dict[str, Any]:
    names = ("document", "url", "site", "reason", "title", "text", "first_captured_at", "last_captured_at")
    return {name: getattr(one, name) for name in names} | {"looks": len(one.looks), "decision": decision}


def _lines(one: Waiting) -> str:
    reasons = ", ".join(FLAGS.get(reason, reason) for reason in one.reason.split(", "))
    seen = f"captured {one.first_captured_at}"
    if len(one.looks) > 1:
        seen += f" to {one.last_captured_at} ({len(one.looks)} looks)"
    return "\n  ".join(
        [
            styled(one_line(one.title or "(no title)"), "bold"),
            one_line(f"why: {reasons}"),
            one_line(f"{one.site} · {seen}"),
            clipped(one_line(one.text), 160) if one.has_article else "no text was read from it",
            styled(one_line(one.url), "dim"),
        ]
    )
