"""What a copy says of itself and what the archive knows of it: by that its original is chosen."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from urllib.parse import urlsplit

from archive.collate.candidate import Witness
from archive.collate.comparison import Copy
from archive.collate.leads import outlets
from archive.text.claims import Head


def held_copy(db: sqlite3.Connection, version: int) -> Copy:
    """Return a version that the archive holds, by its id, as a copy to be compared."""
    row = db.execute(
        "select v.*, d.url, d.role, d.publisher, d.first_seen from versions v join documents d on d.id = v.document "
        "where v.id = ?",
        (version,),
    ).fetchone()
    return Copy(
        title=row["title"],
        text=row["text"],
        url=row["url"],
        published_at=row["published_at"],
        source_line=row["source_line"],
        document=row["document"],
        removed=tuple(block["text"] for block in json.loads(row["removed"])),
        role=row["role"],
        publisher=row["publisher"],
        issuer=row["issuer"],
        first_seen=row["first_seen"],
    )


def witness_of(copy: Copy, head: Head) -> Witness:
    host = urlsplit(copy.url).hostname if copy.url else None
    said = f"来源:{copy.source_line}\n{copy.text}" if copy.source_line else copy.text
    return Witness(
        url=copy.url,
        published_at=copy.published_at or head.published_at,
        outlets=outlets(said, host=host, own=copy.publisher),
        title=copy.title or head.title,
        source_line=copy.source_line or head.source_line,
        role=copy.role,
        publisher=copy.publisher,
        issuer=copy.issuer,
        first_seen=copy.first_seen,
    )


def titled(copy: Copy, head: Head) -> Copy:
    return replace(
        copy,
        title=head.title,
        published_at=copy.published_at or head.published_at,
        source_line=copy.source_line or head.source_line,
    )
