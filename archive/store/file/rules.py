"""What was declared for a site, kept whole, so that any reading can be repeated from the file alone."""

from __future__ import annotations

import hashlib
import sqlite3

from archive.models import Site


def ensure_declaration(db: sqlite3.Connection, site: str, declared: Site | None, *, at: str) -> int:
    """Return the row of ``rules`` that holds a declaration, adding it when it is not held; hosts without one share one."""
    name, text, digest = _row(site, declared)
    db.execute(
        "insert or ignore into rules (site, digest, declaration, declared_at) values (?, ?, ?, ?)",
        (name, digest, text, at),
    )
    held = held_declaration(db, site, declared)
    assert held is not None
    return held


def held_declaration(db: sqlite3.Connection, site: str, declared: Site | None) -> int | None:
    """Return the row of ``rules`` that holds a declaration, None where none does."""
    row = db.execute("select id from rules where digest = ?", (_row(site, declared)[2],)).fetchone()
    return int(row[0]) if row else None


def _row(site: str, declared: Site | None) -> tuple[str, str, str]:
    text = declared.to_json() if declared else "{}"
    name = site if declared else "*"
    return name, text, "sha256:" + hashlib.sha256(f"{name} {text}".encode()).hexdigest()
