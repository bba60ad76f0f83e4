"""Documents and what is kept in step with them: addresses, current version, works, cards, titles.

A document is known by its canonical address, and its current version is that of its last sighting. An
authority may put a new document at an old address. Versions that share neither title nor number nor a good
part of the text are different **works**. A notice of repeal (废止) is not another work: it is what the same
page says of itself, so an edit.

Two kinds of claims are kept with readings and not with versions. A **card** of an official document (政府信息公开:
成文日期, 主题分类, 有效性 …) may change while the text stays the same; a changed card is an event. A **doubted title**
is a title that the page bears and that is not believed. It is kept in the reading's ``found``, and is
believed once it was kept a day before. Spam is never believed without a person.

Each look at an article is also counted for its crawl. The numbers of articles seen and missed are part of the
crawl's verdict.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from archive.clock import later
from archive.errors import NotCanonical
from archive.model import Article, Outcome, Role, Site, TitleEvidence
from archive.state import PRESENT, DerivedEvent
from archive.store.file.captures import add_event_of_look, asked_url
from archive.text import fold
from archive.trust import TITLE_QUARANTINED
from archive.trust.judgement import RELEASE_AFTER, strange_title_of
from archive.trust.signs import change_signs
from archive.urls import canonical_url, first_part, is_attachment, role_of

CARD_CHANGED = "card_changed"
_LAST = (
    "select r.card from readings r join captures c on c.id = r.capture where {} = ? and r.card is not null "
    "and c.captured_at <= ? order by c.captured_at desc, r.id desc limit 1"
)
_EVER = "9"
TITLE_PUT_ASIDE = "title_quarantined"
_DOUBTED_TITLE = "said_title"


def document_url(db: sqlite3.Connection, capture: sqlite3.Row, declared: Site | None) -> str | None:
    """Return the address of the document a capture shows, None where it names none.

    It is the canonical form of the address asked first, whatever the page claims and wherever that address
    led.
    """
    asked = capture["url"]
    if capture["redirected_from"] is not None:
        asked = asked_url(db, capture["id"])
    try:
        return first_part(asked, declared) if declared else canonical_url(asked)
    except NotCanonical:
        return None


def ensure_document(db: sqlite3.Connection, *, url: str, site: str, declared: Site | None, at: str) -> int:
    """Return the document known by a canonical address; add it when it is not held.

    Its first sighting is the earliest known moment. A look that saw nothing and is learned of late counts,
    too.
    """
    row = db.execute("select id, first_seen from documents where url = ?", (url,)).fetchone()
    if row:
        if at < row["first_seen"]:
            db.execute(
                "update documents set first_seen = :at, last_seen = iif(state = 'unreachable' and last_seen = first_seen, "
                ":at, last_seen) where id = :document",
                {"at": at, "document": row["id"]},
            )
        return int(row["id"])
    made = db.execute(
        "insert into documents (site, publisher, url, role, kind, state, first_seen, last_seen) "
        "values (?, ?, ?, ?, ?, 'unreachable', ?, ?)",
        (
            site,
            declared.publisher if declared else site,
            url,
            role_of(url, declared) if declared else Role.UNKNOWN,
            "file" if declared and is_attachment(url, declared) else "article",
            at,
            at,
        ),
    )
    assert made.lastrowid is not None
    return made.lastrowid


def note_address(db: sqlite3.Connection, document: int, url: str, at: str) -> None:
    """Note that a document was seen at an address, and widen the time span of that address."""
    db.execute(
        'insert into addresses (document, url, "from", "to") values (?, ?, ?, ?) on conflict (document, url) '
        'do update set "from" = min("from", excluded."from"), "to" = max("to", excluded."to")',
        (document, url, at, at),
    )


def note_sighting(db: sqlite3.Connection, document: int, capture: sqlite3.Row) -> None:
    """Note the addresses of a sighting: the address that showed the document, and the one that led there."""
    note_address(db, document, capture["url"], capture["captured_at"])
    if capture["redirected_from"] is not None:
        note_address(db, document, asked_url(db, capture["id"]), capture["captured_at"])


def derive_addresses(db: sqlite3.Connection, document: int) -> None:
    """Derive again the addresses at which the looks at a document saw it."""
    db.execute("delete from addresses where document = ?", (document,))
    for row in db.execute(
        "select distinct c.* from readings r join captures c on c.id = r.capture where r.document = ? "
        "and r.version is not null and c.kind = 'article'",
        (document,),
    ).fetchall():
        note_sighting(db, document, row)


def is_known_unstable(db: sqlite3.Connection, document: int) -> bool:
    """Return whether an event says that a document alternates between two wordings."""
    row = db.execute("select 1 from events where document = ? and kind = 'unstable' limit 1", (document,))
    return row.fetchone() is not None


def set_current_version(db: sqlite3.Connection, document: int, version: int) -> None:
    """Make the version of the latest look the current one.

    Where files are linked, the version of the last sighting becomes the current one.
    """
    linked = db.execute("select 1 from attachments where version = ? limit 1", (version,)).fetchone()
    if linked:
        derive_current_version(db, document)
        return
    db.execute(
        "update documents set current = ?, versions = (select count(*) from versions where document = ?) where id = ?",
        (version, document, document),
    )


def derive_current_version(db: sqlite3.Connection, document: int) -> None:
    """Make the version of the last sighting, of the page or of an attached file, the current one."""
    db.execute(
        "update documents set current = (select r.version from readings r join captures c on c.id = r.capture "
        "  where r.document = :document and r.version is not null order by c.captured_at desc, r.id desc limit 1), "
        "versions = (select count(*) from versions where document = :document) where id = :document",
        {"document": document},
    )


def works(db: sqlite3.Connection, document: int, versions: Sequence[int]) -> dict[int, tuple[int, bool]]:
    """Return for each version its work (named by its first version) and whether it looks like an article.

    ``versions``: in the order in which they were seen. The result is empty while all bear one title: then
    there is one work.
    """
    titles = db.execute(
        "select count(distinct title) from versions where document = ?", (document,)
    ).fetchone()
    if titles[0] < 2:
        return {}
    rows = {
        version: db.execute("select * from versions where id = ?", (version,)).fetchone()
        for version in dict.fromkeys(versions)
    }
    work_of: dict[int, int] = {}
    for version, row in rows.items():
        # The nearest version first: a work that was edited often may share nothing with its beginning.
        like = next((known for known in reversed(work_of) if is_same_work(rows[known], row)), None)
        work_of[version] = version if like is None else work_of[like]
    return {version: (work, _is_an_article(rows[version])) for version, work in work_of.items()}


def is_same_work(one: sqlite3.Row, other: sqlite3.Row) -> bool:
    """Return whether two versions share a title, a document number, or a good part of the text."""
    if fold(one["title"]) == fold(other["title"]):
        return True
    if one["doc_number"] and one["doc_number"] == other["doc_number"]:
        return True
    return "body_replaced" not in change_signs(other["text"], one["text"])


def _is_an_article(row: sqlite3.Row) -> bool:
    return bool(row["published_at"] or row["doc_number"] or row["source_line"])


def note_look(db: sqlite3.Connection, document: int, capture: sqlite3.Row, outcome: Outcome) -> None:
    """Count a look at an article for its crawl, as seen or as missed.

    A document is missed where the look before showed it and this one does not.
    """
    is_missed = outcome is Outcome.GONE and _was_shown_before(db, document, capture["crawl"])
    if not (is_missed or outcome in PRESENT):
        return
    db.execute(
        "insert into crawl_looks (crawl, missed, seen) values (?, ?, ?) on conflict (crawl) "
        "do update set missed = missed + excluded.missed, seen = seen + excluded.seen",
        (capture["crawl"], int(is_missed), int(not is_missed)),
    )


def _was_shown_before(db: sqlite3.Connection, document: int, crawl: int) -> bool:
    row = db.execute(
        "select r.version from readings r join captures c on c.id = r.capture where r.document = ? and c.crawl < ? "
        "order by c.captured_at desc, r.id desc limit 1",
        (document, crawl),
    ).fetchone()
    return row is not None and row["version"] is not None


def card_json(article: Article) -> str:
    """Return an article's card as a reading keeps it: for each name its value and its place in the page."""
    fields = {
        name: {"value": value, "where": article.evidence.get(name, "")}
        for name, value in article.card.items()
    }
    return json.dumps(fields, ensure_ascii=False)


def note_card_change(db: sqlite3.Connection, document: int, capture: sqlite3.Row, card: str) -> None:
    """Add an event when a card differs from the one before. Write the reading after this."""
    row = db.execute(_LAST.format("r.document"), (document, capture["captured_at"])).fetchone()
    if row is None:
        return
    old, new = (_values(json.loads(text)) for text in (row[0], card))
    changed = _changed(old, new)
    if changed:
        add_event_of_look(db, CARD_CHANGED, document, capture, changed)


def card_events(db: sqlite3.Connection, document: int) -> list[DerivedEvent]:
    """Return the events of a document's card that follow from its looks, in order."""
    rows = db.execute(
        "select c.id, c.captured_at, r.card from readings r join captures c on c.id = r.capture where r.id in "
        "(select max(s.id) from readings s where s.document = ? and s.card is not null group by s.capture) "
        "order by c.captured_at, c.id",
        (document,),
    ).fetchall()
    cards = [(row["id"], row["captured_at"], _values(json.loads(row["card"]))) for row in rows]
    return [
        DerivedEvent(kind=CARD_CHANGED, at=at, capture=capture, details=dict(changed))
        for (_, _, old), (capture, at, new) in pairwise(cards)
        if (changed := _changed(old, new))
    ]


def card_at(db: sqlite3.Connection, version: int | None, *, until: str = _EVER) -> dict[str, Any]:
    """Return the card last read beside a version by a moment: for each name its value and its place.

    It is empty for a page without a card, and for readings by a yuanben that kept no cards.
    """
    row = db.execute(_LAST.format("r.version"), (version, until)).fetchone()
    return dict(json.loads(row[0])) if row else {}


def _changed(old: dict[str, str], new: dict[str, str]) -> dict[str, list[str | None]]:
    return {n: [old.get(n), new.get(n)] for n in {**old, **new} if old.get(n) != new.get(n)}


def _values(card: dict[str, Any]) -> dict[str, str]:
    return {name: field["value"] for name, field in card.items()}


def name_in_list(db: sqlite3.Connection, url: str) -> str:
    """Return the words under which a list first linked to a file, "" where no list did."""
    row = db.execute("select name from list_names where url = ?", (url,)).fetchone()
    return str(row[0]) if row else ""


def title_evidence_of(
    db: sqlite3.Connection, document: int | None, capture: sqlite3.Row, *, listed_as: str
) -> TitleEvidence:
    """Return the evidence on the title of a captured page.

    It consists of the title of the version before, the words of its list, and those of its doubted titles
    that were kept long enough.
    """
    if document is None:
        return TitleEvidence(listed_as=listed_as)
    at: str = capture["captured_at"]
    before = db.execute(
        "select v.title, v.text from readings r join captures c on c.id = r.capture "
        "join versions v on v.id = r.version where r.document = ? and c.id != ? and c.captured_at <= ? "
        "order by c.captured_at desc, r.id desc limit 1",
        (document, capture["id"], at),
    ).fetchone()
    rested = db.execute(
        f"select distinct json_extract(r.found, '$.{_DOUBTED_TITLE}') from readings r join captures c on c.id = r.capture "
        f"where r.document = ? and r.version is not null and json_extract(r.found, '$.{_DOUBTED_TITLE}') is not null "
        "and c.captured_at <= ?",
        (document, later(at, -RELEASE_AFTER)),
    )
    return TitleEvidence(
        title=before["title"] if before else None,
        text=before["text"] if before else "",
        listed_as=listed_as,
        rested=frozenset(row[0] for row in rested),
    )


def title_put_aside(article: Article) -> str | None:
    """Return the page's title where it was not believed, as its reading keeps it; None where it was."""
    return doubted_title_json(article) if {TITLE_QUARANTINED, "spam_title"} & set(article.flags) else None


def doubted_title_json(article: Article) -> str | None:
    """Return the title of an article that was put aside, as a reading keeps it."""
    title = strange_title_of(article)
    return None if title is None else json.dumps({_DOUBTED_TITLE: title}, ensure_ascii=False)


def doubted_title(found: str | None) -> str | None:
    """Return the doubted title of a reading's page, None where there is none."""
    return json.loads(found).get(_DOUBTED_TITLE) if found and _DOUBTED_TITLE in found else None


def note_doubted_title(
    db: sqlite3.Connection, document: int, capture: sqlite3.Row, found: str, kept: str
) -> None:
    """Add an event for a title that was put aside and that the look before did not show.

    Call this before the reading is written.
    """
    before = db.execute(
        "select r.found from readings r join captures c on c.id = r.capture where r.document = ? "
        "and r.version is not null and c.kind = 'article' and c.status != 304 and c.captured_at <= ? "
        "order by c.captured_at desc, r.id desc limit 1",
        (document, capture["captured_at"]),
    ).fetchone()
    title = doubted_title(found)
    if title == kept or (before and doubted_title(before["found"]) == title):
        return
    add_event_of_look(db, TITLE_PUT_ASIDE, document, capture, {"said": title, "kept": kept})


def title_events(db: sqlite3.Connection, document: int) -> list[DerivedEvent]:
    """Return the events of a document's titles that follow from its looks, in order."""
    rows = db.execute(
        "select c.id, c.captured_at, r.found, r.again, v.title from readings r join captures c on c.id = r.capture "
        "join versions v on v.id = r.version where c.kind = 'article' and c.status != 304 and r.id in "
        "(select max(s.id) from readings s where s.document = ? and s.version is not null group by s.capture) "
        "order by c.captured_at, c.id",
        (document,),
    )
    news, before = list[DerivedEvent](), None
    for row in rows:
        title = doubted_title(row["found"])
        if title not in (None, before, row["title"]):
            details = {"said": title, "kept": row["title"]}
            news.append(
                DerivedEvent(kind=TITLE_PUT_ASIDE, at=row["captured_at"], capture=row["id"], details=details)
            )
        before = title
    return news
