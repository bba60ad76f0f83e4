-- The tables, and why they are as they are.
--
-- **What is kept and what is read are kept apart.** A *capture* is what happened: one exchange with a server. A
-- *reading* is what one reader with one set of rules made of it. A *version* is one distinct state of a document
-- that readings have found. Captures never change because our reader did; versions say which of the two moved.
--
-- **Append-only.** ``payloads``, ``captures``, ``rules``, ``readings``, ``versions``, ``attachments``,
-- ``attachment_sightings``, ``attachment_texts`` and ``events`` are only ever added to (an event, a reading or a
-- version that was never so, as is known later, goes into ``superseded_events``, ``superseded_readings``,
-- ``superseded_versions``, which are); ``crawls`` is closed once. Triggers hold that against mistakes (not against
-- whoever owns the file: digests and backups do that). Everything else is state that could be derived again:
-- ``documents`` (where each document stands, and of its current version what lists show: triggers keep that),
-- ``addresses``, ``frontier`` (what is to be fetched, when), ``queue`` (what is kept but not read), ``parts`` (the
-- pages of one article), ``transitions`` (the source changes that ``changes`` shows), ``tallies`` (how many
-- documents there are, which triggers keep), ``crawl_looks`` (how many articles a crawl missed and saw),
-- ``stories``, ``site_hours``, ``absences`` and ``redirects`` (what the state machine in ``archive.state`` goes
-- on from and asks for), ``copier_rule_counts`` (what copies rewrite), ``attachment_twins`` (where else a file is
-- asked for), ``dictionaries`` and the search indexes.
--
-- **Attached files.** ``attachments`` names the files a version links to; each answer with one is a row of
-- ``attachment_sightings``, what could be read of it one of ``attachment_texts``. A version is made of what its
-- page says before any file is fetched: the first file kept of an address is taken for the one it had. When a
-- later sighting gives other bytes, that is a new state of the document: the page's state (``page_digest``) with
-- the files that were replaced, at the capture that showed the new one. Back to the first file is back to the
-- version before.
--
-- **Bytes.** A payload is kept once, under the SHA-256 of the decoded body. Its stored form is zstd, against
-- ``base`` (an earlier payload of the same address, which itself has no base) and with a ``dictionary`` made of
-- other pages of the same site. ``media_type`` is what the server claimed.
--
-- **The queue is the file.** A capture enters ``queue`` in its own transaction and leaves it in the transaction
-- that adds its reading, so that after a crash every capture has its outcome or waits for it, never neither.
--
-- **Search.** ``version_index`` is a contentless FTS5 index of overlapping two-character pieces of ``fold/2``
-- text, one row a version, of what the page says of itself, too; ``title_index`` of its title alone;
-- ``attachment_index`` is the same for attached files, one row a text of ``attachment_texts``. They find
-- candidates; a hit is checked against the text, so the answer is exact. What was put into such an index cannot be
-- changed: a file that is read again has a new row in both, and the newest counts. ``index_forms`` says of which
-- form each of them is.
--
-- **Copies.** ``shingles`` holds a sample of each version's pieces of five characters, as hashes: what a copy
-- shares of them tells which versions it may come from. ``comparisons`` and ``variants`` are what setting the two
-- against each other gave; a comparison is made again when either side has a new version, and the old one stays.
--
-- **Works.** One document often stands at several addresses: formal and library copy, gazette, the ministry's own
-- page, a gateway's. ``ties`` says which two documents were found to be one work (number, title and text agree),
-- ``work_documents`` what hangs together and which of it is the issuing body's. Both are derived.
--
-- **Times** are UTC text of one width. ``published_at`` is what a page showed and has its own form.

-- Crawls, and what they kept

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

create index crawls_by_site on crawls (site, id);
create index crawls_by_verdict on crawls (site, verdict, finished_at);

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
    conditional integer,
    check (status is not null or error is not null),
    unique (crawl, url, captured_at, origin)
) strict;

create index captures_by_url on captures (url, captured_at);
create index captures_by_crawl on captures (crawl);
create index captures_by_payload on captures (payload);
create index captures_by_hop on captures (redirected_from) where redirected_from is not null;
create index captures_of_lists on captures (payload) where kind = 'listing';

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

-- Readings, documents and their versions

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
    read_at text not null,
    card text
) strict;

create index readings_by_capture on readings (capture);
create index readings_by_payload on readings (payload, reader, rules);
create index readings_by_document on readings (document);
create index readings_by_version on readings (version);
create index readings_of_finds on readings (capture, document, outcome) where outcome in ('new', 'changed') and again = 0;
create index readings_by_sight on readings (visible_digest) where visible_digest is not null;

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
    flags text not null default '[]',
    published_at text,
    title text,
    source_line text,
    author text,
    doc_number text,
    issuer text,
    index_number text
) strict;

create index documents_by_seen on documents (last_seen);
create index documents_by_current on documents (current);
create index documents_by_state_and_date on documents (state, published_at);
create index documents_by_site_and_state on documents (site, state);
create index documents_by_date on documents (published_at, first_seen, current, site, state, role, publisher, title,
    source_line, author, doc_number, issuer, index_number, versions);
create index documents_by_site_and_date on documents (site, published_at, state, title, source_line, doc_number);
create index documents_by_site_and_sight on documents (site, first_seen);
create index documents_by_role on documents (role, published_at, site, state);
create index documents_by_publisher on documents (publisher, published_at, site, state);
create index documents_by_source on documents (source_line, published_at, site, state);
create index documents_by_issuer on documents (issuer, published_at, site, state);

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
    -- Null where it is the text itself.
    text_simplified text check (text_simplified is not text),
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
    page_digest text,
    -- What each part of the text is and where it stands; null where nothing is known of it.
    blocks text,
    -- Damaged places for each thousand characters of the text; null where nobody looked.
    damage real,
    unique (document, number),
    unique (document, state_digest)
) strict;

create index versions_by_published on versions (published_at);
create index versions_by_doc_number on versions (doc_number) where doc_number is not null;
create index versions_by_text on versions (text_digest);

create table transitions (
    id integer primary key,
    document integer not null references documents (id),
    from_version integer not null references versions (id),
    to_version integer not null references versions (id),
    from_capture integer not null references captures (id),
    to_capture integer not null references captures (id),
    summary text not null,
    changed_at text,
    site text
) strict;

create index transitions_by_document on transitions (document);
create index transitions_by_time on transitions (changed_at);
create index transitions_by_site on transitions (site, changed_at);

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

-- Attached files

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

create index attachments_by_url on attachments (url);

create table attachment_sightings (
    id integer primary key,
    url text not null,
    capture integer not null references captures (id),
    payload text not null references payloads (digest),
    unique (url, capture)
) strict;

create index attachment_sightings_by_payload on attachment_sightings (payload);
create index attachment_sightings_by_capture on attachment_sightings (capture);

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

create index attachment_texts_by_payload on attachment_texts (payload);

create table attachment_twins (
    url text not null,
    twin text not null,
    primary key (url, twin)
) strict, without rowid;

create index attachment_twins_by_twin on attachment_twins (twin);

-- Events

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

create index events_by_document on events (document);
create index events_by_time on events (happened_at);
create index events_by_site on events (site, happened_at);
create index events_of_reviews on events (site, document) where kind = 'review';
create index events_of_withholdings on events (document) where kind in ('withheld', 'shown_again');

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
create index superseded_events_by_event on superseded_events (event);

-- What is to be fetched and read

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
    missed integer not null default 0,
    unique (kind, url)
) strict;

create index frontier_by_due on frontier (site, due_at);
create index frontier_by_article on frontier (part_of) where part_of is not null;
create index frontier_of_lists on frontier (why) where kind = 'listing';

create table queue (
    capture integer primary key references captures (id),
    later integer not null default 0,
    edit text
) strict;

create table parts (
    capture integer not null references captures (id),
    number integer not null,
    url text not null,
    fetched integer references captures (id),
    primary key (capture, number)
) strict, without rowid;

create index parts_by_fetched on parts (fetched) where fetched is not null;

create table list_rows (
    list text not null,
    url text not null,
    crawl integer not null references crawls (id),
    first_shown text not null,
    is_walked integer not null default 0 check (is_walked in (0, 1)),
    primary key (list, url)
) strict, without rowid;

create index list_rows_by_url on list_rows (url, first_shown);
create index list_rows_on_the_way on list_rows (list) where is_walked = 0;

-- The words under which a list first led to a file, which often has no title of its own.
create table list_names (
    url text primary key,
    name text not null
) strict, without rowid;

create table leases (
    name text primary key,
    holder text not null,
    pid integer not null,
    since text not null
) strict;

-- Which sites a process on another machine asks, and until when nobody else may.
create table site_leases (
    token text not null,
    site text not null,
    taken_at text not null,
    lease_until text not null,
    landed_at text,
    primary key (token, site)
) strict, without rowid;

create index site_leases_open on site_leases (site, lease_until) where landed_at is null;

-- The state machine: what it goes on from and asks for

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

create table crawl_looks (
    crawl integer primary key references crawls (id),
    missed integer not null,
    seen integer not null
) strict;

-- Search

create virtual table version_index using fts5 (grams, content='', detail='none', tokenize='ascii');

create virtual table title_index using fts5 (grams, content='', detail='none', tokenize='ascii');

create virtual table attachment_index using fts5 (grams, content='', detail='none', tokenize='ascii');

create table index_forms (name text primary key, form text not null) strict;

-- Copies and works

create table shingles (
    hash integer not null,
    version integer not null references versions (id),
    primary key (hash, version)
) strict, without rowid;

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

create index comparisons_by_copy on comparisons (copy_document);
create index comparisons_by_original on comparisons (original_document);

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

create index variants_by_comparison on variants (comparison);

create table copier_rule_counts (
    site text not null,
    kind text not null,
    original text not null,
    found text not null,
    copy_document integer not null references documents (id),
    comparison integer not null references comparisons (id),
    count integer not null,
    primary key (site, kind, original, found, copy_document)
) strict, without rowid;

create index copier_rule_counts_by_copy on copier_rule_counts (copy_document);

create table ties (
    document integer not null references documents (id),
    other integer not null references documents (id),
    held real not null,
    tied_at text not null,
    primary key (document, other),
    check (document < other)
) strict, without rowid;

create index ties_by_other on ties (other);

create table work_documents (
    document integer primary key references documents (id),
    work integer not null,
    is_issuer integer not null check (is_issuer in (0, 1))
) strict;

create index work_documents_by_work on work_documents (work);

-- Counts that triggers keep

create table tallies (
    site text not null,
    state text not null,
    month text not null,
    documents integer not null,
    primary key (site, state, month)
) strict, without rowid;

-- What documents name and do, and the standings that follow

create table version_connections (
    version integer primary key references versions (id),
    reader integer not null,
    class text not null,
    effect_day text,
    effect_rule text,
    effect_start integer,
    effect_end integer,
    expiry_day text,
    expiry_lasts text,
    expiry_start integer,
    expiry_end integer,
    status text,
    issued_on text,
    card text,
    deadlines text not null default '[]'
) strict;

create table version_citations (
    version integer not null references versions (id),
    start integer not null,
    "end" integer not null,
    text text not null,
    kind text not null check (kind in ('title', 'number', 'title+number', 'article', 'short_name')),
    cited_title text,
    cited_number text,
    cited_articles text not null default '[]',
    title_key text,
    number_key text,
    primary key (version, start)
) strict, without rowid;

create index version_citations_by_number on version_citations (number_key) where number_key is not null;
create index version_citations_by_title on version_citations (title_key) where title_key is not null;

create table version_relations (
    version integer not null references versions (id),
    position integer not null,
    relation text not null check (relation in ('based_on', 'implements', 'forwards', 'issues', 'repeals', 'amends',
        'replaces', 'interprets', 'drafts', 'corrects', 'extends', 'cites')),
    other_title text,
    other_number text,
    start integer,
    "end" integer,
    is_incoming integer not null default 0 check (is_incoming in (0, 1)),
    is_partial integer not null default 0 check (is_partial in (0, 1)),
    is_end integer not null default 0 check (is_end in (0, 1)),
    stated_on text,
    until text,
    title_key text,
    number_key text,
    primary key (version, position)
) strict, without rowid;

-- With the relation: a law that tens of thousands rest on is repealed by few.
create index version_relations_by_number_and_kind on version_relations (number_key, relation) where number_key is not null;
create index version_relations_by_title_and_kind on version_relations (title_key, relation) where title_key is not null;

create table version_clauses (
    version integer not null references versions (id),
    position integer not null,
    path text not null,
    level integer not null,
    start integer not null,
    "end" integer not null,
    heading text not null,
    primary key (version, position)
) strict, without rowid;

create table document_names (
    key text not null,
    kind text not null check (kind in ('title', 'number')),
    document integer not null references documents (id),
    number_key text,
    primary key (key, kind, document)
) strict, without rowid;

create index document_names_by_document on document_names (document);

create table standing_spans (
    document integer not null references documents (id),
    position integer not null,
    standing text not null check (standing in ('in_force', 'not_yet', 'expired', 'repealed', 'partly_repealed',
        'amended', 'draft', 'unknown')),
    since text,
    until text,
    effective_from text,
    expires_on text,
    because text not null default '[]',
    contradiction text,
    primary key (document, position)
) strict, without rowid;

create index standing_spans_by_day on standing_spans (since) where since is not null;

create table unsettled (
    document integer primary key references documents (id)
) strict;

-- The log and its checkpoints

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

-- What is only ever added to, and what triggers keep in step

create trigger crawls_closed_once before update on crawls when old.finished_at is not null begin select raise(abort, 'a crawl is closed once'); end;
create trigger crawls_no_delete before delete on crawls begin select raise(abort, 'crawls is only ever added to'); end;

create trigger payloads_no_update before update on payloads begin select raise(abort, 'payloads is only ever added to'); end;
create trigger payloads_no_delete before delete on payloads begin select raise(abort, 'payloads is only ever added to'); end;

create trigger rules_no_update before update on rules begin select raise(abort, 'rules is only ever added to'); end;
create trigger rules_no_delete before delete on rules begin select raise(abort, 'rules is only ever added to'); end;

create trigger captures_no_delete before delete on captures begin select raise(abort, 'captures is only ever added to'); end;
create trigger captures_no_update before update on captures when old.payload is not null or not exists
    (select 1 from repeats where capture = old.id and payload = new.payload)
begin select raise(abort, 'captures is only ever added to'); end;
create trigger captures_given_a_body before update of id, crawl, site, kind, url, method, captured_at, status, error,
    headers, redirected_from, peer, tls_verified, etag, last_modified, truncated, flags, origin, clock, conditional
on captures begin select raise(abort, 'captures is only ever added to'); end;

create trigger readings_no_update before update on readings begin select raise(abort, 'readings is only ever added to'); end;
create trigger readings_no_delete before delete on readings when not exists (select 1 from superseded_readings
    where reading = old.id and capture = old.capture and document is old.document)
begin select raise(abort, 'readings is only ever added to'); end;
create trigger documents_to_settle_by_card after insert on readings when new.card is not null and new.version is not null
    and not exists (select 1 from version_connections where version = new.version and card is new.card)
begin insert or ignore into unsettled (document) select document from versions where id = new.version; end;
create trigger documents_to_settle_by_look after insert on readings when new.document is not null and new.version is not null
    and (new.card is not null and exists (select 1 from standing_spans where document = new.document
            and standing in ('repealed', 'expired'))
        or (select captured_at from captures where id = new.capture) <=
            (select seen_at from stories where document = new.document)
        and not exists (select 1 from readings where capture = new.capture and document = new.document
            and version = new.version and id < new.id))
begin insert or ignore into unsettled (document) values (new.document); end;
create trigger documents_to_settle_by_less after delete on readings when old.document is not null and old.version is not null
begin insert or ignore into unsettled (document) values (old.document); end;

create trigger documents_counted after insert on documents
begin insert into tallies (site, state, month, documents)
    values (new.site, new.state, coalesce(substr(new.published_at, 1, 7), ''), 1)
    on conflict (site, state, month) do update set documents = documents + 1; end;
create trigger documents_counted_anew after update of site, state, published_at on documents
when (old.site, old.state, substr(old.published_at, 1, 7)) is not (new.site, new.state, substr(new.published_at, 1, 7))
begin insert into tallies (site, state, month, documents)
    values (old.site, old.state, coalesce(substr(old.published_at, 1, 7), ''), -1)
    on conflict (site, state, month) do update set documents = documents - 1; insert into tallies
    (site, state, month, documents) values (new.site, new.state, coalesce(substr(new.published_at, 1, 7), ''), 1)
    on conflict (site, state, month) do update set documents = documents + 1; end;
create trigger documents_listed after update of current on documents when new.current is not old.current
begin update documents set (published_at, title, source_line, author, doc_number, issuer, index_number) = (select published_at, title, source_line, author, doc_number, issuer, index_number from versions where id = new.current) where id = new.id; end;
create trigger documents_listed_at_once after insert on documents when new.current is not null
begin update documents set (published_at, title, source_line, author, doc_number, issuer, index_number) = (select published_at, title, source_line, author, doc_number, issuer, index_number from versions where id = new.current) where id = new.id; end;
create trigger documents_to_settle after update of current on documents when new.current is not old.current
begin insert or ignore into unsettled (document) values (new.id); end;
create trigger documents_to_settle_at_once after insert on documents when new.current is not null
begin insert or ignore into unsettled (document) values (new.id); end;

create trigger versions_no_update before update on versions begin select raise(abort, 'versions is only ever added to'); end;
create trigger versions_no_delete before delete on versions when not exists (select 1 from superseded_versions
    where version = old.id and document = old.document and state_digest = old.state_digest)
begin select raise(abort, 'versions is only ever added to'); end;
create trigger versions_leave_connections before delete on versions
begin delete from version_connections where version = old.id; delete from version_citations where version = old.id; delete from version_relations where version = old.id; delete from version_clauses where version = old.id; end;

create trigger transitions_dated after insert on transitions
begin update transitions set changed_at = (select captured_at from captures where id = new.to_capture)
    where id = new.id; end;
create trigger transitions_placed after insert on transitions
begin update transitions set site = (select site from documents where id = new.document) where id = new.id; end;

create trigger superseded_readings_no_update before update on superseded_readings begin select raise(abort, 'superseded_readings is only ever added to'); end;
create trigger superseded_readings_no_delete before delete on superseded_readings begin select raise(abort, 'superseded_readings is only ever added to'); end;

create trigger superseded_versions_no_update before update on superseded_versions begin select raise(abort, 'superseded_versions is only ever added to'); end;
create trigger superseded_versions_no_delete before delete on superseded_versions begin select raise(abort, 'superseded_versions is only ever added to'); end;

create trigger attachments_no_update before update on attachments begin select raise(abort, 'attachments is only ever added to'); end;
create trigger attachments_no_delete before delete on attachments when not exists (select 1 from superseded_versions
    where version = old.version)
begin select raise(abort, 'attachments is only ever added to'); end;

create trigger attachment_sightings_no_update before update on attachment_sightings begin select raise(abort, 'attachment_sightings is only ever added to'); end;
create trigger attachment_sightings_no_delete before delete on attachment_sightings begin select raise(abort, 'attachment_sightings is only ever added to'); end;

create trigger attachment_texts_no_update before update on attachment_texts begin select raise(abort, 'attachment_texts is only ever added to'); end;
create trigger attachment_texts_no_delete before delete on attachment_texts begin select raise(abort, 'attachment_texts is only ever added to'); end;

create trigger events_no_update before update on events begin select raise(abort, 'events is only ever added to'); end;
create trigger events_no_delete before delete on events when not exists (select 1 from superseded_events
    where event = old.id and kind = old.kind and details = old.details and document is old.document)
begin select raise(abort, 'events is only ever added to'); end;

create trigger superseded_events_no_update before update on superseded_events begin select raise(abort, 'superseded_events is only ever added to'); end;
create trigger superseded_events_no_delete before delete on superseded_events begin select raise(abort, 'superseded_events is only ever added to'); end;

create trigger checkpoints_no_update before update on checkpoints begin select raise(abort, 'checkpoints is only ever added to'); end;
create trigger checkpoints_no_delete before delete on checkpoints begin select raise(abort, 'checkpoints is only ever added to'); end;
