"""``yuanben export``: captures, views and evidence in formats of other tools, each with a manifest."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from archive import __version__
from archive.cli.checkpoint import notes_in, signer_in
from archive.cli.options import add_archive, add_json, archive_path, day, reading, until
from archive.cli.terminal import Progress, one_line, print_json
from archive.clock import BEIJING, clock_from, later
from archive.errors import BadInput
from archive.evidence import note, pack, rows, wacz
from archive.evidence.warc import IndexEntry, Writer
from archive.store.evidence import cases, exports, logs
from archive.store.file.payloads import Payloads
from archive.store.read.lookup import address_asked
from archive.store.read.query import site_named

FORMATS = ("warc", "wacz", "jsonl", "parquet", "pack")
SOFTWARE = f"yuanben/{__version__}"
_DESCRIPTION = (
    "bodies are written as they are kept, their transfer and content encodings undone; header names and values are "
    "those that were handed over, not the octets of the wire; Yuanben-Leaf is the capture's leaf in the log"
)


def declare(parser: ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument(
        "format", choices=FORMATS, help="warc, wacz, jsonl, parquet (a file a view), or pack (one claim)"
    )
    parser.add_argument(
        "target", metavar="TARGET", type=Path, help="the file or folder; nothing may be there yet"
    )
    parser.add_argument("--site", metavar="SITE", help="only this site")
    parser.add_argument(
        "--url",
        metavar="URL",
        action="append",
        default=[],
        help="only this document, by its address or number; may be repeated",
    )
    parser.add_argument("--since", metavar="DAY", type=day, help="only from this Beijing day on")
    parser.add_argument("--until", metavar="DAY", type=until, help="only up to this Beijing day or UTC time")
    parser.add_argument("--key", metavar="FILE", type=Path, help="sign the checkpoint with this private key")
    parser.add_argument(
        "--checkpoint", metavar="FILE", help="prove a pack under the newest checkpoint in this file"
    )
    parser.add_argument(
        "--public-key",
        metavar="KEY",
        action="append",
        default=[],
        help="a key that signed it; may be repeated",
    )
    add_json(parser)
    add_archive(parser)


def run(options: Namespace) -> int:
    """Write the export. It appears under its name when it is complete."""
    if options.format == "pack" and len(options.url) != 1:
        raise BadInput("a pack is of one document — give its address with --url")
    if os.path.lexists(options.target):
        raise BadInput(f"{options.target} exists — an export overwrites nothing, give another path")
    if not options.target.resolve().parent.is_dir():
        raise BadInput(f"no directory {options.target.resolve().parent} — make it, or give another path")
    with reading(options) as db, Progress("written") as progress, _complete(options.target) as part:
        made = _WRITERS[options.format](db, part, _chosen(db, options), options, progress)
    if options.json:
        print_json(made)
    else:
        for one in made.get("withheld", ()):
            print(
                one_line(
                    f"left out: {one['url']}, withheld since {one['since']} by {one['by']}: {one['reason']}"
                )
            )
        for file in made["files"]:
            count = f", {file['rows']:,} rows" if "rows" in file else ""
            print(f"{file['name']}: {file['bytes']:,} bytes{count}")
    return 0


def _chosen(db: sqlite3.Connection, options: Namespace) -> exports.Chosen:
    since = options.since and later(f"{options.since}T00:00:00.000Z", -BEIJING.total_seconds())
    site = site_named(db, options.site) if options.site else None
    urls = tuple(address_asked(db, url) for url in options.url)
    return exports.Chosen(site=site, urls=urls, since=since, until=options.until)


@contextmanager
def _complete(target: Path) -> Iterator[Path]:
    """Give a path to write to that gets its name at the end; on any failure nothing is left."""
    part = target.with_name(f".{target.name}.{os.getpid()}.part{target.suffix}")
    try:
        yield part
        part.rename(target)
    finally:
        if part.is_dir():
            shutil.rmtree(part)
        part.unlink(missing_ok=True)


def _warc_file(
    db: sqlite3.Connection, target: Path, chosen: exports.Chosen, name: str, progress: Progress
) -> list[IndexEntry]:
    written: list[IndexEntry] = []
    with target.open("wb") as out:
        writer = Writer(out, Payloads(db).get)
        fields = [
            ("software", SOFTWARE),
            ("format", "WARC File Format 1.1"),
            ("conformsTo", "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"),
            ("description", _DESCRIPTION),
        ]
        writer.info(fields, name=name, at=clock_from().now())
        for held in exports.captures(db, chosen):
            written.append(writer.capture(held))
            progress.step()
    return written


def _warc(
    db: sqlite3.Connection, part: Path, chosen: exports.Chosen, options: Namespace, progress: Progress
) -> dict[str, Any]:
    written = _warc_file(db, part, chosen, options.target.name, progress)
    file = rows.described(part, len(written), {}) | {"name": options.target.name}
    made = _manifest(db, options, chosen, [file])
    beside = options.target.with_name(f"{options.target.name}.manifest.json")
    beside.write_bytes(_json(made))
    return made


def _wacz(
    db: sqlite3.Connection, part: Path, chosen: exports.Chosen, options: Namespace, progress: Progress
) -> dict[str, Any]:
    warc = part.with_name(f"{part.name}.warc.gz")
    try:
        written = _warc_file(db, warc, chosen, "data.warc.gz", progress)
        numbers = exports.numbers(db, chosen)
        texts = exports.page_texts(
            db, [number for number, one in zip(numbers, written, strict=True) if one.is_page]
        )
        pages = [
            wacz.ListedPage(url=one.url, at=one.captured_at, title=texts[number][0], text=texts[number][1])
            for number, one in zip(numbers, written, strict=True)
            if number in texts and one.is_page
        ]
        about = wacz.About(
            title=options.site or options.target.stem,
            description=_DESCRIPTION,
            created=clock_from().now(),
            software=SOFTWARE,
        )
        wacz.write(
            part, warc, written, pages, about, {"yuanben/checkpoint.txt": str(_note(db, options)).encode()}
        )
    finally:
        warc.unlink(missing_ok=True)
    file = rows.described(part, len(written), {}) | {"name": options.target.name}
    return _manifest(db, options, chosen, [file])


def _rows(
    db: sqlite3.Connection, part: Path, chosen: exports.Chosen, options: Namespace, progress: Progress
) -> dict[str, Any]:
    if options.format == "parquet":
        rows.arrow_modules()
    part.mkdir()
    written = []
    for name in exports.ROWS:
        about = _descriptions(name)
        columns, found = exports.rows(db, name, chosen)
        path = part / f"{name}.{options.format}"
        if options.format == "jsonl":
            count = rows.write_jsonl(path, columns, found)
        else:
            kinds = exports.column_kinds(db, name, columns)
            count = rows.write_parquet(
                path, {column: rows.column_type(kinds[column]) for column in columns}, found, about
            )
        written.append(rows.described(path, count, {column: about.get(column, "") for column in columns}))
        progress.step()
    made = _manifest(db, options, chosen, written)
    (part / "manifest.json").write_bytes(_json(made))
    return made


def _pack(
    db: sqlite3.Connection, part: Path, chosen: exports.Chosen, options: Namespace, progress: Progress
) -> dict[str, Any]:
    made = _note(db, options)
    keys = list(options.public_key)
    if options.key:
        keys.append(str(signer_in(options.key).verifier()))
    for key in keys:
        note.verifier_from(key)
    case = cases.case(db, chosen, keys=keys, software=SOFTWARE, at=clock_from().now())
    stated = note.checkpoint_of(made)
    held = pack.files(case, Payloads(db).get, made, stated, cases.proofs(db, stated))
    pack.write(part, held)
    written = [{"name": name, "bytes": len(content)} for name, content in sorted(held.items())]
    return {"files": written, "checkpoint": str(made), "filter": chosen.as_json()}


def _note(db: sqlite3.Connection, options: Namespace) -> note.Note:
    """Return the checkpoint that an export is stated under: the newest of a file, else a new one."""
    if options.checkpoint:
        made = notes_in(options.checkpoint)[-1]
        if not logs.begins_as(db, note.checkpoint_of(made)):
            raise BadInput(
                f'{options.checkpoint} is not of this archive — "yuanben verify" says what differs'
            )
        return made
    signer = signer_in(options.key) if options.key else None
    stated = logs.state(db, signer.name if signer else archive_path(options).name.replace(" ", "_"))
    made = note.Note(stated.text())
    return signer.signed(made) if signer else made


def _manifest(
    db: sqlite3.Connection, options: Namespace, chosen: exports.Chosen, written: list[dict[str, Any]]
) -> dict[str, Any]:
    return {
        "format": options.format,
        "made_at": clock_from().now(),
        "software": SOFTWARE,
        "filter": chosen.as_json(),
        "checkpoint": str(_note(db, options)),
        "withheld": exports.left_out(db, chosen),
        "files": written,
    }


def _descriptions(name: str) -> dict[str, str]:
    """Return the meaning of each column of a view, in both languages."""
    told = yaml.safe_load(files("archive.reading_room").joinpath("datasette.yml").read_text(encoding="utf-8"))
    columns: dict[str, str] = told["archive"]["tables"].get(name, {}).get("columns", {})
    return columns


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2).encode() + b"\n"


_WRITERS = {"warc": _warc, "wacz": _wacz, "jsonl": _rows, "parquet": _rows, "pack": _pack}
