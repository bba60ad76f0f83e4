"""Whoever can write the file can change it: what a check finds, and that it cries wolf at nothing.

Triggers are taken off and put back, as somebody would who knows the file. One checkpoint was kept elsewhere.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from archive.evidence.merkle import HASH_SIZE
from archive.evidence.note import Checkpoint
from archive.store.evidence import logs
from archive.store.evidence.logcheck import Stated
from archive.store.read.verify import Wanted, verify
from archive.store.write.connections import settle_some
from tests.archive.desk import HOST, LIST, URL, Desk, answer, html, replaced
from tests.archive.histories import archive_of, files, history

FILE = f"https://{HOST}/files/annex.txt"
OLD, OTHER = URL.replace("notice", "old"), URL.replace("notice", "other")
Report = dict[str, Any]


@cache
def sound() -> tuple[bytes, Checkpoint]:
    """Return an archive in which much has happened, and the checkpoint that states it."""
    desk = Desk()
    linked = html(aside="").replace(
        b'</div><div id="pages">',
        f"<p><a href='{FILE}'>附件：登记表.txt</a></p></div><div id='pages'>".encode(),
    )
    listed = f"<html><body><ul><li><a href='{URL}'>关于做好公共数据资源登记工作的通知</a></li></ul></body></html>".encode()
    desk.keep(
        answer(
            b"User-agent: *\nDisallow:\n",
            "2026-04-01T00:00:00",
            url=f"https://{HOST}/robots.txt",
            kind="robots",
        )
    )
    desk.see(listed, "2026-04-01T00:00:01", url=LIST, kind="listing")
    desk.see(linked, "2026-04-01T00:00:02", peer="192.0.2.7", tls_verified=True)
    desk.keep(
        answer(
            "登记表：每户1.5万元".encode(),
            "2026-04-01T00:00:03",
            url=FILE,
            asked=FILE,
            kind="attachment",
            headers=(("Content-Type", "text/plain; charset=utf-8"),),
        )
    )
    desk.drain()
    desk.see(None, "2026-04-02T00:00:00", status=304)
    desk.see(
        linked.replace("1.5万条".encode(), "15万条".encode()),
        "2026-04-03T00:00:00",
        headers=(("Content-Type", "text/html"), ("ETag", '"a"')),
    )
    for n, day in enumerate((4, 6, 8, 10), 1):
        desk.see(
            html(title=f"第{n}号文件的通知"),
            f"2026-04-{day:02}T00:00:00",
            url=OTHER.replace("other", f"other{n % 2}"),
        )
    hop = desk.keep(answer(None, "2026-04-11T00:00:00", url=OLD, status=302, headers=(("Location", OTHER),)))
    desk.see(
        html(*replaced("三年", "五年"), title="另一件事情的通知"),
        "2026-04-11T00:00:01",
        url=OTHER,
        redirected_from=hop.capture,
        asked=OLD,
    )
    for day in (12, 14, 16):
        desk.see(None, f"2026-04-{day}T00:00:00", status=404)
        desk.see(
            html(title="第9号文件的通知"), f"2026-04-{day}T01:00:00", url=OTHER.replace("other", "ninth")
        )
    desk.keep(answer(None, "2026-04-17T00:00:00", url=OLD, status=None, error="timeout", headers=()))
    desk.see(
        html(title="澳门新葡京真人百家乐注册送彩金"),
        "2026-04-18T00:00:00",
        url=OTHER.replace("other", "ninth"),
    )
    while settle_some(desk.db):
        pass
    desk.archive.end_crawl(desk.crawl, "OK", [])  # type: ignore[arg-type]
    return _stated(desk.db)


def _stated(db: sqlite3.Connection) -> tuple[bytes, Checkpoint]:
    db.execute("pragma foreign_keys=off")
    logs.keep_tiles(db)
    return db.serialize(), logs.state(db, "a.example")


def opened(raw: bytes) -> sqlite3.Connection:
    db = sqlite3.connect(":memory:", isolation_level=None)
    db.deserialize(raw)
    db.row_factory = sqlite3.Row
    return db


def checked(db: sqlite3.Connection, *stated: Checkpoint, sample: int | None = None) -> Report:
    named = [Stated(checkpoint=one, place="the checkpoint") for one in stated]
    return verify(db, Wanted(stated=named, sample=sample, reads=sample))


def tampered(
    change: str | Callable[[sqlite3.Connection], object], *, hidden: bool = False
) -> sqlite3.Connection:
    """Return the archive after a change. ``hidden``: the stored hashes are made to agree with it, too."""
    db = opened(sound()[0])
    db.execute("pragma ignore_check_constraints=on")
    triggers = db.execute("select name, sql from sqlite_master where type = 'trigger'").fetchall()
    for name, _ in triggers:
        db.execute(f"drop trigger {name}")
    if isinstance(change, str):
        db.executescript(change)
    else:
        change(db)
    for _, statement in triggers:
        db.execute(statement)
    if hidden:
        db.execute("delete from log_tiles")
        logs.keep_tiles(db)
    return db


def test_a_sound_archive_is_sound_and_all_of_it_was_checked() -> None:
    raw, stated = sound()
    report = checked(opened(raw), stated)
    assert report["bad"] == [] and report["noted"] == []
    assert report["checked"] == report["present"] and not report["sampled"] and not report["left_out"]
    assert report["present"]["versions read again"] >= 6 and report["present"]["documents derived again"] >= 5
    db = opened(raw)
    for table in ("events", "transitions", "attachment_texts", "superseded_events", "addresses"):
        assert table == "superseded_events" or db.execute(f"select count(*) from {table}").fetchone()[0], (
            table
        )


@pytest.mark.parametrize("chunk", range(2))
def test_there_is_no_alarm_at_archives_that_were_imported_in_any_order(
    chunk: int, rounds: Callable[[int, int], int]
) -> None:
    for seed in range(chunk, rounds(16, 1_000), 2):
        raw, stated = _stated(archive_of(files(history(seed), random.Random(seed))).db)
        assert checked(opened(raw), stated)["bad"] == [], f"seed {seed}"


SAID = "update captures set {} where id = 6"
KINDS = [
    # What was witnessed.
    pytest.param("update captures set url = url || '?' where id = 6", "captures", id="capture-url"),
    pytest.param("update captures set captured_at = '2026-04-02T12:00:00.000Z' where id = 6", "captures", id="capture-time"),
    pytest.param("update captures set headers = '[]', etag = null where id = 6", "captures", id="capture-headers"),
    pytest.param("update captures set status = 203 where id = 6", "captures", id="capture-status"),
    pytest.param("update captures set peer = '192.0.2.8' where id = 3", "captures", id="capture-peer"),
    pytest.param("update captures set tls_verified = 0 where id = 3", "captures", id="capture-tls"),
    pytest.param("update captures set site = 'other' where id = 6", "captures", id="capture-site"),
    pytest.param("update captures set error = 'x' where id = 6", "captures", id="capture-error"),
    pytest.param("update captures set truncated = null, flags = '[\"x\"]' where id = 6", "captures", id="capture-flags"),
    pytest.param("update captures set origin = 'a.warc+0' where id = 6", "captures", id="capture-origin"),
    pytest.param("update captures set clock = 'set' where id = 6", "captures", id="capture-clock"),
    pytest.param("update captures set etag = 'y' where id = 6", "captures", id="capture-etag"),
    pytest.param("update captures set redirected_from = null where redirected_from is not null", "captures", id="capture-redirect"),
    pytest.param("update captures set payload = (select payload from captures where id = 3) where id = 6", "captures", id="capture-another-payload"),
    pytest.param("update captures set payload = case id when 3 then (select payload from captures where id = 6) else (select payload from captures where id = 3) end where id in (3, 6)", "captures", id="payloads-swapped"),
    pytest.param("update captures set url = (select url from captures where id = 7) where id = 6", "captures", id="capture-of-another-page"),
    pytest.param("delete from readings where capture = 5; delete from captures where id = 5", "captures", id="capture-deleted"),
    pytest.param("delete from readings where capture >= 15; delete from captures where id >= 15", "captures", id="last-captures-cut"),
    pytest.param("insert into captures (id, crawl, site, kind, url, method, captured_at, status, origin, clock) select max(id) + 1, 1, site, kind, url, method, '2026-03-01T00:00:00.000Z', 404, 'network', 'wall' from captures", "captures", id="capture-put-in-behind"),
    # Bodies.
    pytest.param("update payloads set body = (select body from payloads where id = 2) where id = 3", "payloads", id="payload-body"),
    pytest.param("update payloads set length = length + 1 where id = 3", "payloads", id="payload-length"),
    pytest.param("update payloads set media_type = 'text/plain' where id = 3", "payloads", id="payload-type"),
    pytest.param("update payloads set kept_at = '2026-03-01T00:00:00.000Z' where id = 3", "payloads", id="payload-time"),
    pytest.param("delete from payloads where id = 3", "payloads", id="payload-deleted"),
    # Readings and versions.
    pytest.param("update readings set outcome = 'unchanged' where outcome = 'changed'", "readings", id="reading-outcome"),
    pytest.param("update readings set version = 1 where version = 2", "readings", id="reading-version"),
    pytest.param("update readings set document = 2 where id = 3", "readings", id="reading-document"),
    pytest.param("update readings set reason = 'x' where outcome = 'failed'", "readings", id="reading-reason"),
    pytest.param("update readings set read_at = '2026-03-01T00:00:00.000Z' where id = 3", "readings", id="reading-time"),
    pytest.param("update readings set found = null where found is not null", "readings", id="reading-found"),
    pytest.param("delete from readings where id = 3", "readings", id="reading-deleted"),
    pytest.param("update versions set text = replace(text, '三年', '五年') where id = 1", "versions", id="version-text"),
    pytest.param("update versions set title = title || '！' where id = 1", "versions", id="version-title"),
    pytest.param("update versions set author = '某人' where id = 1", "versions", id="version-author"),
    pytest.param("update versions set published_at = '2026-03-04' where id = 1", "versions", id="version-date"),
    pytest.param("update versions set meta_published_at = '2026-03-04' where id = 1", "versions", id="version-meta-date"),
    pytest.param("update versions set cause = 'reading' where id = 2", "versions", id="version-cause"),
    pytest.param("update versions set issuer = '某局' where id = 1", "versions", id="version-issuer"),
    pytest.param("update versions set kept_at = '2026-03-01T00:00:00.000Z' where id = 1", "versions", id="version-kept-at"),
    pytest.param("update versions set captures = '[6]' where id = 1", "versions", id="version-captures"),
    pytest.param("update versions set text_simplified = '别的' where id = 1", "versions", id="version-simplified"),
    pytest.param("update versions set evidence = '{}' where id = 1", "versions", id="version-evidence"),
    pytest.param("update versions set flags = '[\"x\"]' where id = 1", "versions", id="version-flags"),
    pytest.param("update versions set number = 7 where id = 2", "versions", id="version-number"),
    pytest.param("delete from readings where version = 2; update documents set current = 1 where current = 2; delete from transitions; delete from attachments where version = 2; delete from versions where id = 2", "versions", id="newest-version-removed"),
    pytest.param("update attachments set name = '附件：别的.txt' where id = 1", "attachments", id="attachment-name"),
    pytest.param("update attachments set url = url || 'x' where id = 1", "attachments", id="attachment-url"),
    pytest.param("delete from attachments where id = 1", "attachments", id="attachment-deleted"),
    pytest.param("update attachment_texts set text = '每户15万元' where id = 1", "attachment_texts", id="file-text"),
    pytest.param("update attachment_sightings set url = url || 'x' where id = 1", "attachment_sightings", id="file-sighting"),
    pytest.param("update rules set declaration = '{}' where id = 1", "rules", id="rules"),
    pytest.param("update rules set declared_at = '2020-01-01T00:00:00.000Z' where id = 1", "rules", id="rules-time"),
    # What is derived.
    pytest.param("update documents set state = 'live' where state = 'withdrawn'", "documents", id="document-state"),
    pytest.param("update documents set current = 1 where current = 2", "documents", id="document-current"),
    pytest.param("update documents set url = url || 'x' where id = 2", "documents", id="document-url"),
    pytest.param("update documents set publisher = '别人' where id = 1", "documents", id="document-publisher"),
    pytest.param("update documents set role = 'copy' where id = 1", "documents", id="document-role"),
    pytest.param("update documents set first_seen = '2020-01-01T00:00:00.000Z' where id = 1", "documents", id="document-first-seen"),
    pytest.param("update documents set last_seen = '2027-01-01T00:00:00.000Z' where id = 1", "documents", id="document-last-seen"),
    pytest.param("update documents set flags = '[]' where id = 1", "documents", id="document-flags"),
    pytest.param("update documents set title = '别的' where id = 1", "documents", id="document-title"),
    pytest.param("update documents set versions = 9 where id = 1", "documents", id="document-versions"),
    pytest.param("update addresses set \"from\" = '2020-01-01T00:00:00.000Z' where id = 1", "addresses", id="address-time"),
    pytest.param("delete from addresses where id = 1", "addresses", id="address-deleted"),
    pytest.param("update transitions set summary = '无' where id = 1", "transitions", id="change-summary"),
    pytest.param("update transitions set to_capture = to_capture + 1 where id = 1", "transitions", id="change-capture"),
    pytest.param("delete from transitions", "transitions", id="changes-deleted"),
    pytest.param("update tallies set documents = documents + 1", "tallies", id="tallies"),
    pytest.param("update version_connections set class = 'law' where version = 1", "version_connections", id="class"),
    pytest.param("update version_connections set effect_day = '2020-01-01'", "version_connections", id="effect"),
    pytest.param("update standing_spans set standing = 'repealed'", "standing_spans", id="standing"),
    pytest.param("delete from document_names", "document_names", id="names"),
    # Events and crawls.
    pytest.param("update events set details = '{}' where kind = 'withdrawn'", "events", id="event-details"),
    pytest.param("update events set happened_at = '2026-04-01T00:00:00.000Z' where kind = 'withdrawn'", "events", id="event-time"),
    pytest.param("delete from events where kind = 'withdrawn'", "events", id="event-deleted"),
    pytest.param("update crawls set verdict = 'BROKEN'", "crawls", id="crawl-verdict"),
    pytest.param("update crawls set counts = '{}'", "crawls", id="crawl-counts"),
    pytest.param("update crawls set started_at = '2020-01-01T00:00:00.000Z'", "crawls", id="crawl-time"),
    pytest.param("update crawls set software = 'x'", "crawls", id="crawl-software"),
    # The file itself.
    pytest.param("drop view changes; create view changes as select 1 as document where 0", "changes", id="view-emptied"),
    pytest.param("drop view latest; create view latest as select * from documents", "latest", id="view-exchanged"),
    pytest.param("drop trigger if exists captures_no_delete; drop index documents_by_date", "documents_by_date", id="index-dropped"),
    pytest.param("update version_index_data set block = zeroblob(length(block)) where id > 10", "version_index", id="index-zeroed"),
    pytest.param("delete from version_index_docsize where id = 1", "versions", id="index-entry-deleted"),
    pytest.param("insert into title_index (title_index) values ('delete-all')", "title_index", id="index-emptied"),
    pytest.param("delete from log_tiles where log = 'captures'; update captures set peer = '192.0.2.8' where id = 3", "captures", id="stored-hashes-deleted"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "table"), KINDS)
def test_each_kind_of_tamper_is_found_and_its_table_is_named(change: str, table: str) -> None:
    report = checked(tampered(change), sound()[1])
    assert any(bad["table"] == table for bad in report["bad"]), report["bad"]


@pytest.mark.parametrize(("change", "table"), [one for one in KINDS if one.id != "index-dropped"])
def test_it_is_found_also_when_the_stored_hashes_were_made_to_agree(change: str, table: str) -> None:
    assert checked(tampered(change, hidden=True), sound()[1])["bad"]


def test_a_row_that_was_changed_is_named_by_its_number() -> None:
    (bad,) = checked(tampered("update captures set peer = '192.0.2.8' where id = 3"), sound()[1])["bad"][:1]
    assert (bad["table"], bad["id"]) == ("captures", 3)


def test_rows_that_were_cut_off_are_counted_against_the_checkpoint() -> None:
    cut = (
        "delete from readings where capture >= 15; delete from captures where id >= 15; delete from log_tiles"
    )
    report = checked(tampered(cut), sound()[1])
    assert any(
        "rows are missing at the end: 14 are there, the checkpoint states" in bad["what"]
        for bad in report["bad"]
    )


# What nobody sees: what is to be fetched, what is packed how, what can be made again from what is seen.
UNSEEN = {
    "frontier", "queue", "leases", "shingles", "entities", "records", "log_tiles", "checkpoints", "dictionaries", "stories",
    "site_hours", "absences", "redirects", "crawl_looks", "list_rows", "index_forms", "parts", "repeats", "_sqlite_migrations",
    "attachment_twins", "unsettled", "sqlite_sequence", "sqlite_stat1",
}  # fmt: skip
# Tables without row numbers have kinds of their own above.
KEYED = {
    "tallies", "ties", "copier_rule_counts", "version_citations", "version_relations", "version_clauses",
    "document_names", "standing_spans",
}  # fmt: skip
UNSEEN_COLUMNS = {
    ("version_connections", "card"),
    # Changed, the connections count as another reader's: verify says that it did not derive them again.
    ("version_connections", "reader"),
    # Numbers that nothing refers to, and that no view shows.
    ("transitions", "id"),
    ("attachments", "id"),
    # The order of addresses that begin at one moment, and no more.
    ("addresses", "id"),
    ("payloads", "id"),
    ("payloads", "base"),
    ("payloads", "dictionary"),
    ("payloads", "body"),
    ("documents", "kind"),
    ("attachment_texts", "read_at"),
}


def seen_columns(db: sqlite3.Connection) -> list[tuple[str, str]]:
    tables = db.execute(
        "select name from sqlite_master where type = 'table' and sql like '%strict%'"
    ).fetchall()
    return [
        (name, row["name"])
        for (name,) in tables
        if name not in UNSEEN | KEYED and db.execute(f"select count(*) from {name}").fetchone()[0]
        for row in db.execute(f"pragma table_info({name})")
        if (name, row["name"]) not in UNSEEN_COLUMNS
    ]


def another(value: Any, chance: random.Random) -> Any:
    if value is None:
        return chance.choice([1, "x"])
    if isinstance(value, int | float):
        return value + chance.choice([-1, 1, 7])
    if isinstance(value, bytes):
        return value + b"x"
    at = chance.randrange(len(value) + 1)
    return chance.choice(
        [
            value[:at] + "改" + value[at:],
            value[:at] + value[at + 1 :] if at < len(value) else value + "x",
            None,
        ]
    )


def changed_somewhere(seed: int) -> tuple[sqlite3.Connection, tuple[Any, ...]] | None:
    """Return the archive with one value changed that people see, and which; None where it could not be changed."""
    chance = random.Random(seed)
    table, column = chance.choice(seen_columns(opened(sound()[0])))
    before = opened(sound()[0])
    row, value = chance.choice(before.execute(f'select rowid, "{column}" from {table}').fetchall())
    now = another(value, chance)
    statement = f'update {table} set "{column}" = ? where rowid = ?'
    try:
        db = tampered(lambda db: db.execute(statement, (now, row)), hidden=chance.random() < 0.3)
    except sqlite3.IntegrityError:
        return None
    return (db, (table, column, row, value, now)) if value != now else None


@pytest.mark.parametrize("chunk", range(2))
def test_any_value_that_people_see_cannot_be_changed_unnoticed(
    chunk: int, rounds: Callable[[int, int], int]
) -> None:
    for seed in range(chunk, rounds(24, 10_000), 2):
        made = changed_somewhere(seed)
        if made is not None:
            assert checked(made[0], sound()[1])["bad"], f"seed {seed}: {made[1]}"


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        pytest.param("update version_connections set reader = 1 where version = 1", "another reader connected them", id="connections"),
        pytest.param("update versions set reader = 'yuanben 0.0.1' where id = 1", "were made by another reader", id="versions"),
    ],
)  # fmt: skip
def test_what_another_reader_made_is_not_called_checked(statement: str, said: str) -> None:
    db = tampered(lambda db: db.execute(statement), hidden=False)
    assert any(said in noted["what"] and noted["what"].startswith("1 ") for noted in checked(db)["noted"])


def test_the_stored_hashes_are_those_of_the_rows() -> None:
    db = opened(sound()[0])
    (held,) = db.execute("select hashes from log_tiles where log = 'captures'").fetchone()
    assert len(held) == HASH_SIZE * db.execute("select count(*) from captures").fetchone()[0]
