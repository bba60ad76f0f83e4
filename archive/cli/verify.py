"""``yuanben verify``: digests recomputed, rows derived again, the log checked against checkpoints."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from pathlib import Path

from archive.cli.checkpoint import notes_in, roots_in, stamp_sentence
from archive.cli.options import (
    add_archive,
    add_json,
    add_public_key,
    archive_path,
    reading,
    whole_number_or_none,
)
from archive.cli.terminal import Progress, one_line, print_json
from archive.errors import BadInput
from archive.evidence import note
from archive.store.evidence.logcheck import Stated
from archive.store.read.verify import Report, Wanted, is_sound, verify


def declare(parser: ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument(
        "--checkpoint",
        metavar="FILE",
        action="append",
        default=[],
        help="hold the archive against the checkpoints in this file (- for standard input)",
    )
    add_public_key(parser)
    parser.add_argument(
        "--timestamp",
        metavar="FILE",
        action="append",
        default=[],
        type=Path,
        help="let a checkpoint given be stamped by the answer in this file, and say of when it is",
    )
    parser.add_argument(
        "--timestamp-roots", metavar="PEM", type=Path, help="let stamps lead to a certificate in this file"
    )
    parser.add_argument(
        "--quick", action="store_true", help="only the file, the log and what rows say of each other"
    )
    parser.add_argument("--all", action="store_true", help="derive and read everything again, not a sample")
    parser.add_argument(
        "--read-again",
        metavar="N",
        type=whole_number_or_none,
        default=100,
        help="so many versions are read again out of their pages (default: 100)",
    )
    parser.add_argument("--seed", metavar="N", type=int, default=0, help="another sample")
    add_json(parser)
    add_archive(parser)


def run(options: Namespace) -> int:
    """Check the archive; 1 when something in it is not as it was written."""
    stated = [one for place in options.checkpoint for one in stated_in(place, options.public_key)]
    stamps = _stamps(options)
    wanted = Wanted(
        stated=stated,
        sample=None if options.all else 2_000,
        reads=None if options.all else options.read_again,
        quick=options.quick,
        seed=options.seed,
    )
    with reading(options, whole=True) as db, Progress("checked") as progress:
        report = verify(db, wanted, progress.step) | {"timestamps": [asdict(one) for _, one in stamps]}
    if options.json:
        print_json(report)
    else:
        print_report(report)
        for size, stamp in stamps:
            print(f"checkpoint of {size} captures: {stamp_sentence(stamp)}")
        for line in _limits(report):
            print(line)
        print(f"{archive_path(options)}: " + ("sound" if is_sound(report) else "NOT SOUND") + _as_far(report))
    return 0 if is_sound(report) else 1


def _stamps(options: Namespace) -> list[tuple[int, note.Stamp]]:
    """Return the time stamps given, each with the size that its checkpoint states."""
    found, roots = [], roots_in(options.timestamp_roots)
    notes = [made for place in options.checkpoint if place != "-" for made in notes_in(place)]
    for path in options.timestamp:
        try:
            token = path.read_bytes()
        except FileNotFoundError:
            raise BadInput(f"no file {path} — give one that yuanben checkpoint --timestamp wrote") from None
        made = next((one for one in notes if note.is_stamped(one, token)), None)
        if made is None:
            raise BadInput(f"{path} stamps none of the checkpoints given with --checkpoint FILE")
        found.append((note.checkpoint_of(made).size, note.stamp_of(made, token, roots=roots)))
    return found


def stated_in(place: str, keys: list[str]) -> list[Stated]:
    """Return the checkpoints in a file. Raise BadInput where a key was given and one is not signed by it."""
    verifiers = [note.verifier_from(key) for key in keys]
    name = "standard input" if place == "-" else place
    found = []
    for made in notes_in(place):
        if verifiers and not note.signed_by(made, verifiers):
            raise BadInput(
                f"a checkpoint in {name} is not signed by the key that was given — nothing was checked"
            )
        found.append(Stated(checkpoint=note.checkpoint_of(made), place=name))
    return found


def print_report(report: Report) -> None:
    """Print what was checked, what there is, and the damage."""
    for what, count in report["checked"].items():
        print(f"{what}: {count} of {report['present'][what]} checked")
    for what, count in report["sampled"].items():
        print(f"{what}: {count['checked']} of {count['present']} checked (a sample)")
    for one in report["checkpoints"]:
        print(f"checkpoint of {one['size']} captures in {one['place']}: checked")
    for noted in report["noted"]:
        print(one_line(f"noted: {_place(noted)}: {noted['what']}"))
    for bad in report["bad"]:
        seen = f" (captures {', '.join(map(str, bad['captures']))})" if bad.get("captures") else ""
        print(one_line(f"{_place(bad)}: {bad['what']}{seen}"))
    if report["bad_total"] > len(report["bad"]):
        print(f"… and {report['bad_total'] - len(report['bad'])} more")


def _place(one: Report) -> str:
    return " ".join(str(part) for part in (one["table"], one["id"], one["column"]) if part is not None)


def _limits(report: Report) -> list[str]:
    """Return what was left out, and what no check of the file can show."""
    lines = [f"not checked (--quick): {', '.join(report['left_out'])}"] if report["left_out"] else []
    if not report["checkpoints"]:
        lines.append("no checkpoint was given: whoever can write the file could have changed all of it alike")
    return [*lines, *(f"not shown: {what}" for what in report["not_shown"])]


def _as_far(report: Report) -> str:
    if report["left_out"]:
        return ", as far as --quick looks"
    return ", what was sampled as far as the sample goes (--all checks all)" if report["sampled"] else ""
