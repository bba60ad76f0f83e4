"""The tables, and why they are as they are.

**What is kept and what is read are kept apart.** A *capture* is what happened: one exchange with a server. A
*reading* is what one reader with one set of rules made of it. A *version* is one distinct state of a document
that readings have found. Captures never change because our reader did; versions say which of the two moved.

**Append-only.** ``payloads``, ``captures``, ``rules``, ``readings``, ``versions``, ``attachments``,
``attachment_sightings``, ``attachment_texts`` and ``events`` are only ever added to (an event, a reading or a version that
was never so, as is known later, goes into ``superseded_events``, ``superseded_readings``, ``superseded_versions``, which are); ``crawls`` is closed once. Triggers hold that against mistakes (not against whoever owns
the file: digests and backups do that). Everything else is state that could be derived again: ``documents``
(where each document stands, and of its current version what lists show: triggers keep that), ``addresses``, ``frontier`` (what is to be fetched, when), ``queue`` (what is kept
but not read), ``parts`` (the pages of one article), ``transitions`` (the source changes that ``changes`` shows),
``tallies`` (how many documents there are, which triggers keep),
``crawl_looks`` (how many articles a crawl missed and saw), ``stories``, ``site_hours``, ``absences`` and ``redirects``
(what the state machine in ``archive.standing`` goes on from and asks for), ``copier_rule_counts`` (what copies rewrite), ``attachment_twins`` (where else a file is asked for), ``dictionaries`` and the search indexes.

**Attached files.** ``attachments`` names the files a version links to; each answer with one is a row of
``attachment_sightings``, what could be read of it one of ``attachment_texts``. A version is made of what its page
says before any file is fetched: the first file kept of an address is taken for the one it had. When a later
sighting gives other bytes, that is a new state of the document: the page's state (``page_digest``) with the files
that were replaced, at the capture that showed the new one. Back to the first file is back to the version before.

**Bytes.** A payload is kept once, under the SHA-256 of the decoded body. Its stored form is zstd, against
``base`` (an earlier payload of the same address, which itself has no base) and with a ``dictionary`` made of
other pages of the same site. ``media_type`` is what the server claimed.

**The queue is the file.** A capture enters ``queue`` in its own transaction and leaves it in the transaction
that adds its reading, so that after a crash every capture has its outcome or waits for it, never neither.

**Search.** ``version_index`` is a contentless FTS5 index of overlapping two-character pieces of ``fold/2`` text,
one row a version, of what the page says of itself, too; ``title_index`` of its title alone; ``attachment_index`` is the same for attached files, one row a
text of ``attachment_texts``. They
find candidates; a hit is checked against the text, so the answer is exact. What was put into such an index cannot
be changed: a file that is read again has a new row in both, and the newest counts. ``index_forms`` says of which form each of them is.

**Copies.** ``shingles`` holds a sample of each version's pieces of five characters, as hashes: what a copy shares
of them tells which versions it may come from. ``comparisons`` and ``variants`` are what setting the two against
each other gave; a comparison is made again when either side has a new version, and the old one stays.

**Works.** One document often stands at several addresses: formal and library copy, gazette, the ministry's own
page, a gateway's. ``ties`` says which two documents were found to be one work (number, title and text agree),
``work_documents`` what hangs together and which of it is the issuing body's. Both are derived.

**Times** are UTC text of one width. ``published_at`` is what a page showed and has its own form.
"""

from __future__ import annotations

APPLICATION_ID = 0x7975616E  # "yuan"
FIRST_APPEND_ONLY = ("payloads", "captures", "rules", "readings", "versions", "attachments", "events")
APPEND_ONLY = (
    *FIRST_APPEND_ONLY,
    "attachment_sightings",
    "attachment_texts",
    "superseded_events",
    "superseded_readings",
    "superseded_versions",
)

TABLES = """
create table crawls (
    id integer primary key,
    site text not null,
    command text not null,
    started_at text not null,
    finished_at text,
    verdict text check (verdict in ('OK', 'WARN', 'BROKEN')),
    reasons text not null default '[]',
    software text not null,
    rules_digest text not null,
    counts text not null default '{}',
    silent_since text
) strict;

create table payloads (
    id integer primary key,
    digest text not null unique check (digest like 'sha256:%'),
    body blob not null,
    base text references payloads (digest),
    dictionary integer references dictionaries (id),
    length integer not null,
    media_type text not null,
    kept_at text not null
) strict;

create table dictionaries (
    id integer primary key,
    site text not null,
    members text not null,
    made_at text not null
) strict;

create table rules (
    id integer primary key,
    site text not null,
    digest text not null unique,
    declaration text not null,
    declared_at text not null
) strict;

create table captures (
    id integer primary key,
    crawl integer not null references crawls (id),
    site text not null,
    kind text not null check (kind in ('listing', 'article', 'attachment', 'robots')),
    url text not null check (instr(url, char(0)) = 0),
    method text not null,
    captured_at text not null,
    status integer,
    error text,
    headers text not null default '[]',
    redirected_from integer references captures (id),
    peer text,
    tls_verified integer,
    etag text,
    last_modified text,
    payload text references payloads (digest),
    truncated text,
    flags text not null default '[]',
    origin text not null,
    clock text not null,
    check (status is not null or error is not null),
    unique (crawl, url, captured_at, origin)
) strict;

create table readings (
    id integer primary key,
    capture integer not null references captures (id),
    payload text references payloads (digest),
    document integer references documents (id),
    reader text not null,
    rules integer not null references rules (id),
    outcome text not null check (outcome in ('new', 'changed', 'unchanged', 'not_modified', 'unreadable',
        'quarantined', 'gone', 'blocked', 'failed', 'redirected', 'robots', 'listing', 'attachment')),
    reason text,
    flags text not null default '[]',
    version integer references versions (id),
    visible_digest text,
    found text,
    again integer not null default 0 check (again in (0, 1)),
    read_at text not null
) strict;

create table documents (
    id integer primary key,
    site text not null,
    publisher text not null,
    url text not null unique,
    role text not null check (role in ('original', 'copy', 'unknown')),
    kind text not null default 'article',
    state text not null check (state in ('live', 'moved', 'withdrawn', 'replaced', 'unreachable', 'blocked',
        'quarantined', 'unreadable')),
    first_seen text not null,
    last_seen text not null,
    current integer references versions (id),
    versions integer not null default 0,
    flags text not null default '[]'
) strict;

create table addresses (
    id integer primary key,
    document integer not null references documents (id),
    url text not null,
    "from" text not null,
    "to" text not null,
    unique (document, url)
) strict;

create table versions (
    id integer primary key,
    document integer not null references documents (id),
    number integer not null check (number >= 1),
    title text not null check (instr(title, char(0)) = 0),
    text text not null check (instr(text, char(0)) = 0),
    text_simplified text not null,
    published_at text,
    meta_published_at text,
    source_line text,
    author text,
    editor text,
    doc_number text,
    issuer text,
    index_number text,
    captures text not null,
    reader text not null,
    rules integer not null references rules (id),
    cause text not null check (cause in ('first', 'source', 'reading')),
    text_digest text not null check (text_digest like 'sha256:%'),
    state_digest text not null check (state_digest like 'sha256:%'),
    evidence text not null default '{}',
    removed text not null default '[]',
    flags text not null default '[]',
    kept_at text not null,
    unique (document, number),
    unique (document, state_digest)
) strict;

create table attachments (
    id integer primary key,
    version integer not null references versions (id),
    position integer not null,
    url text not null,
    name text not null,
    media_type text,
    payload text references payloads (digest),
    text text,
    unique (version, position)
) strict;

create table comparisons (
    id integer primary key,
    copy_document integer not null references documents (id),
    copy_version integer not null references versions (id),
    original_document integer not null references documents (id),
    original_version integer not null references versions (id),
    coverage real not null,
    lost integer not null,
    substantive integer not null,
    report text not null default '{}',
    compared_at text not null,
    unique (copy_version, original_version)
) strict;

create table variants (
    id integer primary key,
    comparison integer not null references comparisons (id),
    kind text not null check (kind in ('omitted', 'added', 'altered', 'number', 'date', 'name_or_title',
        'punctuation', 'reordered')),
    copy_start integer not null,
    copy_end integer not null,
    copy_text text not null,
    original_start integer not null,
    original_end integer not null,
    original_text text not null,
    rule text
) strict;

create table events (
    id integer primary key,
    kind text not null,
    happened_at text not null,
    site text,
    document integer references documents (id),
    capture integer references captures (id),
    crawl integer references crawls (id),
    details text not null default '{}'
) strict;

create table frontier (
    id integer primary key,
    site text not null,
    kind text not null check (kind in ('listing', 'article', 'attachment')),
    url text not null,
    due_at text not null,
    why text not null,
    attempts integer not null default 0,
    visits integer not null default 0,
    part_of integer references captures (id),
    depth integer not null default 0,
    unique (kind, url)
) strict;

create table queue (
    capture integer primary key references captures (id),
    later integer not null default 0
) strict;

create table parts (
    capture integer not null references captures (id),
    number integer not null,
    url text not null,
    fetched integer references captures (id),
    primary key (capture, number)
) strict, without rowid;

create table transitions (
    id integer primary key,
    document integer not null references documents (id),
    from_version integer not null references versions (id),
    to_version integer not null references versions (id),
    from_capture integer not null references captures (id),
    to_capture integer not null references captures (id),
    summary text not null
) strict;

create table leases (
    name text primary key,
    holder text not null,
    pid integer not null,
    since text not null
) strict;

create virtual table version_index using fts5 (grams, content='', detail='none', tokenize='ascii');

create index captures_by_url on captures (url, captured_at);
create index captures_by_crawl on captures (crawl);
create index captures_by_payload on captures (payload);
create index captures_by_hop on captures (redirected_from) where redirected_from is not null;
create index readings_by_capture on readings (capture);
create index readings_by_payload on readings (payload, reader, rules);
create index readings_by_document on readings (document);
create index readings_by_version on readings (version);
create index documents_by_site on documents (site);
create index documents_by_seen on documents (last_seen);
create index documents_by_current on documents (current);
create index versions_by_published on versions (published_at);
create index versions_by_doc_number on versions (doc_number) where doc_number is not null;
create index events_by_document on events (document);
create index events_by_time on events (happened_at);
create index frontier_by_due on frontier (site, due_at);
create index frontier_by_article on frontier (part_of) where part_of is not null;
create index transitions_by_document on transitions (document);
create index crawls_by_site on crawls (site, id);
"""

ATTACHED = """
create table attachment_sightings (
    id integer primary key,
    url text not null,
    capture integer not null references captures (id),
    payload text not null references payloads (digest),
    unique (url, capture)
) strict;

create table attachment_texts (
    id integer primary key,
    payload text not null references payloads (digest),
    reader text not null,
    kind text not null,
    text text check (instr(text, char(0)) = 0),
    text_digest text check (text_digest like 'sha256:%'),
    flags text not null default '[]',
    reason text,
    read_at text not null
) strict;

create table attachment_twins (
    url text not null,
    twin text not null,
    primary key (url, twin)
) strict, without rowid;

alter table versions add column page_digest text;

create virtual table attachment_index using fts5 (grams, content='', detail='none', tokenize='ascii');

create index attachments_by_url on attachments (url);
create index attachment_sightings_by_payload on attachment_sightings (payload);
create index attachment_sightings_by_capture on attachment_sightings (capture);
create index attachment_texts_by_payload on attachment_texts (payload);
create index attachment_twins_by_twin on attachment_twins (twin)
"""

WORKS = """
create table ties (
    document integer not null references documents (id),
    other integer not null references documents (id),
    held real not null,
    tied_at text not null,
    primary key (document, other),
    check (document < other)
) strict, without rowid;

create table work_documents (
    document integer primary key references documents (id),
    work integer not null,
    is_issuer integer not null check (is_issuer in (0, 1))
) strict;

create index ties_by_other on ties (other);
create index work_documents_by_work on work_documents (work)
"""

# By what a page showed and by what a text says: pages that stand in for articles, texts that went elsewhere.
SAME = """
create index readings_by_sight on readings (visible_digest) where visible_digest is not null;
create index versions_by_text on versions (text_digest)
"""

LOOKS = """
create table crawl_looks (
    crawl integer primary key references crawls (id),
    missed integer not null,
    seen integer not null
) strict;

insert into crawl_looks (crawl, missed, seen)
select c.crawl, sum(r.outcome = 'gone'), sum(r.outcome != 'gone') from captures c
join readings r on r.capture = c.id and r.again = 0
where c.kind = 'article' and r.document is not null and not exists (select 1 from parts p where p.fetched = c.id)
and (r.outcome in ('new', 'changed', 'unchanged', 'not_modified') or r.outcome = 'gone' and (
    select b.version from readings b join captures e on e.id = b.capture where b.document = r.document
    and e.crawl < c.crawl order by e.captured_at desc, b.id desc limit 1) is not null)
group by c.crawl
"""

# Records of other programs' files. A capture that repeats a body not held yet is given that body once.
RECORDS = """
create table records (
    record text primary key,
    capture integer not null references captures (id)
) strict, without rowid;

create table entities (
    digest text primary key,
    payload text not null references payloads (digest)
) strict, without rowid;

create table repeats (
    capture integer primary key references captures (id),
    digest text,
    url text,
    captured_at text,
    payload text references payloads (digest)
) strict;

create index repeats_by_digest on repeats (digest) where payload is null;

create index repeats_by_url on repeats (url, captured_at) where payload is null;

drop trigger captures_no_update;

create trigger captures_no_update before update on captures when old.payload is not null or not exists
    (select 1 from repeats where capture = old.id and payload = new.payload)
begin select raise(abort, 'captures is only ever added to'); end;

create trigger captures_given_a_body before update of id, crawl, site, kind, url, method, captured_at, status, error,
    headers, redirected_from, peer, tls_verified, etag, last_modified, truncated, flags, origin, clock, conditional
on captures begin select raise(abort, 'captures is only ever added to'); end
"""

# What the state machine goes on from, and what it asks of the rest of a site. All but the events can be worked out anew.
STORIES = """
create table stories (
    document integer primary key references documents (id),
    reading integer not null,
    captured_at text not null,
    capture integer not null,
    story text not null,
    seen_at text not null,
    seen integer not null
) strict;

create table site_hours (
    site text not null,
    hour text not null,
    seen integer not null default 0,
    missed integer not null default 0,
    back integer not null default 0,
    first integer not null default 0,
    is_settled integer not null default 0,
    primary key (site, hour)
) strict, without rowid;

create index site_hours_unsettled on site_hours (site, hour) where is_settled = 0;

create table absences (
    document integer not null references documents (id),
    capture integer not null references captures (id),
    site text not null,
    captured_at text not null,
    primary key (document, capture)
) strict, without rowid;

create index absences_by_time on absences (site, captured_at);

create table redirects (
    url text not null,
    captured_at text not null,
    capture integer not null references captures (id),
    status integer not null,
    target text not null,
    primary key (url, captured_at, capture)
) strict, without rowid;

create index redirects_by_target on redirects (target, captured_at);

create table superseded_events (
    id integer primary key,
    event integer not null,
    kind text not null,
    happened_at text not null,
    site text,
    document integer references documents (id),
    capture integer references captures (id),
    crawl integer references crawls (id),
    details text not null,
    superseded_by integer not null references captures (id)
) strict;

create index superseded_by_document on superseded_events (document);

create index superseded_by_event on superseded_events (event);

drop trigger events_no_delete;

create trigger events_no_delete before delete on events when not exists (select 1 from superseded_events
    where event = old.id and kind = old.kind and details = old.details and document is old.document)
begin select raise(abort, 'events is only ever added to'); end
"""

# ``is_walked``: whether the list was followed to known ground since the row was shown. ``missed``: looks in a row that
# saw nothing (refused, challenged, failed).
LIST_ROWS = """
create table list_rows (
    list text not null,
    url text not null,
    crawl integer not null references crawls (id),
    first_shown text not null,
    is_walked integer not null default 0 check (is_walked in (0, 1)),
    primary key (list, url)
) strict, without rowid;

create index list_rows_on_the_way on list_rows (list) where is_walked = 0;

alter table frontier add column missed integer not null default 0;

create index frontier_of_lists on frontier (why) where kind = 'listing'
"""

# What was read in the light of less than is known by now.
SUPERSEDED = """
create table superseded_readings (
    id integer primary key,
    reading integer not null unique,
    capture integer not null references captures (id),
    document integer not null references documents (id),
    told text not null,
    superseded_by integer not null references captures (id)
) strict;

create index superseded_readings_by_document on superseded_readings (document);

create table superseded_versions (
    id integer primary key,
    version integer not null unique,
    document integer not null references documents (id),
    number integer not null,
    state_digest text not null,
    told text not null,
    superseded_by integer not null references captures (id)
) strict;

create index superseded_versions_by_document on superseded_versions (document);

drop trigger readings_no_delete;

create trigger readings_no_delete before delete on readings when not exists (select 1 from superseded_readings
    where reading = old.id and capture = old.capture and document is old.document)
begin select raise(abort, 'readings is only ever added to'); end;

drop trigger versions_no_delete;

create trigger versions_no_delete before delete on versions when not exists (select 1 from superseded_versions
    where version = old.id and document = old.document and state_digest = old.state_digest)
begin select raise(abort, 'versions is only ever added to'); end;

drop trigger attachments_no_delete;

create trigger attachments_no_delete before delete on attachments when not exists (select 1 from superseded_versions
    where version = old.version)
begin select raise(abort, 'attachments is only ever added to'); end
"""

# The hashes of the leaves of each log in tiles of 256, each with its root and the place of its last leaf: derived, so
# that a checkpoint of a large archive is quick and a changed row is named. What a run ended with is remembered beside.
LOGS = """
create table log_tiles (
    log text not null,
    number integer not null,
    root blob not null,
    last integer not null,
    hashes blob not null,
    primary key (log, number)
) strict, without rowid;

create table checkpoints (
    id integer primary key,
    made_at text not null,
    size integer not null,
    note text not null
) strict;

create index superseded_events_by_event on superseded_events (event)
"""
