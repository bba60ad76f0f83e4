"""``yuanben checkpoint``: state how many captures there are and under which root, and sign it."""

from __future__ import annotations

import os
import re
import sqlite3
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from archive.cli.options import add_archive, add_json, archive_path, reading
from archive.cli.terminal import one_line, print_json
from archive.errors import ArchiveDamaged, ArchiveError, BadInput
from archive.evidence import note
from archive.store import Archive
from archive.store.evidence import logs

_LARGEST = 64 << 20
_LINE = re.compile(r"checkpoint: (\S+) ([0-9]+) ([A-Za-z0-9+/]{43}=)")


def declare(parser: ArgumentParser) -> None:
    """Say what the command takes."""
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
    add_json(parser)
    add_archive(parser)


def run(options: Namespace) -> int:
    """Print the checkpoint, and append it where that was asked for."""
    if options.new_key:
        return _make_key(options)
    if options.signatures:
        return _take_signatures(options)
    signer = signer_in(options.key) if options.key else None
    origin = options.name or (signer.name if signer else archive_path(options).name.replace(" ", "_"))
    with reading(options, whole=True) as db:
        if options.append:
            refuse_another_past(db, options.append)
        stated = logs.state(db, origin)
    made = note.Note(stated.text())
    made = signer.signed(made) if signer else made
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
            }
        )
    else:
        print(made, end="")
    return 0


def add_checkpoint(parser: ArgumentParser) -> None:
    """Add what a command that writes takes for the checkpoint it ends with."""
    parser.add_argument(
        "--checkpoint-file",
        metavar="FILE",
        type=Path,
        help="append the checkpoint that a run ends with to this file, which should lie elsewhere",
    )
    parser.add_argument(
        "--checkpoint-key", metavar="FILE", type=Path, help="sign it with the private key in this file"
    )


def state_run(archive: Archive, options: Namespace) -> None:
    """End a run with a checkpoint, if anything was kept: remembered, printed in one line, appended where asked for.

    A disk that fails takes the checkpoint with it, and that is said; what was kept stays kept.
    """
    try:
        signer = signer_in(options.checkpoint_key) if options.checkpoint_key else None
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


def signer_in(path: Path) -> note.Signer:
    """Return the private key in a file."""
    return note.signer_from(_text(path, "a private key"))


def notes_in(place: str) -> list[note.Note]:
    """Return the checkpoints in a file, or on standard input for ``-``. Raise BadInput where there is none."""
    text = sys.stdin.read(_LARGEST) if place == "-" else _text(Path(place), "checkpoints")
    lines = [_LINE.fullmatch(line) for line in text.splitlines()]
    # What a run printed last says as much as the note it stands for, but for the other logs and the signature.
    printed = [note.Note("".join(f"{word}\n" for word in line.groups())) for line in lines if line]
    found = printed or note.notes(text)
    if not found:
        raise BadInput(f'{place} holds no checkpoint — give a file that "yuanben checkpoint --append" wrote')
    return found


def append(path: Path, made: note.Note) -> None:
    """Add a note to a file and see it onto the disk."""
    with path.open("a", encoding="utf-8", newline="\n") as file:
        file.write(f"{made}\n")
        file.flush()
        os.fsync(file.fileno())


def refuse_another_past(db: sqlite3.Connection, path: Path) -> None:
    """Raise ArchiveDamaged where the newest checkpoint in a file is not of the beginning of this archive."""
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
