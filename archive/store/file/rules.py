"""What was declared for a site, kept whole, so that any reading can be repeated from the file alone."""

from __future__ import annotations

import hashlib
import sqlite3

from archive.models import Site


def ensure_declaration(db: sqlite3.Connection, site: str, declared: Site | None, *, at: str) -> int:
    """Return the row of ``rules`` that holds a declaration, adding it when it is not held; hosts without one share one."""
    text = declared.to_json() if declared else "{}"
    name = site if declared else "*"
    digest = "sha256:" + hashlib.sha256(f"{name} {text}".encode()).hexdigest()
    db.execute(
        "insert or ignore into rules (site, digest, declaration, declared_at) values (?, ?, ?, ?)",
        (name, digest, text, at),
    )
    return int(db.execute("select id from rules where digest = ?", (digest,)).fetchone()[0])
