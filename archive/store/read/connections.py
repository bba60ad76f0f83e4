"""The bases of a document, what rests on it, whether it is in force; and checks of reports."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from archive.relations.check import Held, Holding, Verdict, checked
from archive.relations.citations import Citation, citations
from archive.relations.grammar import bare_title, number_key
from archive.relations.graph import RELATIONS
from archive.relations.links import Relation
from archive.relations.standing import Act
from archive.relations.turns import CHANGED, CONTRADICTED
from archive.store.read.search import search
from archive.store.write.connections import acts_on, effective_of, subject_of_row
from archive.text.names import Succession, issuing_body, kin_of

# How many titles of a report that no document bears are sought in the texts.
_MOST_CLAIMS = 8
_MOST_NEAR = 60
_YEARS = range(1949, 2100)
# How many documents that cite in one way a page shows: a law may have tens of thousands.
_MOST_ON_A_PAGE = 30


def cites(db: sqlite3.Connection, document: int) -> dict[str, Any]:
    """Return a document's citations, the documents that cite it, its other addresses, and its standing."""
    return {
        "document": _document(db, document),
        "cites": _cites(db, document),
        "cited_by": _cited_by(db, document)[0],
        "works": _works(db, document),
        "standing": standing_of(db, document),
        "timeline": timeline_of(db, document),
        "deadlines": _deadlines(db, document),
        "bodies": bodies_after(db, document),
    }


def place_of(db: sqlite3.Connection, document: int, day: date | None = None) -> dict[str, Any]:
    """Return a document's place among the others for its page; reasons come with the words they rest on."""
    standing, told = standing_of(db, document, day), _turns(db, document, day)
    is_ended = standing["standing"] in ("repealed", "expired")
    if is_ended and not any(turn["kind"] == CONTRADICTED for turn in told):
        # The card was last seen before the end, or speaks of the law whose next text is held.
        standing["contradiction"] = None
    for reason in standing["because"]:
        reason["by"] = _named(db, _id_of(db, reason.get("document")))
        reason["quoted"] = _quoted(db, reason)
    cited_by, left_out = _cited_by(db, document, _MOST_ON_A_PAGE)
    return {
        "standing": standing,
        "timeline": timeline_of(db, document),
        "turns": told,
        "cites": _cites(db, document),
        "cited_by": cited_by,
        "left_out": left_out,
        "deadlines": _deadlines(db, document),
        "bodies": bodies_after(db, document),
        "clauses": _clauses(db, document),
    }


def bodies_after(db: sqlite3.Connection, document: int) -> list[Succession]:
    """Return the successors of the body that issued a document. They end no document."""
    row = db.execute(
        "select d.issuer, d.title, iif(d.role = 'original', d.publisher, null) as publisher, d.published_at "
        "from documents d where d.id = ?",
        (document,),
    ).fetchone()
    body = issuing_body(row["issuer"], row["title"], row["publisher"])
    if body is None:
        return []
    day = (row["published_at"] or "")[:7]
    found = (kin.by[-1] for kin in kin_of(body) if kin.is_later)
    return [step for step in found if step.month is None or step.month >= day]


def _id_of(db: sqlite3.Connection, url: str | None) -> int | None:
    row = db.execute("select id from documents where url = ?", (url,)).fetchone()
    return int(row[0]) if row else None


def _quoted(db: sqlite3.Connection, reason: dict[str, Any]) -> str | None:
    if "start" not in reason:
        return None
    row = db.execute(
        "select substr(v.text, ?, ?) from versions v join documents d on d.id = v.document where d.url = ? and v.number = ?",
        (
            reason["start"] + 1,
            min(120, reason["end"] - reason["start"]),
            reason["document"],
            reason["version"],
        ),
    ).fetchone()
    return " ".join(row[0].split()) if row else None


def _clauses(db: sqlite3.Connection, document: int) -> list[dict[str, Any]]:
    rows = db.execute(
        "select c.path, c.level, c.heading from version_clauses c join documents d on d.current = c.version "
        "where d.id = ? order by c.position",
        (document,),
    )
    return [dict(row) for row in rows]


def _document(db: sqlite3.Connection, document: int) -> dict[str, Any]:
    row = db.execute(
        "select document, url, title, doc_number, version, published_on, class from latest where document = ?",
        (document,),
    ).fetchone()
    return dict(row)


def _cites(db: sqlite3.Connection, document: int) -> list[dict[str, Any]]:
    kinds = {
        (row["start"], row["end"]): row
        for row in db.execute(
            'select r.relation, r.start, r."end", r.is_incoming from relations r join documents d on d.current = r.version_id '
            "where d.id = ?",
            (document,),
        )
    }
    own = {
        row[0]
        for row in db.execute(
            "select key from document_names where document = ? and kind = 'title'", (document,)
        )
    }
    rows = db.execute(
        'select c.start, c."end", c.text, c.kind, c.cited_title, c.cited_number, c.cited_articles, c.target '
        "from citations c join documents d on d.current = c.version_id where d.id = ? and c.kind != 'article' order by c.start",
        (document,),
    ).fetchall()
    found = []
    for row in rows:
        said = kinds.get((row["start"], row["end"]))
        found.append(
            dict(row)
            | {
                "cited_articles": json.loads(row["cited_articles"]),
                "relation": said["relation"] if said else "cites",
                "incoming": bool(said["is_incoming"]) if said else False,
                "target": _named(db, row["target"]),
                "within": bool(
                    said and said["relation"] == "issues" and bare_title(row["cited_title"] or "") in own
                ),
            }
        )
    return [*_by_title(db, document), *found]


def _by_title(db: sqlite3.Connection, document: int) -> list[dict[str, Any]]:
    """Return the acts stated only by a document's title: its text has no place for them."""
    rows = db.execute(
        "select r.relation, r.other_title, r.other_number, r.other from relations r join documents d "
        "on d.current = r.version_id where d.id = ? and r.start is null and r.relation != 'issues'",
        (document,),
    )
    return [
        {
            "start": None, "end": None, "text": row["other_title"] or row["other_number"], "kind": "title",
            "cited_title": row["other_title"], "cited_number": row["other_number"], "cited_articles": [],
            "relation": row["relation"], "incoming": False, "target": _named(db, row["other"]), "within": False,
        }
        for row in rows
    ]  # fmt: skip


def _named(db: sqlite3.Connection, document: int | None) -> dict[str, Any] | None:
    if document is None:
        return None
    row = db.execute(
        "select d.id as document, d.url, v.title, v.doc_number, d.published_at from documents d "
        "join versions v on v.id = d.current where d.id = ?",
        (document,),
    ).fetchone()
    return dict(row) if row else None


_OF_NAME = (
    "select v.document, d.url, v.title, v.doc_number, d.published_at, v.number as version, r.relation, r.start, "
    'r."end", r.is_incoming from version_relations r join versions v on v.id = r.version '
    "join documents d on d.current = v.id where r.{column} = :key and r.relation = :relation "
    "and v.document != :document {only} order by r.version desc limit :most"
)
# A title means the document only where no number decides; and a text does not cite by its own title.
_BY_TITLE = (
    "and r.number_key is null and (r.relation in ('repeals', 'replaces', 'amends', 'extends') or not exists "
    "(select 1 from document_names s where s.document = v.document and s.kind = 'title' and s.key = r.title_key))"
)
_OWN_NAMES = (
    "select key, kind from document_names n where document = ? and (kind = 'number' or not exists (select 1 from "
    "document_names o where o.kind = 'title' and o.key = n.key and o.number_key != n.number_key))"
)


def _cited_by(db: sqlite3.Connection, document: int, most: int = -1) -> tuple[list[dict[str, Any]], int]:
    """Return what other documents' current versions do to this one, newest first.

    ``most`` limits each relation under each name to the last kept; the second value is the greatest number of
    others.
    """
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    left_out = 0
    for key, kind in db.execute(_OWN_NAMES, (document,)).fetchall():
        column, only = ("number_key", "") if kind == "number" else ("title_key", _BY_TITLE)
        for relation in RELATIONS:
            told = {"key": key, "relation": relation, "document": document, "most": most}
            rows = db.execute(_OF_NAME.format(column=column, only=only), told).fetchall()
            more = {"by_number": kind == "number"}
            found |= {
                tuple(row): dict(row) | {"is_incoming": bool(row["is_incoming"])} | more for row in rows
            }
            if len(rows) == most:
                count = (
                    f"select count(*) from version_relations where {column} = :key and relation = :relation"
                )
                left_out += int(db.execute(count, told).fetchone()[0]) - most
    first = sorted(found.values(), key=lambda row: (row["url"], -1 if row["start"] is None else row["start"]))
    return sorted(first, key=lambda row: row["published_at"] or "", reverse=True), left_out


def _works(db: sqlite3.Connection, document: int) -> list[dict[str, Any]]:
    rows = db.execute(
        "select o.document, o.url, o.site, o.publisher, o.is_issuer from work_documents w join works o on o.work = w.work "
        "where w.document = ? and o.document != w.document order by o.is_issuer desc, o.url",
        (document,),
    )
    return [dict(row) | {"is_issuer": bool(row["is_issuer"])} for row in rows]


def standing_of(db: sqlite3.Connection, document: int, day: date | None = None) -> dict[str, Any]:
    """Return a document's standing on a day, by default today in Beijing; ``unknown`` where none is kept."""
    if day is None:
        row = db.execute("select * from standings where document = ?", (document,)).fetchone()
    else:
        row = db.execute(
            "select document, standing, since, until, effective_from, expires_on, because, contradiction from standing_spans "
            "where document = ? and (since is null or since <= ?) and (until is null or until > ?)",
            (document, day.isoformat(), day.isoformat()),
        ).fetchone()
    if row is None:
        return {
            "standing": "unknown",
            "since": None,
            "until": None,
            "effective_from": None,
            "expires_on": None,
            "because": [],
        }
    return dict(row) | {"because": json.loads(row["because"])}


def timeline_of(db: sqlite3.Connection, document: int) -> list[dict[str, Any]]:
    """Return a document's standings in order."""
    rows = db.execute(
        "select standing, since, until, because from standing_spans where document = ? order by position",
        (document,),
    )
    return [dict(row) | {"because": json.loads(row["because"])} for row in rows]


def _turns(db: sqlite3.Connection, document: int, day: date | None) -> list[dict[str, Any]]:
    """Return the events of a document's standing until a day, newest first.

    Each comes with the document it was learned from.
    """
    rows = db.execute(
        "select kind, happened_at, details from events where document = ? and kind in (?, ?) "
        "and date(happened_at, '+8 hours') <= ? order by happened_at desc, id desc",
        (document, CHANGED, CONTRADICTED, day.isoformat() if day else "9999"),
    ).fetchall()
    found = [dict(row) | {"details": json.loads(row["details"])} for row in rows]
    return [one | {"by": _named(db, _id_of(db, one["details"].get("by")))} for one in found]


def _deadlines(db: sqlite3.Connection, document: int) -> list[dict[str, Any]]:
    row = db.execute(
        "select c.deadlines from documents d join version_connections c on c.version = d.current where d.id = ?",
        (document,),
    ).fetchone()
    return json.loads(row[0]) if row else []


def check(db: sqlite3.Connection, text: str, day: date) -> list[Verdict]:
    """Return a verdict on every citation of a report, compared with the held documents it cites."""
    return checked(text, holding_for(db, text), day)


def holding_for(db: sqlite3.Connection, text: str) -> Holding:
    """Return the documents that a report's citations may mean: by number, name, ending act, or words."""
    found = citations(text)
    documents = _candidates(db, found) | _by_words(db, text) | _by_claims(db, text, found)
    held = [made for document in sorted(documents) if (made := _held(db, document))]
    return Holding([made for made, _ in held], _Acts(db, {made.key: document for made, document in held}))


class _Acts(Mapping[str, list[Act]]):
    """The acts of other documents on a candidate, looked up when asked for: few are named."""

    def __init__(self, db: sqlite3.Connection, documents: dict[str, int]) -> None:
        self._db, self._documents = db, documents

    def __getitem__(self, key: str) -> list[Act]:
        return acts_on(self._db, self._documents[key])

    def __iter__(self) -> Iterator[str]:
        return iter(self._documents)

    def __len__(self) -> int:
        return len(self._documents)


def _candidates(db: sqlite3.Connection, found: Sequence[Citation]) -> set[int]:
    documents: set[int] = set()
    for citation in found:
        title = citation.stands_for or citation.title
        if citation.number:
            documents |= _numbered(db, number_key(citation.number))
        if title and bare_title(title):
            documents |= _ids(
                db, "select document from document_names where kind = 'title' and key = ?", bare_title(title)
            )
            documents |= _ids(
                db,
                "select v.document from version_relations r join versions v on v.id = r.version where r.title_key = ? and r.is_end",
                bare_title(title),
            )
    return documents


def _by_words(db: sqlite3.Connection, text: str) -> set[int]:
    """Return the documents that contain what a report quotes.

    A name that is not held may mean one of them.
    """
    documents: set[int] = set()
    for quoted in dict.fromkeys(re.findall(r"[“「\"]([^“”「」\"\n]{10,200})[”」\"]", text)):
        documents |= {hit.document for hit in search(db, f'"{quoted}"', limit=3)}
        if len(documents) > _MOST_NEAR:
            break
    return documents


def _by_claims(db: sqlite3.Connection, text: str, found: Sequence[Citation]) -> set[int]:
    """Return the documents that contain what a report claims of titles that no document bears.

    One of them may be meant.
    """
    unknown = [c for c in found if c.title and not c.is_own and not _bears(db, c.stands_for or c.title)]
    documents: set[int] = set()
    for citation in unknown[:_MOST_CLAIMS]:
        behind = re.sub(r"^[^，,。；\n]{0,14}[，,：:]", "", text[citation.end : citation.end + 120])
        said = re.match(r"[\u3400-\u9fff]{10,40}", behind)
        documents |= {hit.document for hit in search(db, f'"{said[0]}"', limit=3)} if said else set()
    return documents


def _bears(db: sqlite3.Connection, title: str) -> bool:
    """Say whether a document of a title is held."""
    row = db.execute(
        "select 1 from document_names where kind = 'title' and key = ? limit 1", (bare_title(title),)
    ).fetchone()
    return row is not None


def _ids(db: sqlite3.Connection, statement: str, *values: Any) -> set[int]:
    return {row[0] for row in db.execute(f"{statement} limit {_MOST_NEAR}", values)}


def _numbered(db: sqlite3.Connection, key: str) -> set[int]:
    """Return the documents with a number, those that end it, and those with another year or count."""
    documents = _ids(db, "select document from document_names where kind = 'number' and key = ?", key)
    documents |= _ids(
        db,
        "select v.document from version_relations r join versions v on v.id = r.version where r.number_key = ? and r.is_end",
        key,
    )
    if match := re.fullmatch(r"(.+?)〔(\d{4})〕(\d+)号", key):
        prefix, year, count = match.groups()
        documents |= _between(db, f"{prefix}〔{year}〕")
        # Looked up one by one: an office may have given a hundred thousand numbers.
        years = json.dumps([f"{prefix}〔{other}〕{count}号" for other in _YEARS], ensure_ascii=False)
        documents |= _ids(
            db,
            "select n.document from json_each(?) e cross join document_names n on n.key = e.value and n.kind = 'number'",
            years,
        )
    elif match := re.fullmatch(r"(.+?公告)(\d{4})年第(\d+)号", key):
        body, year, count = match.groups()
        documents |= _between(db, f"{body}{year}年")
        documents |= _between(db, body, f"第{count}号")
    elif match := re.search(r"(?:令|公告).*?(\d+)号$", key):
        documents |= _ids(
            db, "select document from document_names where kind = 'number' and key like ?", f"%{match[0]}"
        )
    return documents


def _between(db: sqlite3.Connection, prefix: str, ending: str = "") -> set[int]:
    return _ids(
        db,
        "select document from document_names where kind = 'number' and key >= ? and key < ? and key like ?",
        prefix,
        prefix + "\uffff",
        f"%{ending}",
    )


def _held(db: sqlite3.Connection, document: int) -> tuple[Held, int] | None:
    row = db.execute(
        "select v.id, v.number, v.title, v.text, v.published_at, v.doc_number, d.url, c.* from documents d "
        "join versions v on v.id = d.current join version_connections c on c.version = v.id where d.id = ?",
        (document,),
    ).fetchone()
    if row is None:
        return None
    subject = subject_of_row(row)
    names = db.execute("select key from document_names where document = ? and kind = 'title'", (document,))
    on = effective_of(row)
    ends = tuple((relation, own or on) for relation, own in _ends(db, row["id"]))
    made = Held(
        key=row["url"], title=row["title"], number=row["doc_number"], text=row["text"], version=row["number"],
        published=subject.issued, names=frozenset(name[0] for name in names), subject=subject, ends=ends,
    )  # fmt: skip
    return made, document


def _ends(db: sqlite3.Connection, version: int) -> Iterable[tuple[Relation, date | None]]:
    """Yield the ends that a version brings about, each with its own effective day, if it has one."""
    rows = db.execute(
        "select * from version_relations where version = ? and is_end order by position", (version,)
    )
    for row in rows:
        made = Relation(
            kind=row["relation"], title=row["other_title"], number=row["other_number"], start=row["start"], end=row["end"],
            is_partial=bool(row["is_partial"]), is_end=True,
        )  # fmt: skip
        yield made, date.fromisoformat(row["until"]) if row["until"] else None
