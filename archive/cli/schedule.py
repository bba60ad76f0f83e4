"""``yuanben schedule``: units for systemd or a line for cron, ready to be installed.

It starts nothing itself.
"""

from __future__ import annotations

import getpass
import os
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path

import archive
from archive.cli.options import add_archive, archive_path, check_declared, declared_sites
from archive.errors import BadInput
from archive.home import Home, home_of
from archive.patterns import regex
from archive.units import EVERY, Schedule, cron, service, timer

_SITE = regex(r"[a-z][a-z0-9_]{0,49}")
_USER = regex(r"[A-Za-z_][A-Za-z0-9_.-]{0,31}")
UNITS = Path("/etc/systemd/system")
CRONTABS = Path("/etc/cron.d")
AS_ROOT = "these run as root, which nothing here needs: name another user with --user USER"
_CONTROL = regex("[\x00-\x1f\x7f]")


def declare(parser: ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument("form", choices=("systemd", "cron"), help="what is to start the runs")
    parser.add_argument("sites", metavar="SITE", nargs="*", default=[], type=_site, help="only these sites")
    parser.add_argument(
        "--every", choices=tuple(EVERY), help="time between starts (default 1h, or what the home says)"
    )
    parser.add_argument("--user", metavar="USER", type=_user, help="who runs it (systemd: default you)")
    parser.add_argument("--notify", metavar="CMD", help="handed to scrapy watch --notify")
    parser.add_argument(
        "--checkpoint-file", metavar="FILE", type=Path, help="each run appends its checkpoint to this file"
    )
    parser.add_argument(
        "--checkpoint-key",
        metavar="FILE",
        type=Path,
        help="each run signs its checkpoint with this private key",
    )
    parser.add_argument(
        "--witness",
        metavar="CMD",
        action="append",
        default=[],
        help="handed to scrapy watch --witness; may be repeated",
    )
    parser.add_argument(
        "--into", metavar="DIR", type=Path, help="write the files there, say /etc/systemd/system"
    )
    add_archive(parser)


def run(options: Namespace) -> int:
    """Print the units, or write them. Installed units do not prove that anything was started."""
    home = home_of(archive_path(options))
    if options.sites:
        check_declared(options.sites, declared_sites())
    schedule = _schedule(options, home)
    files = _files(schedule, options.form)
    if options.into is None:
        _print(files, options.form)
    else:
        _write(files, options.into)
    if schedule.user == "root":
        print(AS_ROOT, file=sys.stderr)
    if options.into is not None and options.form == "systemd":
        place = options.into.absolute()
        copied = "" if place == UNITS else f"cp {' '.join(str(place / name) for name in files)} {UNITS}/ && "
        print(f"now: {copied}systemctl daemon-reload && systemctl enable --now {schedule.name}.timer")
    return 0


def runs_as_root() -> bool:
    """Return whether units that name no other user would run as root."""
    return getpass.getuser() == "root"


def _schedule(options: Namespace, home: Home | None) -> Schedule:
    path = archive_path(options).absolute()
    path = path.parent.resolve() / path.name
    checkpoints = options.checkpoint_file and options.checkpoint_file.absolute()
    key = options.checkpoint_key and options.checkpoint_key.absolute()
    if key and not key.is_file():
        raise BadInput(f"there is no file {key} — yuanben checkpoint --new-key FILE makes a key")
    contact = os.environ.get("ARCHIVE_CONTACT") or (home.contact if home else "")
    for said in (
        str(path),
        options.notify or "",
        str(checkpoints or ""),
        str(key or ""),
        contact,
        *options.witness,
    ):
        if _CONTROL.search(said):
            raise BadInput(f"{said[:100]!r} holds a control character — no unit and no crontab can hold that")
    if not path.parent.is_dir():
        raise BadInput(f"there is no directory {path.parent} — the archive's directory must exist")
    words = program()
    if options.form == "systemd" and any(sign in words[0] for sign in "\"'\\"):
        raise BadInput(f"{words[0]} holds a quotation mark or a backslash — systemd starts no such program")
    if options.form == "cron" and options.into and options.into.absolute() == CRONTABS and not options.user:
        raise BadInput("a file in /etc/cron.d names its user — add --user USER")
    return Schedule(
        name="-".join(("yuanben", *options.sites)),
        program=words,
        archive=path,
        every=options.every or (home.every if home else "1h"),
        sites=options.sites,
        has_home=bool(home and home.sites),
        notify=options.notify,
        user=options.user or (getpass.getuser() if options.form == "systemd" else None),
        contact=contact or None,
        readers=os.cpu_count() or 1,
        checkpoints=checkpoints,
        key=key,
        witnesses=options.witness,
    )


def program() -> list[str]:
    """Return the first words of a ``scrapy`` command.

    They are ``./run`` of this checkout, else the script installed beside Python.
    """
    checkout = Path(archive.__file__).resolve().parents[1] / "run"
    if checkout.is_file():
        return [str(checkout), "scrapy"]
    return [
        "/usr/bin/env",
        "SCRAPY_SETTINGS_MODULE=crawler.settings",
        str(Path(sys.executable).parent / "scrapy"),
    ]


def files_of(options: Namespace) -> dict[str, str]:
    """Return the files that the command would write, by name."""
    return _files(_schedule(options, home_of(archive_path(options))), options.form)


def _files(schedule: Schedule, form: str) -> dict[str, str]:
    if form == "cron":
        return {schedule.name: cron(schedule)}
    return {f"{schedule.name}.service": service(schedule), f"{schedule.name}.timer": timer(schedule)}


def _print(files: dict[str, str], form: str) -> None:
    for name, text in files.items():
        head = f"# {UNITS / name}\n" if form == "systemd" else ""
        print(f"{head}{text}")


def _write(files: dict[str, str], place: Path) -> None:
    for name, text in files.items():
        path = place / name
        try:
            path.write_text(text, "utf-8")
        except OSError as error:
            raise BadInput(
                f"{path} cannot be written ({error.strerror}) — give a directory you may write to"
            ) from None
        print(f"written: {path}")


def _site(text: str) -> str:
    if not _SITE.fullmatch(text):
        raise ArgumentTypeError(f'"{text}" is no name of a site — "scrapy sites" lists them')
    return text


def _user(text: str) -> str:
    if not _USER.fullmatch(text):
        raise ArgumentTypeError(f'"{text}" is no name of a user')
    return text
