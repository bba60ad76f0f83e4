"""What of each row is witnessed, and how it is written as a leaf of a log. Pure.

A leaf is one JSON object as RFC 8785 writes it: names in order, no blanks, UTF-8, no fractions. ``captures`` is the
log itself: one leaf for each exchange in the order of keeping. What else is only ever added to has a log of its own,
whose size and root stand in further lines of a checkpoint.

Left out of a leaf is what other checks derive: a text stands as its digest, and the digest of a state is made of what
the leaf holds. A body that a capture was given later (a record that repeats another) is no part of what was
witnessed: its leaf names what it repeats.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

Value = str | int | None | Mapping[str, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """One log: the form of its leaves, its table, the columns in a leaf, and where rows put aside are kept.

    ``closing``: the columns that a row gets later, once; NULL in the leaf of a row that was still open.
    """

    name: str
    form: str
    columns: tuple[str, ...]
    aside: str | None = None
    closing: tuple[str, ...] = ()


CAPTURES = Log(
    name="captures",
    form="capture/1",
    columns=(
        "captured_at", "clock", "conditional", "crawl", "error", "etag", "flags", "headers", "id", "kind",
        "last_modified", "method", "origin", "payload", "peer", "redirected_from", "site", "status",
        "tls_verified", "truncated", "url",
    ),
)  # fmt: skip

OTHERS = (
    Log(name="rules", form="rules/1", columns=("declaration", "declared_at", "digest", "id", "site")),
    Log(
        name="readings",
        form="reading/1",
        columns=(
            "again", "capture", "card", "document", "flags", "found", "id", "outcome", "payload", "read_at",
            "reader", "reason", "rules", "version", "visible_digest",
        ),
        aside="superseded_readings",
    ),
    Log(
        name="versions",
        form="version/1",
        columns=(
            "author", "blocks", "captures", "cause", "doc_number", "document", "editor", "evidence", "flags", "id",
            "index_number", "issuer", "kept_at", "meta_published_at", "number", "published_at", "reader",
            "removed", "rules", "source_line", "text_digest", "title",
        ),
        aside="superseded_versions",
    ),
    Log(
        name="events",
        form="event/1",
        columns=("capture", "crawl", "details", "document", "happened_at", "id", "kind", "site"),
        aside="superseded_events",
    ),
    Log(
        name="crawls",
        form="crawl/1",
        columns=(
            "command", "counts", "finished_at", "id", "reasons", "rules_digest", "silent_since", "site",
            "software", "started_at", "verdict",
        ),
        closing=("counts", "finished_at", "reasons", "silent_since", "verdict"),
    ),
    Log(name="attachment_sightings", form="sighting/1", columns=("capture", "id", "payload", "url")),
    Log(
        name="attachment_texts",
        form="file_text/1",
        columns=("flags", "id", "kind", "payload", "read_at", "reader", "reason", "text_digest"),
    ),
)  # fmt: skip
LOGS = {log.name: log for log in (CAPTURES, *OTHERS)}


def leaf(log: Log, row: Mapping[str, Value], *, is_open: bool = False) -> bytes:
    """Return the leaf of a row. ``repeats`` of a capture says what its record repeats."""
    said: dict[str, Value] = {name: row[name] for name in log.columns}
    if is_open:
        said |= dict.fromkeys(log.closing)
    said["leaf"] = log.form
    if log is CAPTURES and row.get("repeats") is not None:
        said |= {"payload": None, "repeats": row["repeats"]}
    return canonical_json(said)


def canonical_json(value: object) -> bytes:
    """Return JSON as RFC 8785 writes it, for objects with ASCII names and without fractions."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
