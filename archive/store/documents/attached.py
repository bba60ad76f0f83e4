"""What is known of attached files at a moment: which bytes an address gave last, and which were replaced.

A file's state is that of the last answer before a moment. The first bytes kept of an address are its first state;
only files that have left it count, so that fetching a file for the first time is no change of its document.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from archive.errors import NotCanonical
from archive.urls import canonical_url


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """The files of one page at a moment: payloads by address, as far as known, and those no longer the first."""

    known: Mapping[str, str]
    replaced: tuple[tuple[str, str], ...] = ()


def file_url(url: str) -> str:
    """Return the address a file is known by; one that is no canonical address stays as it is written."""
    try:
        return canonical_url(url)
    except NotCanonical:
        return url


def files_at(db: sqlite3.Connection, urls: Iterable[str], at: str) -> Files:
    """Return what the addresses gave last, by what had been captured at a moment."""
    known = {url: payload for url in urls if (payload := payload_at(db, url, at))}
    replaced = sorted((url, payload) for url, payload in known.items() if payload != _first(db, url))
    return Files(known=known, replaced=tuple(replaced))


def payload_at(db: sqlite3.Connection, url: str, at: str) -> str | None:
    """Return the digest of the file an address gave last by a moment; None when none had been kept."""
    row = db.execute(
        "select s.payload from attachment_sightings s join captures c on c.id = s.capture "
        "where s.url = ? and c.captured_at <= ? order by c.captured_at desc, s.id desc limit 1",
        (url, at),
    ).fetchone()
    return str(row[0]) if row else None


def state_with_files(page: str, replaced: tuple[tuple[str, str], ...]) -> str:
    """Return the digest of a state: the page's own, or that of the page and the files that were replaced."""
    if not replaced:
        return page
    written = json.dumps([page, replaced], ensure_ascii=False)
    return "sha256:" + hashlib.sha256(written.encode()).hexdigest()


def urls_of(db: sqlite3.Connection, version: int) -> list[str]:
    """Return the addresses of the files a version links to."""
    rows = db.execute("select url from attachments where version = ? order by position", (version,))
    return [row[0] for row in rows]


def replaced_in(db: sqlite3.Connection, version: int) -> tuple[tuple[str, str], ...]:
    """Return the replaced files of a version as its rows in ``attachments`` say."""
    rows = db.execute(
        "select distinct url, payload from attachments where version = ? and payload is not null", (version,)
    )
    return tuple(sorted((row[0], row[1]) for row in rows if row[1] != _first(db, row[0])))


def linking(db: sqlite3.Connection, url: str) -> list[sqlite3.Row]:
    """Return number and address of the documents that link to a file in any of their versions."""
    return db.execute(
        "select distinct d.id, d.url, d.site from attachments a join versions v on v.id = a.version "
        "join documents d on d.id = v.document where a.url = ? order by d.id",
        (url,),
    ).fetchall()


def _first(db: sqlite3.Connection, url: str) -> str | None:
    row = db.execute(
        "select s.payload from attachment_sightings s join captures c on c.id = s.capture where s.url = ? "
        "order by c.captured_at, s.id limit 1",
        (url,),
    ).fetchone()
    return str(row[0]) if row else None
