"""``yuanben quote``: who published a wording first, and which versions contain it, exact or changed."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Sequence

from archive.answers import plain
from archive.cli.options import add_archive, add_json, holding, whole_number
from archive.cli.terminal import Working, body_of, one_line, print_json, styled, when
from archive.diff import Edit
from archive.extract import decode
from archive.model import Role
from archive.store.read.quotes import Form, QuoteMatch

IN_TERMINAL = 20


def declare(parser: ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument(
        "text", metavar="TEXT", help="the wording, in either script, damaged or not; - for input"
    )
    parser.add_argument("--limit", metavar="N", type=whole_number, help="20 in the terminal, all with --json")
    add_json(parser)
    add_archive(parser)


def run(options: Namespace) -> int:
    """Print the versions that contain the wording. No match is no error."""
    wording = decode(body_of("-", give="the wording as text")).text if options.text == "-" else options.text
    with holding(options) as held, Working("seeking"):
        found = held.quote(wording)
    if options.json:
        print_json(_as_json(wording, found[: options.limit]))
        return 0
    print(_page(found, options.limit or IN_TERMINAL))
    return 0


def _as_json(wording: str, found: Sequence[QuoteMatch]) -> dict[str, object]:
    exact = [one for one in found if one.is_exact]
    first = min(
        exact,
        key=lambda one: (
            one.role != Role.ORIGINAL,
            one.published_at or "9999",
            one.first_captured_at or "9999",
        ),
        default=None,
    )
    return {
        "quote": wording,
        "first": {
            "url": first.url,
            "publisher": first.publisher,
            "published_at": first.published_at,
            "role": first.role,
        }
        if first
        else None,
        "versions": plain(found),
    }


def _page(found: Sequence[QuoteMatch], limit: int) -> str:
    if not found:
        return "no version in this archive holds it, and none near it was found"
    lines = []
    count = Counter(one.form for one in found)
    same = (
        f"{count[Form.SAME_VALUE]} with the same value, written differently, "
        if count[Form.SAME_VALUE]
        else ""
    )
    lines.append(
        styled(
            f"{count[Form.EXACT]} hold it word for word, {same}{count[Form.CHANGED]} in a changed form",
            "bold",
        )
    )
    for one in found[:limit]:
        lines += ["", *_entry(one)]
    if len(found) > limit:
        lines += ["", f"the nearest {limit} are shown — --limit N shows more"]
    return "\n".join(lines)


def _entry(one: QuoteMatch) -> list[str]:
    dated = one.published_at or "undated"
    seen = (
        f"seen {_span(when(one.first_captured_at), when(one.last_captured_at))} Beijing time"
        if one.first_captured_at
        else "not dated by captures"
    )
    gone = (
        f", gone by {when(one.gone_by)}"
        if one.gone_by
        else ""
        if one.is_current
        else ", in an earlier version"
    )
    copy = {Role.COPY: " (a copy)", Role.UNKNOWN: " (a host that nobody declared)"}.get(Role(one.role), "")
    return [
        styled(one_line(one.title or "(no title)"), "bold"),
        one_line(f"  {dated} · {one.publisher}{copy} · version {one.version} · {seen}{gone}"),
        "  " + _form(one),
        styled(one_line(f"  {one.url}"), "dim"),
    ]


def _span(first: str, last: str) -> str:
    return first if first == last else f"{first} to {last}"


def _form(one: QuoteMatch) -> str:
    if one.form is Form.EXACT:
        return one_line(one.text)
    if one.form is Form.SAME_VALUE:
        values = ", ".join(f"{one_line(value.asked)} → {one_line(value.found)}" for value in one.values)
        return f"same value, written differently 数值相同，写法不同: {values}"
    return ", ".join(map(_marked_edit, one.edits))


def _marked_edit(edit: Edit) -> str:
    old, new = one_line(edit.from_text), one_line(edit.to_text)
    if not old:
        return styled(f"{{+{new}+}}", "green")
    return styled(f"[-{old}-]", "red") + (styled(f"{{+{new}+}}", "green") if new else "")
