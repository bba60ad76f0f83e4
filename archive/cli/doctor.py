"""``yuanben doctor``: is this machine fit, and what should a person know before relying on it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import asdict

from archive.cli.fitness import Finding, Level, of_archive, of_machine, of_place
from archive.cli.options import add_archive, add_json, archive_path
from archive.cli.terminal import one_line, padded, print_json, styled

_STYLES = {Level.FINE: "green", Level.NOTE: "dim", Level.WARNING: "yellow", Level.UNFIT: "red"}


def declare(parser: ArgumentParser) -> None:
    """Say what the command takes."""
    add_json(parser)
    add_archive(parser)


def run(options: Namespace) -> int:
    """Print what was looked at; 1 only when yuanben cannot run safely here."""
    path = archive_path(options)
    findings = [*of_machine(), *of_place(path), *of_archive(path)]
    if options.json:
        print_json([asdict(finding) for finding in findings])
    else:
        print("\n".join(_line(finding) for finding in findings))
    return 1 if any(finding.level is Level.UNFIT for finding in findings) else 0


def _line(finding: Finding) -> str:
    level = styled(padded(str(finding.level), 8), _STYLES[finding.level])
    return f"{level}{padded(finding.what, 16)}{one_line(finding.said)}"
