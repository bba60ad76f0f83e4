"""``yuanben diff``: which characters differ between two versions of a document."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from archive.attach import safe_name
from archive.cli.options import add_archive, add_document, add_json, holding, whole_number
from archive.cli.terminal import Working, one_line, print_json, safe, styled, write_file
from archive.diff import Edit, apply_edits
from archive.errors import BadInput
from archive.ranking import Matter, Ranked, ranked
from archive.relations.contrast import Head, Pair, aligned, as_docx, as_html, counts, rows
from archive.store.read.differences import Difference

# Characters of text shown on either side of an edit.
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
    """Declare the options of the command."""
    add_document(parser)
    parser.add_argument(
        "from_version", metavar="N", nargs="?", type=whole_number, help="against the current one"
    )
    parser.add_argument(
        "to_version", metavar="M", nargs="?", type=whole_number, help="against this one instead"
    )
    parser.add_argument("--by", choices=("clause",), help="set the clauses side by side (新旧对照)")
    parser.add_argument("--html", metavar="FILE", help="with --by clause: write the table as a page, too")
    parser.add_argument(
        "--docx", metavar="FILE", help="with --by clause: write the table as a Word file, too"
    )
    add_json(parser)
    add_archive(parser)


def run(options: Namespace) -> int:
    """Print what differs; no difference is no error."""
    if options.by == "clause":
        return _by_clause(options)
    if options.html or options.docx:
        raise BadInput("--html and --docx write the table of clauses — add --by clause")
    with holding(options) as held, Working("comparing"):
        found = held.diff(options.url, options.from_version, options.to_version)
        title = held.document(options.url).title or ""
    if options.json:
        print_json(_as_json(found))
        return 0
    print(styled(one_line(title), "bold"))
    print(_page(found, is_bare=options.from_version is None))
    return 0


def _by_clause(options: Namespace) -> int:
    """Print the clauses of two versions side by side, and write the table if asked."""
    with holding(options) as held, Working("comparing"):
        before, current = held.last_two(options.url)
        numbers = options.from_version or before, options.to_version or current
        old, new = (held.document(options.url, version=number) for number in numbers)
    pairs = aligned(old.text or "", new.text or "")
    document, url, title = new.document, new.url, new.title or ""
    labels = [f"版本 {shown.version}（{shown.published_at or '无日期'}）" for shown in (old, new)]
    head = Head(title=title, url=url, old=labels[0], new=labels[1])
    if options.html:
        write_file(options.html, as_html(pairs, head).encode("utf-8", "backslashreplace"))
    if options.docx:
        write_file(options.docx, as_docx(pairs, head))
    if options.json:
        print_json({"document": document, "url": url, "from_version": numbers[0], "to_version": numbers[1],
                    "clauses": rows(pairs), "counts": counts(pairs)})  # fmt: skip
        return 0
    print(styled(one_line(title), "bold"))
    print("\n".join(_clauses(pairs)))
    return 0


def _clauses(pairs: Sequence[Pair]) -> Iterator[str]:
    told = ", ".join(f"{count} {change}" for change, count in counts(pairs).items() if count)
    yield told or "there is no numbered clause on either side"
    for pair in pairs:
        if pair.change == "same" and not pair.is_renumbered:
            continue
        paths = " → ".join(part.path if part and part.path else "—" for part in (pair.old, pair.new))
        yield f"\n{pair.change}  {paths}"
        if pair.change in ("amended", "deleted") and pair.old:
            yield _removed(one_line(pair.old.text))
        if pair.change in ("amended", "inserted") and pair.new:
            yield _added(one_line(pair.new.text))


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
    """Yield the number of edits of each kind, the weightiest first, with the first edit of each."""
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
    """Yield each run of neighbouring edits, with the text around it."""
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
