"""The checks of ``yuanben doctor``. Each finding says what was found and, if it matters, what to do.

The command answers whether this machine is fit, and what a person should know before relying on it.
"""

from __future__ import annotations

import importlib
import os
import shutil
import sqlite3
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from importlib import metadata
from pathlib import Path

from archive import software
from archive.cli.options import add_archive, add_json, archive_path
from archive.cli.terminal import one_line, padded, print_json, styled
from archive.errors import ArchiveError, ArchiveMissing, BadInput
from archive.home import NAME, contact_here, home_of, is_open_to_others
from archive.store.file.connection import open_for_reading, wal_is_safe
from archive.store.file.lease import is_held
from archive.store.read.health import document_count, lacking_in_sqlite, last_holder, last_software, ran_on

LARGE_LOG = 256 << 20
LITTLE_ROOM = 2 << 30
# File systems whose locks and shared memory do not meet the needs of SQLite's write-ahead log.
NETWORKED = ("nfs", "cifs", "smb", "9p", "afs", "ceph", "fuse.sshfs", "fuse.gluster", "lustre", "davfs")


class Level(StrEnum):
    """How much a finding matters. Only UNFIT means that yuanben cannot run safely."""

    FINE = "fine"
    NOTE = "note"
    WARNING = "warning"
    UNFIT = "unfit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing examined."""

    what: str
    level: Level
    said: str


def of_machine(environ: Mapping[str, str] = os.environ) -> Iterator[Finding]:
    """Yield the findings about Python, the libraries and the environment."""
    yield _python()
    yield from _sqlite()
    yield _lxml()
    yield _importable("trafilatura", needed_for="readings by the general way will fail")
    yield _opencc()
    yield _old_word_files()
    contact = environ.get("ARCHIVE_CONTACT") or contact_here(environ)
    unset = "neither ARCHIVE_CONTACT nor a home says one — sites cannot tell whom to write to"
    yield _is(contact, "contact", contact, unset)
    bundle = environ.get("SSL_CERT_FILE")
    if bundle and not Path(bundle).is_file():
        yield Finding(what="certificates", level=Level.WARNING, said=f"SSL_CERT_FILE names no file: {bundle}")
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    said = browser or "no Chromium found: only the tests of the pages' looks need one"
    yield Finding(what="browser", level=Level.FINE if browser else Level.NOTE, said=said)


def of_place(path: Path) -> Iterator[Finding]:
    """Yield the findings about the disk that an archive is or would be on."""
    place = _nearest(path.absolute().parent)
    room = shutil.disk_usage(place).free
    wanted = max(LITTLE_ROOM, 2 * path.stat().st_size if path.is_file() else 0)
    said = f"{room / (1 << 30):.1f} GiB free at {place}"
    yield _is(room >= wanted, "disk", said, f"{said} — {wanted / (1 << 30):.1f} GiB or more are wise")
    kind = file_system(place)
    warning = (
        f"{kind} is a network file system: SQLite's log is not safe there — keep the archive on a local disk"
    )
    yield _is(not kind.startswith(NETWORKED), "file system", kind, warning)
    if not os.access(place, os.W_OK):
        yield Finding(what="rights", level=Level.WARNING, said=f"{place} cannot be written to by this user")


def of_archive(path: Path) -> Iterator[Finding]:
    """Yield the findings about the archive itself; whether it is sound, ``verify`` says."""
    try:
        db = open_for_reading(path)
    except ArchiveMissing:
        said = (
            f'none yet at {path} — "yuanben new" asks what it is to hold, "scrapy watch" makes and fills it'
        )
        yield Finding(what="archive", level=Level.NOTE, said=said)
        return
    except ArchiveError as error:
        yield Finding(what="archive", level=Level.UNFIT, said=str(error))
        return
    documents, holder, ran = document_count(db), last_holder(db), last_software(db)
    db.close()
    yield Finding(what="archive", level=Level.FINE, said=f"{path}: {documents:,} documents")
    other = [
        f"{name} {old} (now {now})"
        for name, now in ran_on(software()).items()
        if (old := ran.get(name)) not in (None, now)
    ]
    if other:
        said = f"the newest crawl ran on {', '.join(other)}"
        yield Finding(what="software", level=Level.NOTE, said=said)
    log = Path(f"{path}-wal")
    size = log.stat().st_size if log.exists() else 0
    said = f"{size / (1 << 20):.1f} MiB not yet in the file"
    yield _is(size <= LARGE_LOG, "log", said, f"{said} — a reader that stays open keeps it there")
    if is_held(path):
        who = f"{holder.holder} (process {holder.pid}, since {holder.since})" if holder else "another run"
        yield Finding(what="writer", level=Level.NOTE, said=f"held by {who}")


def of_home(path: Path, environ: Mapping[str, str] = os.environ) -> Iterator[Finding]:
    """Yield the findings about the home of an archive.

    They concern its sites, its notifications, and who may read its secrets.
    """
    try:
        home = home_of(path, environ)
    except BadInput as error:
        yield Finding(what="home", level=Level.WARNING, said=str(error))
        return
    if home is None:
        yield Finding(
            what="home", level=Level.NOTE, said=f"no {NAME}: every declared site is crawled, nobody is told"
        )
        return
    sites = ", ".join(home.sites) or "every declared site"
    told = ", ".join(target.name for target in home.targets) or "nobody"
    yield Finding(what="home", level=Level.FINE, said=f"{home.path}: crawls {sites}; tells {told}")
    if is_open_to_others(home):
        said = f"{home.path} holds secrets that others may read — chmod 600 it"
        yield Finding(what="secrets", level=Level.WARNING, said=said)
    for target in home.targets:
        if target.lacking:
            said = f"{target.name} cannot be told: {target.lacking}"
            yield Finding(what="target", level=Level.WARNING, said=said)


def file_system(place: Path, mounts: Path = Path("/proc/mounts")) -> str:
    """Return the type of the file system a directory is on; ``unknown`` where the system does not say."""
    try:
        lines = [line.split() for line in mounts.read_text(errors="replace").splitlines()]
    except OSError:
        return "unknown"
    target = place.resolve()
    found = [
        (mount, kind) for _, mount, kind, *_ in lines if target.is_relative_to(mount.replace("\\040", " "))
    ]
    # The last of equal mounts is on top.
    return max(enumerate(found), key=lambda at: (len(at[1][0]), at[0]))[1][1] if found else "unknown"


def _is(good: object, what: str, said: str, otherwise: str) -> Finding:
    if good:
        return Finding(what=what, level=Level.FINE, said=said)
    return Finding(what=what, level=Level.WARNING, said=otherwise)


def _python() -> Finding:
    # Older ones do not get as far as this.
    return Finding(what="Python", level=Level.FINE, said=".".join(map(str, sys.version_info[:3])))


def _sqlite() -> Iterator[Finding]:
    version = sqlite3.sqlite_version
    lacking = lacking_in_sqlite()
    if lacking:
        said = f"{version} lacks what the archive needs ({lacking}) — use a Python with SQLite 3.37 or newer and FTS5"
        yield Finding(what="SQLite", level=Level.UNFIT, said=said)
        return
    old = f"{version} has the WAL-reset bug — only one run may write (yuanben sees to that); 3.51.3 or newer is free of it"
    yield _is(wal_is_safe(), "SQLite", f"{version}, with FTS5", old)


def _lxml() -> Finding:
    try:
        etree = importlib.import_module("lxml.etree")
        importlib.import_module("lxml_html_clean")
    except ImportError as error:
        return Finding(
            what="lxml", level=Level.UNFIT, said=f"cannot be imported ({error}) — install yuanben again"
        )
    numbers = (etree.LXML_VERSION[:3], etree.LIBXML_VERSION)
    lxml, libxml = (".".join(map(str, number)) for number in numbers)
    return Finding(what="lxml", level=Level.FINE, said=f"{lxml} with libxml2 {libxml}")


def _importable(name: str, *, needed_for: str) -> Finding:
    try:
        importlib.import_module(name)
    except ImportError as error:
        return Finding(what=name, level=Level.WARNING, said=f"cannot be imported ({error}) — {needed_for}")
    return Finding(what=name, level=Level.FINE, said=metadata.version(name))


def _old_word_files() -> Finding:
    found = next(filter(None, map(shutil.which, ("antiword", "catdoc"))), None)
    said = found or "neither antiword nor catdoc found: attached .doc files older than Word 97 stay unread"
    return Finding(what="old .doc files", level=Level.FINE if found else Level.NOTE, said=said)


def _opencc() -> Finding:
    intruder = "opencc-python-reimplemented"
    if any(found.metadata["Name"].lower() == intruder for found in metadata.distributions(name=intruder)):
        said = f"{intruder} has taken this module's name — uninstall it, then install opencc again"
        return Finding(what="opencc", level=Level.UNFIT, said=said)
    try:
        converted = importlib.import_module("opencc").OpenCC("t2s").convert("發展著")
    except (ImportError, AttributeError, OSError, ValueError, RuntimeError) as error:
        said = f"does not work ({error}) — install opencc again"
        return Finding(what="opencc", level=Level.UNFIT, said=said)
    if converted != "发展著":
        said = f"converts 發展著 to {converted} — it is not the opencc that yuanben needs"
        return Finding(what="opencc", level=Level.UNFIT, said=said)
    return Finding(what="opencc", level=Level.FINE, said=metadata.version("opencc"))


def _nearest(place: Path) -> Path:
    return next(parent for parent in (place, *place.parents) if parent.is_dir())


_STYLES = {Level.FINE: "green", Level.NOTE: "dim", Level.WARNING: "yellow", Level.UNFIT: "red"}


def declare(parser: ArgumentParser) -> None:
    """Declare the options of the command."""
    add_json(parser)
    add_archive(parser)


def run(options: Namespace) -> int:
    """Print the findings; 1 only when yuanben cannot run safely here."""
    path = archive_path(options)
    findings = [*of_machine(), *of_place(path), *of_home(path), *of_archive(path)]
    if options.json:
        print_json([asdict(finding) for finding in findings])
    else:
        print("\n".join(_line(finding) for finding in findings))
    return 1 if any(finding.level is Level.UNFIT for finding in findings) else 0


def _line(finding: Finding) -> str:
    level = styled(padded(str(finding.level), 8), _STYLES[finding.level])
    return f"{level}{padded(finding.what, 16)}{one_line(finding.said)}"
