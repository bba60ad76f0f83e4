"""How a file is brought up to date: one function a change, each in a transaction of its own, never edited later."""

from __future__ import annotations

import json
from collections.abc import Iterable

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from archive import schema, views
from archive.clock import clock_from
from archive.collate.sameness import sampled
from archive.text import bigrams, fold

migrations = Migrations("yuanben")


@migrations()
def tables_and_views(db: Database) -> None:
    """Make the first schema."""
    _each(db, schema.TABLES)
    _only_add(db, schema.FIRST_APPEND_ONLY)
    db.execute(
        "create trigger crawls_closed_once before update on crawls when old.finished_at is not null "
        "begin select raise(abort, 'a crawl is closed once'); end"
    )
    db.execute(
        "create trigger crawls_no_delete before delete on crawls "
        "begin select raise(abort, 'crawls is only ever added to'); end"
    )
    _each(db, views.FIRST)


@migrations()
def shingle_index(db: Database) -> None:
    """Add the index by which a copy finds its original, and fill it for the versions that are there."""
    db.execute(
        "create table shingles (hash integer not null, version integer not null references versions (id), "
        "primary key (hash, version)) strict, without rowid"
    )
    for version, text in db.execute("select id, text from versions").fetchall():
        db.conn.executemany(
            "insert into shingles (hash, version) values (?, ?)",
            [(shingle, version) for shingle in sampled(fold(text))],
        )


@migrations()
def attached_files(db: Database) -> None:
    """Add what is known of attached files: when each was seen, what was read of it, versions that it makes."""
    _each(db, schema.ATTACHED)
    _only_add(db, ("attachment_sightings", "attachment_texts"))
    _each(db, views.FILES)


@migrations()
def dates_beside_the_texts(db: Database) -> None:
    """Let lists be ordered by date without reading a text."""
    _each(db, views.ORDERED)


@migrations()
def one_work_at_several_addresses(db: Database) -> None:
    """Tie the documents that are one work, those that are there among them."""
    # Not at the top: the store opens files with this module.
    from archive.store.write.works import tie_all

    _each(db, schema.WORKS)
    _each(db, views.WORKS)
    tie_all(db.conn, at=clock_from().now())


@migrations()
def cards_of_readings(db: Database) -> None:
    """Keep the card of an official document with each reading of it."""
    db.execute("alter table readings add column card text")


@migrations()
def found_by_text_and_sight(db: Database) -> None:
    """Let the same text and the same sight be found at other addresses without reading any."""
    _each(db, schema.SAME)


@migrations()
def counts_beside_the_documents(db: Database) -> None:
    """Let pages count documents and changes without going through them."""
    _each(db, views.COUNTED)


@migrations()
def titles_by_themselves(db: Database) -> None:
    """Let those whose title holds the words be found first."""
    db.execute(
        "create virtual table title_index using fts5 (grams, content='', detail='none', tokenize='ascii')"
    )
    db.conn.executemany(
        "insert into title_index (rowid, grams) values (?, ?)",
        [
            (version, " ".join(dict.fromkeys(bigrams(fold(title)))))
            for version, title in db.execute("select id, title from versions").fetchall()
        ],
    )


@migrations()
def names_of_listed_files(db: Database) -> None:
    """Remember under which words a list led to a file: a file has no headline of its own."""
    db.execute("alter table frontier add column name text")


@migrations()
def conditions_of_requests(db: Database) -> None:
    """Add whether a request asked only for what changed: what came to one that did not bounds what a 304 said."""
    db.execute("alter table captures add column conditional integer")


@migrations()
def edits_held_back(db: Database) -> None:
    """Add what a capture that is held back would change: many that change the same are one new template."""
    db.execute("alter table queue add column edit text")


@migrations()
def rules_of_copying_sites(db: Database) -> None:
    """Let people ask what a copying site does to all it copies."""
    _each(db, views.RULED)


@migrations()
def further_pages_by_capture(db: Database) -> None:
    """Let a look at an article be told from its further pages without reading any."""
    db.execute("create index parts_by_fetched on parts (fetched) where fetched is not null")


@migrations()
def lists_by_payload(db: Database) -> None:
    """Let a page that stands in for many articles be set against lists without going through those articles."""
    db.execute("create index captures_of_lists on captures (payload) where kind = 'listing'")


@migrations()
def looks_of_crawls(db: Database) -> None:
    """Let it be known of a crawl how many articles it missed without going through it for each of them."""
    _each(db, schema.LOOKS)


@migrations()
def words_on_edits(db: Database) -> None:
    """Let what was said of an edit be found without going through a site's events; hold back by lines, not by digests."""
    db.execute("update queue set edit = null")
    db.execute("create index events_of_reviews on events (site, document) where kind = 'review'")


@migrations()
def lists_beside_the_texts(db: Database) -> None:
    """Let lists be narrowed, counted and grouped by what they show without reading a text."""
    _each(db, views.LISTED)


@migrations()
def rules_read_by_site(db: Database) -> None:
    """Let the rules of one site be read without the reports of the others."""
    _each(db, views.RULED_BY_SITE)


@migrations()
def rules_beside_reports(db: Database) -> None:
    """Keep what copying sites rewrite beside the reports of comparisons, and fill that in for those that are there."""
    # Not at the top: the store opens files with this module.
    from archive.store.write.comparisons import keep_rules

    _each(db, views.RULES_BESIDE)
    for comparison, report in db.execute("select id, report from comparisons order by id").fetchall():
        keep_rules(db.conn, comparison, json.loads(report).get("rules", []))


@migrations()
def records_of_files(db: Database) -> None:
    """Remember which records of other programs' files are kept, and what those without a body repeat."""
    _each(db, schema.RECORDS)


@migrations()
def stories_of_documents(db: Database) -> None:
    """Keep what the state machine goes on from, and count the looks at each site by the hour."""
    # Not at the top: the store opens files with this module.
    from archive.store.write.states import count_all

    _each(db, schema.STORIES)
    _only_add(db, ("superseded_events",))
    count_all(db.conn)
    _each(db, views.FILES_BY_TIME)


@migrations()
def rows_of_lists(db: Database) -> None:
    """Keep which rows each list showed, count looks that saw nothing, and let *last good* say what it means."""
    _each(db, schema.LIST_ROWS)
    _each(db, views.LAST_GOOD)


@migrations()
def one_row_a_copy(db: Database) -> None:
    """Let the view of copies show the newest comparison of each, which may be with another version than the first."""
    _each(db, views.NEWEST_COPIES)


@migrations()
def figures_kept_whole(db: Database) -> None:
    """Make again what hangs on canon/1 and fold/2, and keep beside the indexes of which form they are."""
    # Not at the top: the store opens files with this module.
    from archive.store.file.refolded import fold_anew, state_digests_anew
    from archive.store.write.works import tie_all

    db.execute("create table index_forms (name text primary key, form text not null) strict")
    state_digests_anew(db.conn)
    fold_anew(db.conn)
    tie_all(db.conn, at=clock_from().now())


@migrations()
def readings_put_aside(db: Database) -> None:
    """Let what was read in the light of less than is known by now be put aside, word for word."""
    _each(db, schema.SUPERSEDED)
    _only_add(db, ("superseded_readings", "superseded_versions"))


@migrations()
def blocks_of_versions(db: Database) -> None:
    """Keep beside the text of a version what each part of it is; of versions made before nothing is known."""
    db.execute("alter table versions add column blocks text")


def _only_add(db: Database, tables: Iterable[str]) -> None:
    for table in tables:
        for verb in ("update", "delete"):
            db.execute(
                f"create trigger {table}_no_{verb} before {verb} on {table} "
                f"begin select raise(abort, '{table} is only ever added to'); end"
            )


def _each(db: Database, script: str) -> None:
    for statement in script.split(";\n"):
        if statement.strip():
            db.execute(statement)
