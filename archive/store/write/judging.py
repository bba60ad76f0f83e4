"""Whether an article may become the text of its document, by what the archive knows of that document.

One weak sign only flags. Two independent signs quarantine, until a person releases that state. A text that
shrank to less than half, or a text altogether different, is released by a second sighting at least a day
after the first. One look cannot distinguish a new work at an old address from an accident or a foreign body.
A text that the document showed before does not wait.

When an earlier look becomes known, ``Judging`` decides again. Readings that come out otherwise are put aside,
and are written as they would have been had everything come in the order of its time. What a crawl of ours has
shown stays; only what came out of files is taken back.

The last part finds **soft 404s** without a request. A server that answers 200 with its home page, or with
页面不见了 in words nobody foresaw, gives the same page for every article it has lost. But an article posted at
three addresses is also the same there. Two signs distinguish the soft 404: the page took another text's
place, or it is short and shows no date, number or source. Addresses that differ only in the query count as
one.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit

from archive import CHEAP
from archive.digests import prepare
from archive.model import Article, Cause, Link, Outcome, Prepared, ReadingResult, Removed, Site, blocks_from
from archive.store.file.queue import REASON as REPEATED_UNHELD
from archive.store.write import breaker, works
from archive.store.write.attachments import Editions
from archive.store.write.breaker import word_on_state
from archive.store.write.comparisons import compare_new
from archive.store.write.documents import (
    card_json,
    document_url,
    doubted_title,
    doubted_title_json,
    name_in_list,
)
from archive.store.write.ledger import Ledger, Reading
from archive.store.write.looks import flags_of_page, looks_of
from archive.store.write.versions import (
    article_of,
    ensure_version,
    file_url,
    files_at,
    put_readings_aside,
    put_versions_aside,
)
from archive.trust.judgement import (
    Judgement,
    Page,
    judge,
    may_be_released,
    own_article,
    strange_title_of,
    waits_for,
)

OTHER_TEXT = "body_replaced"
_READINGS = (
    "select r.*, c.captured_at, c.url, c.origin, c.status, exists (select 1 from repeats p where p.capture = c.id) as was_given "
    "from readings r join captures c on c.id = r.capture where r.document = ? and c.kind = 'article' "
    "and coalesce(r.reason, '') != ? order by c.captured_at, c.id, r.id"
)
_MAY_DIFFER = (
    "select (select count(*) > 1 from (select distinct title, text_digest from versions where document = :document)) "
    "or exists (select 1 from readings where document = :document and outcome = 'quarantined') "
    "or exists (select 1 from readings where document = :document and version is not null and found is not null)"
)
_IS_HELD_BY_MORE = (
    "select exists (select 1 from events where document = :document and kind = 'review') "
    "or exists (select 1 from readings r join parts p on r.capture in (p.capture, p.fetched) where r.document = :document)"
)
# The same page at so many addresses of one site is no article.
LEAST = 3
# A page shown in an article's place has fewer characters than this.
SHORT = 200
_LOOKED_AT = 30
# Only the newest captures of a payload are examined: a page may be at ten thousand addresses.
_GONE_THROUGH = 500


def reason_for_quarantine(
    db: sqlite3.Connection, document: int, captured_at: str, reading_result: ReadingResult
) -> str | None:
    """Return why a page must wait, None when it may become a version."""
    if (
        reading_result.prepared is None
        or word_on_state(db, document, reading_result.prepared.state_digest) == "accept"
    ):
        return None
    if not reading_result.trusted:
        return ", ".join(reading_result.signs)
    reasons = waits_for(reading_result.signs)
    if not reasons or was_shown_before(db, document, captured_at, reading_result.prepared.state_digest):
        return None
    looks = looks_that_waited(db, document, captured_at, reading_result.prepared.state_digest)
    rested = looks and may_be_released(looks[0]["captured_at"], captured_at)
    return None if rested else reasons


def looks_that_waited(db: sqlite3.Connection, document: int, until: str, state: str) -> list[sqlite3.Row]:
    """Return the quarantined readings of a document that showed a state up to a moment, oldest first."""
    return db.execute(
        "select r.*, c.captured_at from readings r join captures c on c.id = r.capture where r.document = ? "
        "and r.outcome = 'quarantined' and c.captured_at < ? "
        "and json_extract(r.found, '$.prepared.state_digest') = ? order by c.captured_at, c.id, r.id",
        (document, until, state),
    ).fetchall()


def was_shown_before(db: sqlite3.Connection, document: int, until: str, state: str) -> bool:
    """Return whether a document showed a state before a moment."""
    row = db.execute(
        "select 1 from versions v join readings r on r.version = v.id join captures c on c.id = r.capture "
        "where v.document = ? and coalesce(v.page_digest, v.state_digest) = ? and c.captured_at < ? limit 1",
        (document, state, until),
    ).fetchone()
    return row is not None


def quarantined_json(article: Article, prepared: Prepared) -> str:
    """Return a quarantined article as its reading keeps it, with what was derived from it."""
    return json.dumps({"article": asdict(article), "prepared": asdict(prepared)}, ensure_ascii=False)


def quarantined_article(found: str) -> tuple[Article, Prepared]:
    """Return the article that a quarantined reading holds, as the reader handed it over."""
    held: dict[str, Any] = json.loads(found)
    article = held["article"]
    links = tuple(Link(**link) for link in article["attachments"])
    removed = tuple(Removed(**block) for block in article["removed"])
    # An article that an older yuanben quarantined has no branches.
    plain = {name: tuple(article.get(name, ())) for name in ("next_pages", "flags", "branches")}
    made = {"attachments": links, "removed": removed, "blocks": blocks_from(article.get("blocks", ()))}
    return Article(**{**article, **plain, **made}), Prepared(**held["prepared"])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """A page and its kept readings."""

    page: Page
    rows: list[sqlite3.Row]
    card: str | None
    prepared: Prepared | None


class Judging:
    """The judgements of one archive's documents. Writes belong inside the caller's transaction."""

    def __init__(
        self,
        db: sqlite3.Connection,
        ledger: Ledger,
        editions: Editions,
        now: Callable[[], str],
    ) -> None:
        self._db = db
        self._ledger = ledger
        self._editions = editions
        self._now = now

    def rejudge(self, document: int, *, by: int) -> None:
        """Judge a document again by all its looks. ``by``: the capture learned of last.

        A person's decisions on a document, and articles of several pages, stay as they are.
        """
        about = {"document": document}
        if not self._db.execute(_MAY_DIFFER, about).fetchone()[0]:
            return
        if self._db.execute(_IS_HELD_BY_MORE, about).fetchone()[0]:
            return
        rows = self._db.execute(_READINGS, (document, REPEATED_UNHELD)).fetchall()
        groups = [list(group) for _, group in groupby(rows, key=lambda row: row["capture"])]
        looks = {look.page.capture: look for group in groups if (look := self._look(group)) is not None}
        changed = [
            judgement
            for judgement in judge(look.page for look in looks.values())
            if not judgement.is_as_recorded
        ]
        if not changed:
            return
        before = looks_of(self._db, document)
        hanging = self._ledger.states.dependents_of(document)
        for judgement in changed:
            self._write(document, judgement, looks[judgement.page.capture], by)
        self._follow(document, groups, by)
        self._editions.set_aside(document, by=by)
        put_versions_aside(self._db, document, by=by)
        self._ledger.rederive(document, before, hanging, by=by)
        works.tie(self._db, document, at=self._now())

    def _look(self, rows: list[sqlite3.Row]) -> _Look | None:
        waited = next((row for row in rows if _holds_article(row)), None)
        shown = next((row for row in reversed(rows) if row["version"] is not None), None)
        if rows[0]["status"] == 304 or (waited is None and shown is None):
            return None
        version = self._db.execute(
            "select * from versions where id = ?", (shown["version"] if shown else None,)
        ).fetchone()
        article, prepared = (
            quarantined_article(waited["found"])
            if waited is not None
            else (article_of(self._db, version), None)
        )
        own_title = (
            strange_title_of(article)
            if waited is not None
            else doubted_title(shown["found"] if shown else None)
        )
        state = prepared.state_digest if prepared else version["page_digest"] or version["state_digest"]
        row = waited if waited is not None else shown
        assert row is not None
        flags = tuple(json.loads((shown or row)["flags"]))
        is_settled = _is_settled(rows, shown)
        plain = replace(article, flags=flags_of_page(json.loads(row["flags"])))
        page = Page(
            at=row["captured_at"],
            capture=row["capture"],
            article=article if is_settled else own_article(plain, own_title),
            titled=article.title,
            state=state,
            flags=flags,
            reason=waited["reason"] if waited is not None else None,
            is_shown=shown is not None,
            is_settled=is_settled,
            listed_as=name_in_list(self._db, row["url"]),
        )
        card = next((one["card"] for one in rows if one["card"] is not None), None)
        return _Look(page=page, rows=rows, card=card or card_json(article), prepared=prepared)

    def _write(self, document: int, judgement: Judgement, look: _Look, by: int) -> None:
        """Replace the readings of a look by those of the new judgement."""
        row = look.rows[0]
        prepared = prepare(judgement.article)
        reading = Reading(
            capture=self._capture(judgement.page.capture),
            reader=row["reader"],
            rules=row["rules"],
            outcome=Outcome.QUARANTINED,
            reason=judgement.reason,
            flags=judgement.flags,
            document=document,
            visible_digest=row["visible_digest"],
            again=bool(row["was_given"]),
        )
        if judgement.reason is not None:
            self._ledger.add(replace(reading, found=quarantined_json(judgement.article, prepared)))
        if judgement.is_shown:
            found = None if judgement.reason is not None else doubted_title_json(judgement.article)
            self._show(
                replace(
                    reading, reason=None, again=reading.again or judgement.reason is not None, found=found
                ),
                judgement.article,
                prepared,
                look.card,
            )
        put_readings_aside(self._db, look.rows, by=by)

    def _show(self, reading: Reading, article: Article, prepared: Prepared, card: str | None) -> None:
        assert reading.document is not None
        capture = reading.capture
        version, is_new = ensure_version(
            self._db,
            reading.document,
            article,
            prepared,
            captures=[capture["id"]],
            cause=Cause.SOURCE,
            reader=reading.reader,
            rules=reading.rules,
            at=self._now(),
            files=files_at(
                self._db, [file_url(link.url) for link in article.attachments], capture["captured_at"]
            ),
        )
        self._ledger.add(replace(reading, version=version, outcome=Outcome.CHANGED, card=card))
        if is_new:
            compare_new(self._db, version, at=self._now())

    def _follow(self, document: int, groups: list[list[sqlite3.Row]], by: int) -> None:
        """Let each 304 show what the page before it now shows."""
        for rows in groups:
            if rows[0]["status"] != 304:
                continue
            last = self._db.execute(
                "select r.* from readings r join captures c on c.id = r.capture where r.document = ? "
                "and r.version is not null and c.kind = 'article' and c.status != 304 and c.captured_at <= ? "
                "order by c.captured_at desc, c.id desc, r.id desc limit 1",
                (document, rows[0]["captured_at"]),
            ).fetchone()
            now = last["version"] if last else None
            if rows[-1]["version"] == now:
                continue
            self._ledger.add(
                Reading(
                    capture=self._capture(rows[0]["capture"]),
                    reader=last["reader"] if last else rows[0]["reader"],
                    rules=last["rules"] if last else rows[0]["rules"],
                    outcome=Outcome.NOT_MODIFIED,
                    flags=flags_of_page(json.loads(last["flags"])) if last else (),
                    document=document,
                    version=now,
                )
            )
            put_readings_aside(self._db, rows, by=by)

    def _capture(self, capture: int) -> sqlite3.Row:
        row: sqlite3.Row = self._db.execute("select * from captures where id = ?", (capture,)).fetchone()
        return row


def _holds_article(row: sqlite3.Row) -> bool:
    return (
        row["outcome"] == Outcome.QUARANTINED and bool(row["found"]) and "article" in json.loads(row["found"])
    )


def _is_settled(rows: list[sqlite3.Row], shown: sqlite3.Row | None) -> bool:
    """Return whether a decision on a look must not change because of an earlier look."""
    if any(row["reason"] == breaker.REASON or CHEAP in row["reader"] for row in rows):
        return True
    if len({(row["reader"], row["rules"]) for row in rows}) > 1:
        return True
    return shown is not None and shown["origin"] == "network"


def soft_404_reason(
    db: sqlite3.Connection, capture: sqlite3.Row, reading_result: ReadingResult, declared: Site | None
) -> str | None:
    """Return why a page is a soft 404 in the place of an article, None where nothing says so.

    That a page is at one address only proves nothing.
    """
    article = reading_result.result
    is_bare = "body_replaced" in reading_result.signs
    if isinstance(article, Article) and not is_bare:
        has_facts = article.published_at or article.doc_number or article.source_line
        is_bare = not has_facts and len(article.text) < SHORT
    return _reason(db, capture, reading_result.visible_digest, declared, is_bare=is_bare)


def known_soft_404_reason(
    db: sqlite3.Connection, capture: sqlite3.Row, known: sqlite3.Row, declared: Site | None
) -> str | None:
    """Return the reason for a soft 404 of a capture that repeats a known reading."""
    version = db.execute(
        "select coalesce(published_at, doc_number, source_line), length(text), exists (select 1 from readings "
        "where document = ? and version = versions.id and instr(flags, '\"body_replaced\"')) "
        "from versions where id = ?",
        (known["document"], known["version"]),
    ).fetchone()
    is_bare = bool(version[2]) or (version[0] is None and version[1] < SHORT)
    return _reason(db, capture, known["visible_digest"], declared, is_bare=is_bare)


def _reason(
    db: sqlite3.Connection, capture: sqlite3.Row, visible: str | None, declared: Site | None, *, is_bare: bool
) -> str | None:
    if _is_a_list(db, capture):
        return "soft_404: the page of a list"
    if not is_bare:
        return None
    addresses = _by_bytes(db, capture, declared)
    if len(addresses) < LEAST and visible is not None:
        addresses |= _by_sight(db, capture, visible)
    return f"soft_404: the same page at {len(addresses)} addresses" if len(addresses) >= LEAST else None


def _is_a_list(db: sqlite3.Connection, capture: sqlite3.Row) -> bool:
    row = db.execute(
        "select 1 from captures where payload = ? and site = ? and kind = 'listing' and url != ? "
        "and not exists (select 1 from frontier f where f.kind = 'listing' and f.url = ?) limit 1",
        (capture["payload"], capture["site"], capture["url"], capture["url"]),
    ).fetchone()
    return row is not None


def _by_bytes(db: sqlite3.Connection, capture: sqlite3.Row, declared: Site | None) -> set[str]:
    rows = db.execute(
        "select * from captures where id in (select max(id) from (select id, url from captures "
        "  where payload = ? and site = ? and kind = 'article' order by id desc limit ?) group by url limit ?)",
        (capture["payload"], capture["site"], _GONE_THROUGH, _LOOKED_AT),
    ).fetchall()
    return {urlsplit(url).path for row in rows if (url := document_url(db, row, declared)) is not None}


def _by_sight(db: sqlite3.Connection, capture: sqlite3.Row, visible: str) -> set[str]:
    rows = db.execute(
        "select distinct d.url from readings r join documents d on d.id = r.document "
        "where r.visible_digest = ? and d.site = ? limit ?",
        (visible, capture["site"], _LOOKED_AT),
    )
    return {urlsplit(row[0]).path for row in rows}
