"""``yuanben clean``: a damaged plain text repaired, and an account of the repairs."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from typing import Any

from archive.cli.options import add_archive, add_json
from archive.cli.terminal import body_of, clipped, one_line, print_json, safe, styled
from archive.damage.repair import Cleaned, simplified_spans, spans_in_input
from archive.face import clean


def declare(parser: ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument("file", metavar="FILE", help="a text file; - reads standard input")
    add_json(parser)
    add_archive(parser)


def run(options: Namespace) -> int:
    """Print the repaired text; the account of the repairs goes to stderr, or into the JSON."""
    cleaned = clean(body_of(options.file, give="a text file, or - for input"))
    if options.json:
        print_json(_as_json(cleaned))
        return 0
    print(_page(cleaned))
    sys.stdout.flush()
    print(_account(cleaned), file=sys.stderr)
    return 0


def _as_json(cleaned: Cleaned) -> dict[str, Any]:
    steps = [(one.name, spans_in_input(cleaned, index)) for index, one in enumerate(cleaned.steps)]
    steps.append(("script", simplified_spans(cleaned)))
    return {
        "title": cleaned.head.title,
        "published_at": cleaned.head.published_at,
        "source_line": cleaned.head.source_line,
        "author": cleaned.head.author,
        "text": cleaned.text,
        "text_simplified": cleaned.text_simplified,
        "steps": [{"step": name, "count": len(spans), "spans": spans} for name, spans in steps if spans],
        "lost": [asdict(lost) for lost in cleaned.lost],
        "missing": [asdict(hole) for hole in cleaned.holes],
        "removed": [asdict(block) for block in cleaned.removed],
    }


def _page(cleaned: Cleaned) -> str:
    head = cleaned.head
    said = " · ".join(part for part in (head.published_at, head.source_line, head.author) if part)
    lines = [styled(one_line(head.title), "bold"), one_line(said)]
    return "\n".join([*(line for line in lines if line), "", safe(cleaned.text_simplified)])


def _account(cleaned: Cleaned) -> str:
    counts = [f"{one.name.replace('_', ' ')}: {len(one.changes)}" for one in cleaned.steps if one.changes]
    script = sum(end - start for start, end in simplified_spans(cleaned))
    counts += [f"characters written in Simplified: {script}"] if script else []
    lines = ["", "changed — " + ", ".join(counts) if counts else "nothing changed"]
    for block in cleaned.removed:
        lines.append(f"left out ({block.kind}): {clipped(one_line(block.text), 100)}")
    for lost in cleaned.lost:
        around = cleaned.text[max(0, lost.start - 8) : lost.end + 8]
        maybe = f" — perhaps {', '.join(lost.candidates[:5])}" if lost.candidates else ""
        lines.append(one_line(f"lost: …{around}… was {lost.found}{maybe}"))
    for hole in cleaned.holes:
        around = cleaned.text_simplified[max(0, hole.start - 8) : hole.end + 8]
        lines.append(one_line(f"something is missing here: …{around}… — {hole.says}"))
    return "\n".join(lines)
