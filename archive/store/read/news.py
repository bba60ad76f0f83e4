"""News for readers: changes, new articles, withdrawals, findings, each once, with a fixed identity.

News is derived from the file; nothing is kept of who was sent what. The identity of a piece is made of its
subject and the time at which it was noticed, so it is the same in every feed and after every run.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from heapq import merge
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from archive.clock import beijing_day, clock_from
from archive.diff import edits
from archive.model.events import NEWS, rank_of, sentence
from archive.ranking import RANKS, Matter, ranked, weightiest
from archive.store.file.captures import add_event
from archive.store.file.withheld import withholdings
from archive.store.read.history import version_shown_at
from archive.text import fold
from archive.text.figures import holds

# The fields of a card about whether its document is in force; that its theme changed is no news.
_IN_FORCE = {"validity": "有效性", "effective_at": "施行日期", "lapsed_at": "失效日期"}
# The standings whose change is news; a change to an unknown standing is none.
_KNOWN = ("in_force", "not_yet", "expired", "repealed", "partly_repealed", "amended")
# Characters of text on either side of an edit, and how many edits are written out.
_AROUND, _MOST_EDITS = 30, 100


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """A piece of news. ``at`` is when it was noticed.

    ``rank`` orders pieces, higher first; ``edits`` are in that order.
    """

    id: str
    kind: str
    at: str
    site: str
    url: str | None
    title: str
    summary: str
    rank: int
    details: dict[str, Any]
    edits: tuple[dict[str, Any], ...] = ()
    watchwords: tuple[str, ...] = ()
    document: int | None = None
    text: str = field(default="", repr=False)


def news(db: sqlite3.Connection, *, site: str | None = None, document: int | None = None,
         crawls: Sequence[int] | None = None, query: str | None = None, since: str | None = None, limit: int = 100,
         most: int | None = None, today: str | None = None) -> list[News]:  # fmt: skip
    """Return the news, newest first: of a site, of a document, of some runs, or about a wording.

    ``since``: only what was noticed at that UTC time or later. A wording matches in either script and
    whatever the spacing, in title or text as they are after the change. ``most``: only this many events and
    new articles, the last recorded ones, are examined. ``today``: the Beijing day until which standings that
    turned by the calendar are reported; the clock's day without it. Of some
    runs those are reported that turned since the crawl of the same site before each.
    """
    wanted = fold(query) if query else ""
    words = [(word, fold(word)) for word in watchwords(db)]
    # A writer sees all of the file: what is withheld is no news, not even for a run's own commands.
    withheld = withholdings(db)
    hidden, addresses = {one.document for one in withheld}, {one.url for one in withheld}
    found: list[News] = []
    rows = _rows(db, site, document, crawls, since, most)
    if crawls is None:
        came = _came(db, site, document, since, today or beijing_day(clock_from().now()))
    else:
        came = _came_before(db, crawls)
    rows = merge(rows, came, key=lambda row: str(row["at"]), reverse=True)
    for row in rows:
        if row["document"] in hidden:
            continue
        one = _news_of(db, row)
        if one.details.get("by") in addresses:
            continue
        held = fold(f"{one.title}\n{one.text}") if wanted or words else ""
        if wanted and not holds(wanted, held):
            continue
        matching = tuple(word for word, folded in words if folded and holds(folded, held))
        found.append(_with(one, matching))
        if len(found) == limit:
            break
    return found


def watchwords(db: sqlite3.Connection) -> list[str]:
    """Return the standing queries, oldest first."""
    held: dict[str, None] = {}
    for (details,) in db.execute("select details from events where kind = 'watchword' order by id"):
        said = json.loads(details)
        held.pop(said["query"], None)
        if said["decision"] == "add":
            held[said["query"]] = None
    return list(held)


def decide_watchword(db: sqlite3.Connection, query: str, decision: str, *, at: str) -> None:
    """Record that a query is standing from now on (``add``), or no longer (``remove``)."""
    add_event(db, "watchword", at=at, details={"query": query, "decision": decision})


def _rows(db: sqlite3.Connection, site: str | None, document: int | None, crawls: Sequence[int] | None,
          since: str | None, most: int | None) -> Iterable[sqlite3.Row]:  # fmt: skip
    """Return events and first versions in one order: newest first."""

    def where(noticed: str, **columns: str) -> str:
        asked = [f"{column} = :{name}" for name, column in columns.items() if known[name] is not None]
        if crawls is not None:
            asked.append(f"crawl in ({','.join(str(int(crawl)) for crawl in crawls) or '-1'})")
        if since is not None:
            asked.append(f"{noticed} >= :since")
        return "".join(f" and {one}" for one in asked)

    known = {"site": site, "document": document, "since": since, "most": -1 if most is None else most}
    # Otherwise all that a site ever published is sorted first: 0.1 s for 20,000 articles.
    newest = site is not None and most is not None
    newest_of_site = (
        " and d.id in (select id from documents where site = :site order by first_seen desc limit :most)"
    )
    kinds = ",".join(f"'{kind}'" for kind in NEWS)
    of_force = " or ".join(f"json_type(details, '$.{name}') is not null" for name in _IN_FORCE)
    return db.execute(
        "select kind, at, site, document, capture, details from (select * from ("
        "  select kind, happened_at as at, site, document, capture, details, id from events "
        f"  where kind in ({kinds}) and (kind != 'card_changed' or {of_force}) and details ->> '$.cause' is not 'reading'"
        f"{where('happened_at', site='site', document='document')} order by id desc limit :most) union all "
        "  select * from (select 'new', c.captured_at, d.site, d.id, c.id, '{}', r.id from readings r "
        "  join captures c on c.id = r.capture join documents d on d.id = r.document "
        "  where r.outcome = 'new' and r.again = 0 and c.kind = 'article' and r.version is not null"
        # Each page of an article of several pages is new as it comes; the article is reported once.
        "  and not exists (select 1 from readings p where p.document = r.document and p.outcome = 'new' "
        "  and p.again = 0 and p.version is not null and p.id < r.id)"
        f"{where('c.captured_at', site='d.site', document='r.document')}{newest_of_site * newest} order by r.id desc limit :most)) order by at desc, id desc",
        known,
    )


def _came(
    db: sqlite3.Connection, site: str | None, document: int | None, since: str | None, today: str
) -> Iterator[sqlite3.Row]:
    """Yield the standings that turned by the calendar, newest first.

    They were known before that day, for documents held by then. Nothing is written for them. A turn that was
    learned of only later is an event, and is reported as one.
    """
    yield from db.execute(
        "select 'standing_changed' as kind, t.at, t.site, t.document, null as capture, json_object('from', t.was, 'to', "
        "t.standing, 'since', t.since, 'expires_on', t.expires_on, 'reason', 'day_came') as details from (select s.document, "
        "d.site, p.standing as was, s.standing, s.since, s.expires_on, strftime('%Y-%m-%dT%H:%M:%S.000Z', s.since, '-8 hours') "
        "as at, d.first_seen from standing_spans s join standing_spans p on p.document = s.document and "
        "p.position = s.position - 1 join documents d on d.id = s.document where s.since <= :today and "
        "s.since >= :first and s.standing != p.standing and p.standing in (select value from json_each(:known)) "
        "and s.standing in (select value from json_each(:known)) and (:site is null or d.site = :site) and "
        "(:document is null or d.id = :document)) t where t.first_seen < t.at and (:since is null or t.at >= :since) "
        "and not exists (select 1 from events e where e.document = t.document and e.kind = 'standing_changed' and "
        "e.happened_at >= t.at and e.details ->> '$.to' = t.standing and e.details ->> '$.since' is t.since) "
        "order by t.at desc, t.document",
        {
            "today": today,
            "first": beijing_day(since) if since else "",
            "known": json.dumps(_KNOWN),
            "site": site,
            "document": document,
            "since": since,
        },
    )


def _came_before(db: sqlite3.Connection, crawls: Sequence[int]) -> Iterator[sqlite3.Row]:
    """Yield the standings that turned between each of some crawls and the one of its site before it, newest first.

    So each turn belongs to one crawl. A site's first crawl has none: nothing was known before it.
    """
    spans = db.execute(
        "select k.site, k.started_at, (select max(p.started_at) from crawls p where p.site = k.site and p.id < k.id) "
        "from crawls k where k.id in (select value from json_each(?))",
        (json.dumps(list(crawls)),),
    ).fetchall()
    turned: list[sqlite3.Row] = []
    for site, began, before in spans:
        rows = _came(db, site, None, before, beijing_day(began)) if before else ()
        turned += [row for row in rows if row["at"] < began]
    yield from sorted(turned, key=lambda row: str(row["at"]), reverse=True)


def _news_of(db: sqlite3.Connection, row: sqlite3.Row) -> News:
    details: dict[str, Any] = json.loads(row["details"])
    if row["document"] is None:
        url, what = details.get("url"), str(details.get("reason") or row["kind"]).replace("_", " ")
        says = sentence(row["kind"], details)
        return _piece(row, url, f"{row['site']}: {what}", says or what, details)
    # Reported as the document was then, whatever happened later: today's title does not belong to that day.
    which = version_shown_at(db, row["document"], row["at"])
    shown = db.execute(
        "select d.url, v.title, v.text from documents d left join versions v on v.id = ? where d.id = ?",
        (which, row["document"]),
    ).fetchone()
    title, text = shown["title"] or shown["url"], shown["text"] or ""
    if row["kind"] == "edited":
        return _edited(db, row, shown["url"])
    said = _in_force(details) if row["kind"] == "card_changed" else sentence(row["kind"], details)
    return _piece(row, shown["url"], title, said or text[:200], details, text=text)


def _in_force(card: dict[str, Any]) -> str:
    """Return a card's statements on a document's force, before and now."""
    changed = ((label, card[name]) for name, label in _IN_FORCE.items() if name in card)
    return "；".join(f"{label}：{old or '（无）'} → {new or '（无）'}" for label, (old, new) in changed)


def _edited(db: sqlite3.Connection, row: sqlite3.Row, url: str) -> News:
    told = json.loads(row["details"])
    change = db.execute(
        "select a.number as from_version, b.number as to_version, a.text as old, b.text as new, b.title, t.summary, "
        "c.captured_at as earliest, t.changed_at as latest from transitions t join versions a on a.id = t.from_version "
        "join versions b on b.id = t.to_version join captures c on c.id = t.from_capture "
        "where t.document = ? and t.to_capture = ?",
        (row["document"], told.get("to_capture", row["capture"])),
    ).fetchone()
    if change is None:
        # Read again since: there was no change at that look.
        return _piece(row, url, url, "taken back: read anew, nothing had changed there", told)
    details = {
        **told,
        "from_version": change["from_version"],
        "to_version": change["to_version"],
        "changed_at_earliest": change["earliest"],
        "changed_at_latest": change["latest"],
    }
    made = edits(change["old"], change["new"])
    order = ranked(change["old"], change["new"], made)
    shown = tuple(
        {
            "matter": str(one.matter),
            "before": change["old"][max(0, made[one.edit].from_start - _AROUND) : made[one.edit].from_start],
            "old": made[one.edit].from_text,
            "new": made[one.edit].to_text,
            "after": change["old"][made[one.edit].from_end : made[one.edit].from_end + _AROUND],
        }
        for one in order[:_MOST_EDITS]
    )
    if len(order) > _MOST_EDITS:
        details["edits_not_shown"] = len(order) - _MOST_EDITS
    rank = weightiest(one.matter for one in order) or RANKS[Matter.FIELD]
    return _piece(
        row, url, change["title"], change["summary"], details, rank=rank, edits=shown, text=change["new"]
    )


def _piece(row: sqlite3.Row, url: str | None, title: str, summary: str, details: dict[str, Any], *, rank: int | None = None,
           edits: tuple[dict[str, Any], ...] = (), text: str = "") -> News:  # fmt: skip
    name = "\n".join(
        (
            row["kind"],
            row["at"],
            row["site"] or "",
            url or "",
            # The reasons of a turn may be read differently later: it is the same piece.
            str(
                details.get("to_capture")
                or ("" if row["kind"] == "standing_changed" else details.get("reason", ""))
            ),
        )
    )
    return News(
        id=uuid5(NAMESPACE_URL, f"yuanben:{name}").urn,
        kind=row["kind"],
        at=row["at"],
        site=row["site"] or "",
        url=url,
        title=title,
        summary=summary,
        rank=rank_of(row["kind"]) if rank is None else rank,
        details=details,
        edits=edits,
        document=row["document"],
        text=text,
    )


def _with(one: News, matching: tuple[str, ...]) -> News:
    return replace(one, watchwords=matching) if matching else one
