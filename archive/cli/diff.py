"""``yuanben diff``: which characters differ between two versions of a document."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from archive.attach import safe_name
from archive.cli.options import add_archive, add_json, reading, whole_number
from archive.cli.terminal import one_line, print_json, safe, styled
from archive.diff import Edit, apply_edits
from archive.ranking import Matter, Ranked, ranked
from archive.store.read.differences import Difference, difference
from archive.store.read.history import last_two, shown
from archive.store.read.lookup import find_document

# So much of the text is shown on either side of an edit.
_AROUND = 30
_MOST_EDITS = 40
_MATTERS = {
    Matter.MODAL: "what binds or allows",
    Matter.NUMBER: "numbers",
    Matter.DATE: "dates",
    Matter.NAME: "names and offices",
    Matter.ORGANISATION: "organisations",
    Matter.PASSAGE: "passages",
    Matter.WORDING: "wording",
    Matter.PUNCTUATION: "punctuation",
}


def declare(parser: ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("url", metavar="URL", help="any address the document was seen at")
    parser.add_argument(
        "from_version", metavar="N", nargs="?", type=whole_number, help="against the current one"
    )
    parser.add_argument(
        "to_version", metavar="M", nargs="?", type=whole_number, help="against this one instead"
    )
    add_json(parser)
    add_archive(parser)


def run(options: Namespace) -> int:
    """Print what differs; that nothing does is no error."""
    with reading(options) as db:
        document = find_document(db, options.url)
        before, current = last_two(db, document)
        found = difference(db, document, options.from_version or before, options.to_version or current)
        title = shown(db, document)["title"]
    if options.json:
        print_json(_as_json(found))
        return 0
    print(styled(one_line(title), "bold"))
    print(_page(found, is_bare=options.from_version is None))
    return 0


def _as_json(found: Difference) -> dict[str, Any]:
    return {
        "document": found.document,
        "from_version": found.from_version,
        "to_version": found.to_version,
        "fields": [asdict(change) for change in found.fields],
        "edits": [asdict(edit) for edit in found.edits],
        "ranked": [asdict(one) for one in _ranked(found)],
        "attachments": [asdict(file) for file in found.files],
    }


def _page(found: Difference, *, is_bare: bool) -> str:
    if found.from_version == found.to_version:
        if is_bare:
            return f"there is one version (number {found.to_version}): nothing to set against it"
        return f"version {found.to_version} is the current one: nothing differs"
    cause = {"reading": " — our reader changed, not the site"}.get(found.causes[1], "")
    lines = [f"from version {found.from_version} to version {found.to_version}{cause}"]
    for change in found.fields:
        if change.field == "attachments" and found.files:
            continue
        old, new = (one_line(value) if value else "none" for value in (change.old, change.new))
        lines.append(f"{change.field.replace('_', ' ')}: {_removed(old)} {_added(new)}")
    if not found.edits:
        lines.append("the text is the same")
    lines += _what_matters(found)
    return "\n".join([*lines, *_passages(found.from_text, found.edits), *_files(found)])


def _ranked(found: Difference) -> list[Ranked]:
    return ranked(found.from_text, apply_edits(found.from_text, found.edits), found.edits)


def _what_matters(found: Difference) -> Iterator[str]:
    """Give how many edits there are of each kind, the weightiest first, with the first of it."""
    kinds: dict[Matter, list[Edit]] = {}
    for one in _ranked(found):
        kinds.setdefault(one.matter, []).append(found.edits[one.edit])
    for matter, edits in kinds.items():
        first = edits[0]
        if max(len(first.from_text), len(first.to_text)) > _AROUND:
            yield f"{_MATTERS[matter]}: {len(edits)}"
            continue
        shown = (_removed(safe(first.from_text)) if first.from_text else "") + (
            _added(safe(first.to_text)) if first.to_text else ""
        )
        yield f"{_MATTERS[matter]}: {shown}" + (f" and {len(edits) - 1} more" if len(edits) > 1 else "")


def _files(found: Difference) -> Iterator[str]:
    for file in found.files:
        yield f"\nattachment {one_line(safe_name(file.name))}"
        if file.old is None or file.new is None:
            yield _added(file.new or "now linked") if file.old is None else _removed(file.old)
            continue
        yield f"{_removed(file.old)} {_added(file.new)}"
        if file.edits is None:
            yield "its text is not known on both sides: only the digests can be compared"
        elif not file.edits:
            yield "its text is the same, its bytes are not"
        else:
            yield from (
                _removed(safe(e.from_text)) + _added(safe(e.to_text)) for e in file.edits[:_MOST_EDITS]
            )


def _passages(text: str, edits: Sequence[Edit]) -> Iterator[str]:
    """Give each run of edits that stand close together, with the text around it."""
    run = list[Edit]()
    for edit in edits:
        if run and edit.from_start - run[-1].from_end > 2 * _AROUND:
            yield _passage(text, run)
            run = []
        run.append(edit)
    if run:
        yield _passage(text, run)


def _passage(text: str, run: list[Edit]) -> str:
    start, end = max(0, run[0].from_start - _AROUND), min(len(text), run[-1].from_end + _AROUND)
    parts, at = ["" if start == 0 else "…"], start
    for edit in run:
        parts.append(safe(text[at : edit.from_start]))
        parts += [_removed(safe(edit.from_text))] if edit.from_text else []
        parts += [_added(safe(edit.to_text))] if edit.to_text else []
        at = edit.from_end
    parts += [safe(text[at:end]), "" if end == len(text) else "…"]
    return "\n" + "".join(parts)


def _removed(text: str) -> str:
    return styled(f"[-{text}-]", "red")


def _added(text: str) -> str:
    return styled(f"{{+{text}+}}", "green")
