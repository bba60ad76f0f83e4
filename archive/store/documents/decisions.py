"""What a person said of a state of a document, or of an edit that many documents of a site show.

The last word counts. A word says what a person believed, not what is true.
"""

from __future__ import annotations

import sqlite3

from archive.store.documents.lines import FEW

_ON_EDIT = (
    "from events where kind = 'review' and site = (select site from documents where id = :document) "
    "and json_extract(details, '$.edit') = :edit"
)


def word_on_state(db: sqlite3.Connection, document: int, state: str) -> str | None:
    """Return ``accept`` or ``reject``, None where nobody has decided on this state of this document."""
    row = db.execute(
        "select json_extract(details, '$.decision') from events where kind = 'review' and document = ? "
        "and json_extract(details, '$.state') = ? order by id desc limit 1",
        (document, state),
    ).fetchone()
    return str(row[0]) if row else None


def word_on_edit(db: sqlite3.Connection, document: int, edit: str) -> str | None:
    """Return what was last said of an edit, by its digest, in any document of the same site; None where nothing was."""
    row = db.execute(
        f"select json_extract(details, '$.decision') {_ON_EDIT} order by id desc limit 1",
        {"document": document, "edit": edit},
    ).fetchone()
    return str(row[0]) if row else None


def is_refused_of_site(db: sqlite3.Connection, document: int, edit: str) -> bool:
    """Return whether an edit was refused in several documents of a site, and nobody said otherwise since."""
    if word_on_edit(db, document, edit) != "reject":
        return False
    refused = db.execute(
        f"select count(*) from (select distinct document {_ON_EDIT} "
        "and json_extract(details, '$.decision') = 'reject' limit :few)",
        {"document": document, "edit": edit, "few": FEW},
    ).fetchone()
    return bool(refused[0] == FEW)
