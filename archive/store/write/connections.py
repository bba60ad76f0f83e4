"""The citations and acts of versions, and the standings that follow, kept beside the texts.

``settle`` brings one document up to date, and every document whose standing depends on it. Rows are functions
of the current versions in the archive: the same documents give the same rows in whatever order they came.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from archive.clock import beijing_day
from archive.relations import RELATIONS_VERSION, Connections, class_of, connections
from archive.relations.citations import Citation
from archive.relations.grammar import bare_title, number_key, plain, squeezed, title_key
from archive.relations.links import Relation, title_relations
from archive.relations.standing import (
    Act,
    Event,
    Reason,
    Standing,
    Subject,
    act_of,
    effect_day,
    history,
    is_meant,
    is_named,
    issue_day,
    stated_day,
    stated_term,
    superseded,
    timeline,
)
from archive.relations.turns import Known, turns
from archive.relations.validity import Effect, Expiry, card_status, expiry_day
from archive.store.write.states import keep_turns

# A row as it was read, or a row with one column replaced by that of another time.
Row = dict[str, Any] | sqlite3.Row
# Pages that speak of documents but are not documents themselves.
_REPORTS = frozenset(("news", "statistics", "speech", "conference", "interpretation"))
_ACTING = ("repeals", "replaces", "amends", "extends")
# Classes whose texts are published again with every amendment, with their history at the head.
_VERSIONED = ("law", "regulation", "rules")
_HISTORY = 2_000


def settle_some(db: sqlite3.Connection, most: int = 20) -> int:
    """Settle documents whose current version changed, and return how many.

    One transaction settles at most ``most``.
    """
    waiting = [
        row[0] for row in db.execute("select document from unsettled order by document limit ?", (most,))
    ]
    for document in waiting:
        settle(db, document)
    return len(waiting)


def settle(db: sqlite3.Connection, document: int) -> None:
    """Bring one document's connections up to date, and the standings that depend on it."""
    before = _touched(db, document)
    db.execute("delete from document_names where document = ?", (document,))
    row = _current(db, document)
    is_reading = _read_anew(db, document)
    if row is not None:
        _keep_card(db, document, row["id"])
        _name(db, document, row)
    for other in sorted({document, *before, *_touched(db, document)}):
        _write_standings(db, other)
        _tell(db, other, is_reading=is_reading)
    db.execute("delete from unsettled where document = ?", (document,))


def _current(db: sqlite3.Connection, document: int) -> sqlite3.Row | None:
    row: sqlite3.Row | None = db.execute(
        "select v.id, v.number, v.title, v.text, v.doc_number, v.published_at, v.source_line, d.url from documents d "
        "join versions v on v.id = d.current where d.id = ?",
        (document,),
    ).fetchone()
    return row


def _read_anew(db: sqlite3.Connection, document: int) -> bool:
    """Read the versions of a document that today's reader has not read.

    Return whether another reader had read one of them.
    """
    waiting = db.execute(
        "select v.id, v.text, v.title, c.reader from versions v left join version_connections c on c.version = v.id "
        "where v.document = ? and c.reader is not ?",
        (document, RELATIONS_VERSION),
    ).fetchall()
    for version, text, title, _ in waiting:
        keep(db, version, connections(text, title))
    return any(reader is not None for _, _, _, reader in waiting)


def keep(db: sqlite3.Connection, version: int, made: Connections) -> None:
    """Keep the connections of one version, in place of those of an earlier reader."""
    row = db.execute("select title, text, doc_number from versions where id = ?", (version,)).fetchone()
    for table in ("version_connections", "version_citations", "version_relations", "version_clauses"):
        db.execute(f"delete from {table} where version = ?", (version,))
    _keep_validity(db, version, row, made)
    db.executemany(
        "insert or ignore into version_citations values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                version, c.start, c.end, c.text, c.kind, c.stands_for or c.title, c.number,
                json.dumps(c.articles, ensure_ascii=False), _title_key(c.stands_for or c.title) if not c.is_own else None,
                number_key(c.number) if c.number else None,
            )
            for c in made.citations
            if not _is_its_own(c, row)
        ],
    )  # fmt: skip
    db.executemany(
        "insert into version_relations values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [_relation(version, n, r, row["text"]) for n, r in enumerate(made.relations)],
    )
    db.executemany(
        "insert into version_clauses values (?, ?, ?, ?, ?, ?, ?)",
        [(version, n, c.path, c.level, c.start, c.end, c.heading) for n, c in enumerate(made.clauses)],
    )


def _is_its_own(citation: Citation, row: sqlite3.Row) -> bool:
    """Return whether a citation is only the document's own number or title at its head."""
    if citation.number and row["doc_number"]:
        return number_key(citation.number) == number_key(row["doc_number"])
    return (
        citation.kind == "title"
        and not citation.text.startswith("《")
        and title_key(citation.text) == title_key(row["title"])
    )


def _title_key(title: str | None) -> str | None:
    return bare_title(title) or None if title else None


def _keep_validity(db: sqlite3.Connection, version: int, row: sqlite3.Row, made: Connections) -> None:
    said, issued = made.validity, issue_day(row["text"])
    effect = said.effect if said.effect and said.effect.is_own else None
    deadlines = [
        {
            "kind": d.kind,
            "date": d.day,
            "start_date": d.first,
            "duration": d.duration,
            "start": d.start,
            "end": d.end,
        }
        for d in said.deadlines
    ]
    db.execute(
        "insert into version_connections values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            version, RELATIONS_VERSION, class_of(row["title"], number=row["doc_number"], text=row["text"]),
            _iso(effect.day if effect else None), effect.rule if effect else None,
            effect.start if effect else None, effect.end if effect else None,
            _iso(said.expiry.day if said.expiry else None), said.expiry.duration if said.expiry else None,
            said.expiry.start if said.expiry else None, said.expiry.end if said.expiry else None,
            said.status, _iso(issued), None, json.dumps(deadlines, ensure_ascii=False),
        ),
    )  # fmt: skip


def _keep_card(db: sqlite3.Connection, document: int, version: int) -> None:
    """Keep beside a version the fields of its last sighting's card."""
    row = db.execute(
        "select r.card from readings r join captures c on c.id = r.capture where r.document = ? and r.version = ? "
        "and r.card is not null order by c.captured_at desc, r.id desc limit 1",
        (document, version),
    ).fetchone()
    db.execute(
        "update version_connections set card = ? where version = ?", (row[0] if row else None, version)
    )


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _relation(version: int, position: int, made: Relation, text: str) -> tuple[Any, ...]:
    title = made.stands_for or made.title
    # A draft belongs to the document that will bear its name.
    work = re.sub(r"[（(](?:第.{1,3}次)?(?:公开)?(?:征求意见稿|送审稿|修订草案|草案)[)）]", "", title or "")
    return (
        version, position, made.kind, title, made.number, *((made.start, made.end) if made.end else (None, None)), int(made.is_incoming),
        int(made.is_partial), int(made.is_end), _iso(stated_day(text, made)) if made.is_end else None,
        stated_term(text, made) if made.end else None, _title_key(work if made.kind == "drafts" else title),
        number_key(made.number) if made.number else None,
    )  # fmt: skip


def _name(db: sqlite3.Connection, document: int, row: sqlite3.Row) -> None:
    """Keep the names by which a document is cited."""
    number = number_key(row["doc_number"]) if row["doc_number"] else None
    keys = {("number", number)} if number else set()
    issued = [r.title for r in title_relations(row["title"]) if r.kind == "issues" and r.title]
    issued += [
        name
        for (name,) in db.execute(
            "select other_title from version_relations where version = ? and relation = 'issues' and start < 1500",
            (row["id"],),
        )
        if name
    ]
    keys |= {
        ("title", bare_title(name)) for name in (_plain_title(row["title"]), *issued) if bare_title(name)
    }
    db.executemany(
        "insert or ignore into document_names (key, kind, document, number_key) values (?, ?, ?, ?)",
        [(key, kind, document, number) for kind, key in sorted(keys)],
    )


def _plain_title(title: str) -> str:
    return squeezed(plain(title)).removeprefix("(转载)").removeprefix("转载:")


def _touched(db: sqlite3.Connection, document: int) -> set[int]:
    """Return the documents that any version of this one ends, amends or extends, and other texts of a law."""
    touched = {
        row[0]
        for row in db.execute(
            "select n.document from versions v join version_relations r on r.version = v.id "
            "join document_names n on (n.kind = 'number' and n.key = r.number_key) or (n.kind = 'title' and n.key = r.title_key) "
            f"where v.document = ? and r.is_incoming = 0 and r.relation in ({','.join('?' * len(_ACTING))})",
            (document, *_ACTING),
        )
    }
    return touched | {row["id"] for row in _namesakes(db, document)}


def _write_standings(db: sqlite3.Connection, document: int) -> None:
    """Derive a document's standings from everything that is held, and keep them when they differ."""
    made = [_row(document, n, span) for n, span in enumerate(standings_of(db, document))]
    held = [
        tuple(row)
        for row in db.execute(
            "select * from standing_spans where document = ? order by position", (document,)
        )
    ]
    if made != held:
        db.execute("delete from standing_spans where document = ?", (document,))
        db.executemany("insert into standing_spans values (?, ?, ?, ?, ?, ?, ?, ?, ?)", made)


def _row(document: int, position: int, span: Standing) -> tuple[Any, ...]:
    because = [_reason(reason) for reason in span.because]
    return (
        document, position, span.standing, _iso(span.since), _iso(span.until), _iso(span.effective_from),
        _iso(span.expires_on), json.dumps(because, ensure_ascii=False), span.contradiction,
    )  # fmt: skip


def _reason(reason: Reason) -> dict[str, Any]:
    found = {
        "says": reason.says, "document": reason.document, "version": reason.version, "start": reason.start,
        "end": reason.end, "field": reason.field, "day": _iso(reason.day),
    }  # fmt: skip
    return {key: value for key, value in found.items() if value is not None}


def standings_of(db: sqlite3.Connection, document: int) -> list[Standing]:
    """Return a document's standings in order, by its own words and by all documents held."""
    row = _known(db, document)
    if row is None:
        return []
    return timeline(subject_of_row(row), _acts(db, document, row))


def acts_on(db: sqlite3.Connection, document: int) -> list[Act]:
    """Return the acts of other held documents on this one."""
    row = _known(db, document)
    return _acts(db, document, row) if row is not None else []


def _known(db: sqlite3.Connection, document: int, version: int | None = None) -> Row | None:
    """Return the kept fields of a version of a document, of the current version where none is named."""
    row = db.execute(
        "select v.id, v.number, v.title, v.published_at, v.doc_number, d.url, c.* from documents d join versions v on "
        "v.id = coalesce(?, d.current) join version_connections c on c.version = v.id where d.id = ?",
        (version, document),
    ).fetchone()
    return dict(row) if row else None


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written[:10]) if written and len(written) >= 10 else None


def _issued(row: Row) -> date | None:
    return _day(row["issued_on"]) or _day(row["published_at"])


def effective_of(row: Row) -> date | None:
    """Return the day from which a version says that it applies."""
    if row["effect_start"] is None:
        return _day(_card(row).get("effective_at"))
    rule = Effect(day=_day(row["effect_day"]), rule=row["effect_rule"])
    return effect_day(rule, issued=_issued(row), published=_issued(row))


def subject_of_row(row: Row) -> Subject:
    """Return what a version's own words and its page's card say of it."""
    if row["class"] in _REPORTS:
        return Subject()
    card = _card(row)
    issued, effective = _issued(row), effective_of(row)
    lasts = row["expiry_start"] is not None
    expiry = Expiry(day=_day(row["expiry_day"]), duration=row["expiry_lasts"]) if lasts else None
    expires = expiry_day(effective, expiry) or _day(card.get("lapsed_at"))
    status = card_status(f"有效性：{card['validity']}") if card.get("validity") else row["status"]
    return Subject(
        issued=issued, effective=effective, expires=expires, status=status, is_draft=row["class"] == "draft",
        reasons=tuple(_reasons(row, card, effective, expires)),
    )  # fmt: skip


def _card(row: Row) -> dict[str, str]:
    held = json.loads(row["card"]) if row["card"] else {}
    return {name: entry["value"] for name, entry in held.items() if entry.get("value")}


def _reasons(
    row: Row, card: dict[str, str], effective: date | None, expires: date | None
) -> Iterator[Reason]:
    place: dict[str, Any] = {"document": row["url"], "version": row["number"]}
    if row["effect_start"] is not None:
        yield Reason(
            says="takes_effect", start=row["effect_start"], end=row["effect_end"], day=effective, **place
        )
    elif effective:
        yield Reason(says="takes_effect", field="effective_at", day=effective, **place)
    if row["expiry_start"] is not None:
        yield Reason(says="expires", start=row["expiry_start"], end=row["expiry_end"], day=expires, **place)
    elif expires:
        yield Reason(says="expires", field="lapsed_at", day=expires, **place)
    if card.get("validity") or row["status"]:
        yield Reason(says=card.get("validity") or row["status"], field="validity", **place)


def _acts(db: sqlite3.Connection, document: int, row: Row) -> list[Act]:
    """Return the acts of other held documents on this one, in an order independent of their arrival."""
    acting = [other for other in _acting(db, document) if other["is_current"]]
    return _acts_among(row, acting, _namesakes(db, document))


def _acting(db: sqlite3.Connection, document: int) -> list[Row]:
    """Return the relations by which any version of another document acts on one."""
    found = db.execute(
        "select distinct r.*, d.url, v.document as other, v.id is d.current as is_current, v.number, v.title, "
        "c.effect_day, c.effect_rule, c.effect_start, c.issued_on, c.card, v.published_at "
        "from document_names n join version_relations r on (n.kind = 'number' and r.number_key = n.key) "
        "or (n.kind = 'title' and r.title_key = n.key and (r.number_key is null or n.number_key is null or r.number_key = n.number_key)) "
        "join versions v on v.id = r.version join documents d on d.id = v.document "
        "join version_connections c on c.version = v.id "
        "where n.document = ? and d.id != n.document and r.is_incoming = 0 "
        f"and r.relation in ({','.join('?' * len(_ACTING))})",
        (document, *_ACTING),
    )
    return [dict(one) for one in found]


def _acts_among(row: Row, acting: Iterable[Row], namesakes: Iterable[Row]) -> list[Act]:
    """Return the acts on a document that follow from some relations and some other texts of a law."""
    if row["class"] in _REPORTS:
        return []
    subject = subject_of_row(row)
    made = [act for other in acting if (act := _act(other, row, subject))]
    made += _later_versions(namesakes, row, subject)
    return sorted(
        made, key=lambda act: (act.on or date.max, act.reason.document or "", act.reason.start or 0)
    )


def _act(other: Row, row: Row, subject: Subject) -> Act | None:
    """Return the act of one relation on a document, None when it means an older document of the same name."""
    issued, on = _issued(other), effective_of(other)
    if not _is_meant(other, row, subject, on or issued):
        return None
    reason = Reason(
        says=other["relation"],
        document=other["url"],
        version=other["number"],
        start=other["start"],
        end=other["end"],
        day=on,
    )
    return act_of(
        other["relation"], on=on, issued=issued, is_partial=bool(other["is_partial"]), is_end=bool(other["is_end"]),
        reason=reason, until=other["until"],
    )  # fmt: skip


def _is_meant(other: Row, row: Row, subject: Subject, on: date | None) -> bool:
    """Return whether a relation means this document rather than another of the same name."""
    if other["number_key"] and row["doc_number"]:
        return str(other["number_key"]) == number_key(row["doc_number"])
    return is_meant(
        stated=_day(other["stated_on"]), issued=subject.issued, on=on,
        is_other_work=bare_title(other["title"]) != bare_title(row["title"]),
    )  # fmt: skip


def _later_versions(namesakes: Iterable[Row], row: Row, subject: Subject) -> Iterator[Act]:
    """Yield the acts by which other texts of a law end this one.

    Their histories name this text's day and a later version.
    """
    if subject.issued is None or row["class"] not in _VERSIONED:
        return
    for other in namesakes:
        events = history(other["text"][:_HISTORY])
        if effect := effective_of(other):
            events.append(Event(day=effect, act="施行"))
        reason = Reason(says="replaces", document=other["url"], version=other["number"])
        if is_named(subject.issued, events) and (act := superseded(subject.issued, events, reason)):
            yield act


def _namesakes(db: sqlite3.Connection, document: int) -> list[Row]:
    """Return the other held texts of a law: documents of its title and class, the newest first."""
    marks = ",".join("?" * len(_VERSIONED))
    found = db.execute(
        "select distinct d.id, d.url, v.number, v.text, v.published_at, c.* from documents me "
        f"join version_connections own on own.version = me.current and own.class in ({marks}) "
        "cross join document_names n on n.kind = 'title' and n.document = me.id "
        "cross join document_names o on o.kind = 'title' and o.key = n.key and o.document != n.document "
        "join documents d on d.id = o.document join versions v on v.id = d.current "
        f"join version_connections c on c.version = v.id where me.id = ? and c.class in ({marks}) "
        "order by v.published_at desc, d.url limit 20",
        (*_VERSIONED, document, *_VERSIONED),
    )
    return [dict(one) for one in found]


def _tell(db: sqlite3.Connection, document: int, *, is_reading: bool) -> None:
    """Replace the events of a document's standing by those that follow from all that was learned of it.

    ``is_reading``: a text was only read again. What this shows for the first time is kept, and is not news.
    """
    acting, namesakes = _acting(db, document), _namesakes(db, document)
    own = _known(db, document)
    looks = _looks(db, [document, *(row["other"] for row in acting), *(row["id"] for row in namesakes)])
    known = list(_learned(db, document, own, looks, acting, namesakes)) if own else []
    made = [replace(turn, is_reading=turn.is_reading or is_reading) for turn in turns(known)]
    by = max((look["capture"] for look in looks), default=0)
    keep_turns(db, document, made, by=by)


def _looks(db: sqlite3.Connection, documents: Iterable[int]) -> list[sqlite3.Row]:
    """Return the looks that showed versions of some documents, in order, each by its last reading."""
    asked = json.dumps(sorted(set(documents)))
    return db.execute(
        "select r.document, c.captured_at, c.id as capture, r.version, r.card, v.cause = 'reading' or "
        "k.reader is not ? as is_reading from readings r join captures c on c.id = r.capture "
        "join versions v on v.id = r.version left join version_connections k on k.version = v.id where r.id in "
        "(select max(id) from readings where document in (select value from json_each(?)) and version is not null "
        "group by document, capture) order by c.captured_at, c.id",
        (RELATIONS_VERSION, asked),
    ).fetchall()


def _learned(
    db: sqlite3.Connection,
    document: int,
    own: Row,
    looks: Sequence[sqlite3.Row],
    acting: Sequence[Row],
    namesakes: Sequence[Row],
) -> Iterator[Known]:
    """Yield what was known of a document at each look that taught something of its standing, in order."""
    urls = {row["other"]: row["url"] for row in acting} | {row["id"]: row["url"] for row in namesakes}
    urls[document] = own["url"]
    waiting = _ends_ahead(own, acting, namesakes)
    shown: dict[int, int] = {}
    card: str | None = None
    carded_on: date | None = None
    for look in looks:
        is_own, day = look["document"] == document, date.fromisoformat(beijing_day(look["captured_at"]))
        is_new = shown.get(look["document"]) != look["version"]
        shown[look["document"]] = look["version"]
        is_seen = False
        if is_own and look["card"] is not None:
            is_seen = card != look["card"] or any(end <= day for end in waiting)
            waiting = [end for end in waiting if end > day]
            card, carded_on = look["card"], day
        if document not in shown or not (is_new or is_seen):
            continue
        row = _known(db, document, shown[document])
        if row is None:
            continue
        row = {**row, "card": card}
        acts = _acts_among(
            row,
            [one for one in acting if shown.get(one["other"]) == one["version"]],
            [one for one in namesakes if one["id"] in shown],
        )
        yield Known(
            at=look["captured_at"], capture=look["capture"], day=day, subject=subject_of_row(row), acts=acts,
            by=urls[look["document"]] if is_new else None, is_reading=bool(look["is_reading"]), carded_on=carded_on,
        )  # fmt: skip


def _ends_ahead(own: Row, acting: Iterable[Row], namesakes: Iterable[Row]) -> list[date]:
    """Return the days from which a card that is seen again may be out of date."""
    ends = [act.on for act in _acts_among(own, acting, namesakes) if act.on]
    expires = subject_of_row(own).expires
    return [*ends, *([expires + timedelta(days=1)] if expires else [])]


def unsettle(db: sqlite3.Connection, documents: Iterable[int] | None = None) -> None:
    """Mark documents to be settled again: those read by an older reader, or those given."""
    if documents is not None:
        db.executemany("insert or ignore into unsettled (document) values (?)", [(d,) for d in documents])
        return
    db.execute(
        "insert or ignore into unsettled (document) select d.id from documents d left join version_connections c "
        "on c.version = d.current where d.current is not null and (c.reader is null or c.reader != ?)",
        (RELATIONS_VERSION,),
    )
