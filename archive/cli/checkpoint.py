"""``yuanben checkpoint``: state the number of captures and their root, and sign both."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from pathlib import Path
from typing import Any

from archive.cli.options import add_archive, add_json, archive_path, reading
from archive.cli.terminal import Working, one_line, print_json
from archive.errors import ArchiveDamaged, ArchiveError, BadInput
from archive.evidence import note
from archive.patterns import regex
from archive.store.archive import Archive
from archive.store.evidence import exports, logs

# How long a witness may take.
PATIENCE = 120.0
_LONGEST_ANSWER = 8_000
_LARGEST = 64 << 20
_LINE = regex(r"checkpoint: (\S+) ([0-9]+) ([A-Za-z0-9+/]{43}=)")


def declare(parser: ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument("--key", metavar="FILE", type=Path, help="sign with the private key in this file")
    parser.add_argument(
        "--new-key", metavar="FILE", type=Path, help="make a private key, and print the public one"
    )
    parser.add_argument(
        "--name", metavar="NAME", help="who states it (default: the key's name, else the file's)"
    )
    parser.add_argument(
        "--append", metavar="FILE", type=Path, help="add it to this file, which should lie elsewhere"
    )
    parser.add_argument(
        "--signatures",
        metavar="FILE",
        type=Path,
        help="add the signatures that this copy of the newest one in --append carries",
    )
    parser.add_argument(
        "--timestamp", metavar="URL", help="let this service (RFC 3161) stamp it; needs --timestamp-file"
    )
    parser.add_argument(
        "--timestamp-file", metavar="FILE", type=Path, help="write the service's answer there"
    )
    parser.add_argument(
        "--timestamp-roots", metavar="PEM", type=Path, help="let the stamp lead to a certificate in this file"
    )
    add_json(parser)
    add_archive(parser)


def run(options: Namespace) -> int:
    """Print the checkpoint, and append it to a file if asked."""
    if options.new_key:
        return _make_key(options)
    if options.signatures:
        return _take_signatures(options)
    signer = signer_in(options.key) if options.key else None
    origin = options.name or (signer.name if signer else archive_path(options).name.replace(" ", "_"))
    with reading(options, whole=True) as db, Working("reading"):
        if options.append:
            refuse_another_past(db, options.append)
        stated = logs.state(db, origin)
    made = note.Note(stated.text())
    made = signer.signed(made) if signer else made
    stamp = _stamped(made, options) if options.timestamp or options.timestamp_file else None
    if options.append:
        append(options.append, made)
    if options.json:
        print_json(
            {
                "origin": origin,
                "size": stated.size,
                "root": stated.root.hex(),
                "signed_by": [one.name for one in made.signatures],
                "note": str(made),
                "timestamp": stamp and asdict(stamp),
            }
        )
    else:
        print(made, end="")
    if stamp and not options.json:
        print(f"{stamp_sentence(stamp)} ({options.timestamp_file})", file=sys.stderr)
    return 0


def _stamped(made: note.Note, options: Namespace) -> note.Stamp:
    """Have a service stamp a checkpoint, verify its answer and keep it."""
    if not (options.timestamp and options.timestamp_file):
        raise BadInput("--timestamp URL and --timestamp-file FILE need each other")
    if options.timestamp_file.exists():
        raise BadInput(
            f"{options.timestamp_file} exists — a time stamp overwrites nothing, give another path"
        )
    roots = roots_in(options.timestamp_roots)
    request = note.stamp_request(made)
    # Another process sends the request: the archive opens no connection.
    done = subprocess.run(
        [sys.executable, "-m", "crawler.services", options.timestamp],
        input=request.as_bytes(),
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    if done.returncode:
        why = done.stderr.decode("utf-8", "replace").strip()[-200:]
        raise BadInput(
            f"no time stamp from {options.timestamp[:200]} ({why}) — try again, or ask another service"
        )
    stamp = note.stamp_of(made, done.stdout, roots=roots, request=request)
    options.timestamp_file.write_bytes(done.stdout)
    return stamp


def roots_in(path: Path | None) -> bytes | None:
    """Return the certificates in a file; None where none is named."""
    return _text(path, "certificates in PEM").encode() if path else None


def stamp_sentence(stamp: note.Stamp) -> str:
    """Return the statement of a time stamp, and whether it was verified against certificates."""
    held = (
        "its certificate leads to a root given"
        if stamp.is_trusted
        else "its certificate was not checked: give roots"
    )
    return f"time stamp: there at {stamp.at}, by policy {stamp.policy}; {held}"


def add_checkpoint(parser: ArgumentParser) -> None:
    """Add the checkpoint options of a command that writes."""
    parser.add_argument(
        "--checkpoint-file",
        metavar="FILE",
        type=Path,
        help="append the checkpoint that a run ends with to this file, which should lie elsewhere",
    )
    parser.add_argument(
        "--checkpoint-key", metavar="FILE", type=Path, help="sign it with the private key in this file"
    )
    parser.add_argument(
        "--witness",
        metavar="CMD",
        action="append",
        default=[],
        help="hand the checkpoint to this command, as JSON on its stdin, and keep what it answers; may be repeated",
    )


def state_run(archive: Archive, options: Namespace) -> None:
    """End a run with a checkpoint, if anything was kept.

    It is remembered, printed on one line, and appended to a file if asked. A failing disk loses the
    checkpoint, which is reported; what was kept stays kept.
    """
    try:
        signer = signer_in(options.checkpoint_key) if options.checkpoint_key else None
        stated = exports.stated_captures(archive.db)
        made = archive.state_log(archive_path(options).name.replace(" ", "_"), signer)
        if made is None:
            return
        if options.checkpoint_file:
            append(options.checkpoint_file, made)
    except (ArchiveError, sqlite3.Error, OSError) as error:
        print(f"yuanben: this run has no checkpoint ({one_line(str(error))})", file=sys.stderr)
        return
    origin, size, root = made.text.splitlines()[:3]
    print(f"checkpoint: {origin} {size} {root}", file=sys.stderr)
    told = {"checkpoint": str(made), "origin": origin, "size": int(size), "root": root}
    for command in options.witness:
        _witness(archive, command, told | {"urls": exports.changed_after(archive.db, stated)})


def _witness(archive: Archive, command: str, told: dict[str, Any]) -> None:
    """Pass a checkpoint to a command, and keep its answer. A failing command does not affect the run."""
    answer, failed = "", None
    try:
        done = subprocess.run(
            command,
            shell=True,
            input=json.dumps(told, ensure_ascii=False).encode(),
            stdout=subprocess.PIPE,
            timeout=PATIENCE,
            check=False,
        )
        answer = done.stdout.decode("utf-8", "replace")[:_LONGEST_ANSWER].strip()
        failed = f"it ended with {done.returncode}" if done.returncode else None
    except subprocess.TimeoutExpired:
        failed = f"it did not end within {PATIENCE:.0f} seconds"
    # Its name alone: its words may contain keys.
    name = Path(next((word for word in command.split() if "=" not in word), "")).name
    details = {
        "command": name,
        "size": told["size"],
        "root": told["root"],
        "answer": answer,
        "failed": failed,
    }
    try:
        archive.event("witnessed", details=details)
    except (ArchiveError, sqlite3.Error) as error:
        failed = f"its answer could not be kept ({one_line(str(error))})"
    if failed:
        print(f"yuanben: --witness {name}: {failed}", file=sys.stderr)


def signer_in(path: Path) -> note.Signer:
    """Return the private key in a file."""
    return note.signer_from(_text(path, "a private key"))


def notes_in(place: str) -> list[note.Note]:
    """Return the checkpoints in a file, or on standard input for ``-``. Raise BadInput if there is none."""
    text = sys.stdin.read(_LARGEST) if place == "-" else _text(Path(place), "checkpoints")
    lines = [_LINE.fullmatch(line) for line in text.splitlines()]
    # The last line of a run states the same as its note, except for the other logs and the signature.
    printed = [note.Note("".join(f"{word}\n" for word in line.groups())) for line in lines if line]
    found = printed or note.notes(text)
    if not found:
        raise BadInput(f'{place} holds no checkpoint — give a file that "yuanben checkpoint --append" wrote')
    return found


def append(path: Path, made: note.Note) -> None:
    """Add a note to a file and flush it to the disk."""
    with path.open("a", encoding="utf-8", newline="\n") as file:
        file.write(f"{made}\n")
        file.flush()
        os.fsync(file.fileno())


def refuse_another_past(db: sqlite3.Connection, path: Path) -> None:
    """Raise ArchiveDamaged if this archive does not begin as a file's newest checkpoint states."""
    if not path.exists() or not path.stat().st_size:
        return
    if not logs.begins_as(db, note.checkpoint_of(notes_in(str(path))[-1])):
        raise ArchiveDamaged(
            f'this archive is not the one that {path} states — "yuanben verify --checkpoint {path}" says why; '
            "nothing was added"
        )


def _make_key(options: Namespace) -> int:
    signer = note.new_signer(options.name or archive_path(options).name.replace(" ", "_"))
    try:
        with open(os.open(options.new_key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(signer.text() + "\n")
    except FileExistsError:
        raise BadInput(f"{options.new_key} exists — a key overwrites nothing, give another path") from None
    if options.json:
        print_json({"file": str(options.new_key), "public_key": str(signer.verifier())})
    else:
        print(signer.verifier())
    return 0


def _take_signatures(options: Namespace) -> int:
    if not options.append:
        raise BadInput("--signatures needs --append: the file whose newest checkpoint they are of")
    held = notes_in(str(options.append))
    held[-1] = note.with_signatures(held[-1], notes_in(str(options.signatures))[-1])
    part = options.append.with_name(f".{options.append.name}.part")
    part.write_text("".join(f"{one}\n" for one in held), encoding="utf-8")
    part.replace(options.append)
    print(held[-1], end="")
    return 0


def _text(path: Path, what: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise BadInput(f"no file {path} — give one that holds {what}") from None
    except UnicodeDecodeError:
        raise BadInput(f"{path} is no text — give a file that holds {what}") from None
