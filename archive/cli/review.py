"""``yuanben review``: the quarantine, and a person's decisions to release or refuse."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any

from archive.cli.options import add_archive, add_json, archive_path, reading, seconds
from archive.cli.terminal import FLAGS, Working, clipped, one_line, print_json, styled, when
from archive.errors import BadInput, NotHeld
from archive.store.archive import Archive
from archive.store.read.review import Waiting, accept, reject, waiting

_WIDE, _A_FEW = 160, 5


def declare(parser: ArgumentParser) -> None:
    """Declare the options of the command."""
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
    """List what waits, or decide on it; 1 when an entry has no text that could be released."""
    if options.accept or options.reject:
        return _decide(options)
    with reading(options) as db, Working("reading"):
        found = waiting(db, options.target)
    if options.json:
        print_json([_as_json(one, None) for one in found])
    elif not found:
        print("nothing waits for review")
    else:
        print("\n\n".join(_block(alike) for alike in _by_edit(found)))
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
    edit = {"gone": one.edit.gone, "come": one.edit.come} if one.edit else None
    told = {name: getattr(one, name) for name in names}
    return told | {"edit": edit, "looks": len(one.looks), "decision": decision}


def _by_edit(found: list[Waiting]) -> list[list[Waiting]]:
    """Group what waits by reason, site and edit."""
    groups: dict[object, list[Waiting]] = {}
    for one in found:
        own = one.edit or (one.document, one.first_captured_at)
        groups.setdefault((one.site, one.reason, own), []).append(one)
    return list(groups.values())


def _block(alike: list[Waiting]) -> str:
    """Return a group for people to read: the edit once, and below it every document that shows it."""
    one = alike[0]
    why = ", ".join(FLAGS.get(reason, reason) for reason in one.reason.split(", "))
    lines = [one_line(f"why: {why}"), *_edit(one)]
    if len(alike) == 1:
        return "\n  ".join(
            [_title(one), *lines, one_line(f"{one.site} · {_when_captured(one)}"), _address(one)]
        )
    head = styled(one_line(f"{one.site}: the same in {len(alike)} documents"), "bold")
    rows = [f"{clipped(_title(other), 60)}  {_address(other)}" for other in alike[:_A_FEW]]
    if len(alike) > _A_FEW:
        rows.append(f"and {len(alike) - _A_FEW} more — --json names them all")
    return "\n  ".join([head, *lines, *rows])


def _edit(one: Waiting) -> list[str]:
    """Return the lines deleted and added, or the beginning of a text that has no earlier one."""
    if not one.has_article:
        return ["no text was read from it"]
    if one.edit is None:
        return [clipped(one_line(one.text), _WIDE)]
    changed = [*(f"- {line}" for line in one.edit.gone), *(f"+ {line}" for line in one.edit.come)]
    shown = [clipped(one_line(line), _WIDE) for line in changed[:_A_FEW]]
    return [*shown, f"lines not shown: {len(changed) - _A_FEW}"] if len(changed) > _A_FEW else shown


def _title(one: Waiting) -> str:
    return styled(one_line(one.title or "(no title)"), "bold")


def _address(one: Waiting) -> str:
    return styled(one_line(one.url), "dim")


def _when_captured(one: Waiting) -> str:
    if len(one.looks) == 1:
        return f"captured {when(one.first_captured_at)} Beijing time"
    return f"captured {when(one.first_captured_at)} to {when(one.last_captured_at)} Beijing time ({len(one.looks)} looks)"
