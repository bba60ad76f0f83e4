"""``yuanben verify``: every digest recomputed."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from archive.cli.options import add_archive, add_json, archive_path, reading
from archive.cli.terminal import Progress, one_line, print_json
from archive.store.read.verify import Report, is_sound, verify


def declare(parser: ArgumentParser) -> None:
    """Say what the command takes."""
    add_json(parser)
    add_archive(parser)


def run(options: Namespace) -> int:
    """Check the archive; 1 when something in it is not as it was written."""
    with reading(options) as db, Progress("checked") as progress:
        report = verify(db, progress.step)
    if options.json:
        print_json(report)
    else:
        print_report(report)
        print(f"{archive_path(options)}: " + ("sound" if is_sound(report) else "NOT SOUND"))
    return 0 if is_sound(report) else 1


def print_report(report: Report) -> None:
    """Print what was checked, beside what is there, and what is bad."""
    for what, count in report["checked"].items():
        print(f"{what}: {count} of {report['present'][what]} checked")
    for bad in report["bad"]:
        where = " ".join(str(part) for part in (bad["table"], bad["id"], bad["column"]) if part is not None)
        seen = f" (captures {', '.join(map(str, bad['captures']))})" if bad.get("captures") else ""
        print(one_line(f"{where}: {bad['what']}{seen}"))
    if report["bad_total"] > len(report["bad"]):
        print(f"… and {report['bad_total'] - len(report['bad'])} more")
