-- How whole sites of another archive (attached as ``other``) come into this one, in bulk.
--
-- Each part begins with its name. A site is taken over whole where this archive knows nothing of it and nothing of it
-- would be read otherwise today; ``their_…`` tables say which of our numbers each of their rows has. Numbers are given
-- in their order, without gaps, those of rows that were put aside included: the log is read in the order of numbers.

-- # tables
create temp table their_captures (theirs integer primary key, batch integer, ours integer);
create temp table their_sites (site text primary key, captures integer not null, digest text, batch integer, crawl integer);
create temp table their_documents (theirs integer primary key, ours integer not null, batch integer not null);
create temp table their_versions (theirs integer primary key, ours integer not null, batch integer not null);
create temp table their_readings (theirs integer primary key, ours integer not null, batch integer not null);
create temp table their_events (theirs integer primary key, ours integer not null, batch integer not null);
create temp table their_comparisons (theirs integer primary key, ours integer not null, batch integer not null);
create temp table their_dictionaries (theirs integer primary key, ours integer not null);
create temp table their_rules (theirs integer primary key, ours integer not null);
create temp table their_payloads (digest text primary key, first integer, earliest integer not null) without rowid;
create temp table met (document integer primary key);

-- # held
insert into temp.their_captures (theirs, ours) select id, null from other.captures;
update temp.their_captures set ours = (select min(r.capture) from other.records t join main.records r on r.record = t.record
    where t.capture = theirs) where theirs in (select capture from other.records);
update temp.their_captures set ours = (select o.id from other.captures t join main.captures o on o.url = t.url
    and o.captured_at = t.captured_at and o.method = t.method and o.kind = t.kind and o.status is t.status
    -- By its address: thousands of captures may have no body, or the same.
    and o.error is t.error and o.headers = t.headers and +o.payload is t.payload where t.id = theirs limit 1)
where ours is null and exists (select 1 from main.captures);

-- # sites
insert into temp.their_sites (site, captures) select site, count(*) from other.captures group by site;

-- # spoiled
-- What this archive knows of, by whatever name.
select distinct t.site from other.captures t where exists (select 1 from main.captures m where m.url = t.url)
union select d.site from other.documents d join main.documents m on m.url = d.url
union select t.site from temp.their_sites t where exists (select 1 from main.documents d where d.site = t.site)
union select t.site from temp.their_sites t where exists (select 1 from main.crawls r join main.captures c on c.crawl = r.id
    where r.site = t.site)
union select r.site from main.rules r join temp.their_sites t on t.site = r.site where r.digest != t.digest
-- What people decided there is not taken over; what it led to is not either.
union select site from other.events where kind = 'review' and site is not null
-- What would be read otherwise today.
union select d.site from (select r.document, max(r.id) as last from other.readings r
        join other.captures c on c.id = r.capture where c.kind = 'article' and r.document is not null
        and r.payload is not null and r.outcome in ('new', 'changed', 'unchanged', 'unreadable', 'quarantined')
        group by r.document, r.payload) g
    join other.readings l on l.id = g.last join other.documents d on d.id = g.document
    join other.rules u on u.id = l.rules join temp.their_sites t on t.site = d.site
    where l.reader not in (:reader, :cheap) or u.digest is not t.digest
-- Captures that would be one here.
union select site from other.captures where origin != 'network' group by site, url, captured_at, origin having count(*) > 1
-- Records without a body whose body the other side has.
union select c.site from other.repeats r join other.captures c on c.id = r.capture where r.payload is null
    and (exists (select 1 from main.entities e where e.digest = r.digest) or exists (select 1 from main.captures m
        where m.url = r.url and m.captured_at = r.captured_at and m.payload is not null))
union select c.site from main.repeats w join other.entities e on e.digest = w.digest
    join other.captures c on c.payload = e.payload where w.payload is null
union select c.site from main.repeats w join other.captures c on c.url = w.url and c.captured_at = w.captured_at
    where w.payload is null
-- Files that are known here.
union select d.site from other.attachments a join other.versions v on v.id = a.version
    join other.documents d on d.id = v.document where exists (select 1 from main.attachments m where m.url = a.url)
    or exists (select 1 from main.attachment_sightings m where m.url = a.url)
union select c.site from other.attachment_sightings s join other.captures c on c.id = s.capture
    where exists (select 1 from main.attachments m where m.url = s.url)
    or exists (select 1 from main.attachment_sightings m where m.url = s.url);

-- # linked
-- Sites of which rows refer to each other come together or not at all.
select c.site, f.site from other.captures c join other.captures f on f.id = c.redirected_from where c.site != f.site
union select d.site, c.site from other.readings r join other.documents d on d.id = r.document
    join other.captures c on c.id = r.capture where d.site != c.site
union select d.site, c.site from other.attachments a join other.versions v on v.id = a.version
    join other.documents d on d.id = v.document join other.attachment_sightings s on s.url = a.url
    join other.captures c on c.id = s.capture where d.site != c.site
union select d.site, c.site from other.events e join other.documents d on d.id = e.document
    join other.captures c on c.id = e.capture where d.site != c.site
union select d.site, o.site from other.redirects e join other.documents d on d.url = e.url
    join other.documents o on o.url = e.target where d.site != o.site
union select a.site, f.site from other.parts p join other.captures a on a.id = p.capture
    join other.captures f on f.id = p.fetched where a.site != f.site;

-- # batches
update temp.their_captures set batch = (select t.batch from other.captures c join temp.their_sites t on t.site = c.site
    where c.id = theirs);
create index temp.their_captures_by_batch on their_captures (batch);

-- # land
insert or ignore into main.list_names select url, name from other.list_names;
insert or ignore into main.rules (site, digest, declaration, declared_at)
    select site, digest, declaration, declared_at from other.rules
    where site = '*' or site in (select site from temp.their_sites where batch = :batch) order by id;
insert or ignore into temp.their_rules select t.id, m.id from other.rules t join main.rules m on m.digest = t.digest;

-- # captures
update temp.their_captures set ours = n.ours from (select theirs, :captures + row_number() over (order by theirs) as ours
    from temp.their_captures where batch = :batch) n where n.theirs = their_captures.theirs;
insert or ignore into temp.their_dictionaries
    select id, :dictionaries + row_number() over (order by id) from other.dictionaries
    where site in (select site from temp.their_sites where batch = :batch);
insert into main.dictionaries (id, site, members, made_at) select n.ours, d.site, d.members, d.made_at
    from temp.their_dictionaries n join other.dictionaries d on d.id = n.theirs where n.ours > :dictionaries order by n.ours;
delete from temp.their_payloads;
insert into temp.their_payloads
    select c.payload, min(iif(exists (select 1 from other.repeats where capture = c.id), null, c.id)), min(c.id)
    from temp.their_captures n cross join other.captures c on c.id = n.theirs
    where n.batch = :batch and c.payload is not null group by c.payload;
delete from temp.their_payloads where exists (select 1 from main.payloads m where m.digest = their_payloads.digest);
insert into main.payloads (digest, body, base, dictionary, length, media_type, kept_at)
    select p.digest, p.body, p.base, iif(p.dictionary is null, null,
            coalesce((select ours from temp.their_dictionaries where theirs = p.dictionary), -1)), p.length,
        iif(f.captured_at is null or f.captured_at = p.kept_at, p.media_type, media_type(f.headers)),
        coalesce(f.captured_at, p.kept_at)
    from (select * from temp.their_payloads order by earliest) n cross join other.payloads p on p.digest = n.digest
    left join other.captures f on f.id = n.first;
insert into main.captures (id, crawl, site, kind, url, method, captured_at, status, error, headers, redirected_from, peer,
        tls_verified, etag, last_modified, payload, truncated, flags, origin, clock, conditional)
    select n.ours, t.crawl, c.site, c.kind, c.url, c.method, c.captured_at, c.status, c.error, c.headers,
        iif(c.redirected_from is null, null,
            coalesce((select ours from temp.their_captures where theirs = c.redirected_from), -1)), c.peer, c.tls_verified, c.etag,
        c.last_modified, c.payload, c.truncated, c.flags, iif(c.origin = 'network', :name || '+' || c.id, c.origin),
        c.clock, c.conditional
    from temp.their_captures n cross join other.captures c on c.id = n.theirs
    cross join temp.their_sites t on t.site = c.site where n.batch = :batch order by n.theirs;
insert into main.records (record, capture) select r.record, n.ours from other.records r
    join temp.their_captures n on n.theirs = r.capture where n.batch = :batch;
insert or ignore into main.entities (digest, payload) select e.digest, e.payload from other.entities e
    where exists (select 1 from temp.their_captures n join other.captures c on c.id = n.theirs where c.payload = e.payload
        and n.batch = :batch);
insert into main.repeats (capture, digest, url, captured_at, payload)
    select n.ours, r.digest, r.url, r.captured_at, r.payload from other.repeats r
    join temp.their_captures n on n.theirs = r.capture where n.batch = :batch order by n.ours;
insert into main.queue (capture, later) select n.ours, min(q.later, 1) from other.queue q
    join temp.their_captures n on n.theirs = q.capture where n.batch = :batch order by n.ours;

-- # rows
insert into temp.their_documents select d.id, :documents + row_number() over (order by d.id), :batch
    from other.documents d join temp.their_sites t on t.site = d.site where t.batch = :batch;
insert into temp.their_versions select version, :versions + row_number() over (order by version), :batch from (
    select v.id as version from temp.their_documents d cross join other.versions v on v.document = d.theirs
        where d.batch = :batch
    union select s.version from temp.their_documents d cross join other.superseded_versions s on s.document = d.theirs
        where d.batch = :batch);
insert into temp.their_readings select reading, :readings + row_number() over (order by reading), :batch from (
    select r.id as reading from temp.their_captures c cross join other.readings r on r.capture = c.theirs
        where c.batch = :batch
    union select s.reading from other.superseded_readings s join temp.their_captures c on c.theirs = s.capture
        where c.batch = :batch);
insert into temp.their_events select event, :events + row_number() over (order by event), :batch from (
    select e.id as event from temp.their_documents d cross join other.events e on e.document = d.theirs
        where d.batch = :batch and e.kind not in ('review', 'withheld', 'shown_again')
    union select s.event from temp.their_documents d cross join other.superseded_events s on s.document = d.theirs
        where d.batch = :batch);
insert into main.versions (id, document, number, title, text, text_simplified, published_at, meta_published_at, source_line,
        author, editor, doc_number, issuer, index_number, captures, reader, rules, cause, text_digest, state_digest, evidence,
        removed, flags, kept_at, page_digest, blocks, damage)
    select n.ours, d.ours, v.number, v.title, v.text, v.text_simplified, v.published_at, v.meta_published_at, v.source_line,
        v.author, v.editor, v.doc_number, v.issuer, v.index_number,
        (select '[' || group_concat(c.ours, ', ') || ']' from json_each(v.captures) e
            join temp.their_captures c on c.theirs = e.value),
        v.reader, (select ours from temp.their_rules where theirs = v.rules), v.cause, v.text_digest, v.state_digest,
        v.evidence, v.removed, v.flags, v.kept_at, v.page_digest, v.blocks, v.damage
    from temp.their_versions n cross join other.versions v on v.id = n.theirs
    cross join temp.their_documents d on d.theirs = v.document where n.batch = :batch order by n.ours;
insert into main.version_connections select n.ours, t.reader, t.class, t.effect_day, t.effect_rule, t.effect_start,
        t.effect_end, t.expiry_day, t.expiry_lasts, t.expiry_start, t.expiry_end, t.status, t.issued_on, t.card, t.deadlines
    from temp.their_versions n cross join other.version_connections t on t.version = n.theirs where n.batch = :batch;
insert into main.version_citations select n.ours, t.start, t."end", t.text, t.kind, t.cited_title, t.cited_number,
        t.cited_articles, t.title_key, t.number_key
    from temp.their_versions n cross join other.version_citations t on t.version = n.theirs where n.batch = :batch;
insert into main.version_relations select n.ours, t.position, t.relation, t.other_title, t.other_number, t.start, t."end",
        t.is_incoming, t.is_partial, t.is_end, t.stated_on, t.until, t.title_key, t.number_key
    from temp.their_versions n cross join other.version_relations t on t.version = n.theirs where n.batch = :batch;
insert into main.version_clauses select n.ours, t.position, t.path, t.level, t.start, t."end", t.heading
    from temp.their_versions n cross join other.version_clauses t on t.version = n.theirs where n.batch = :batch;
insert into main.documents (id, site, publisher, url, role, kind, state, first_seen, last_seen, current, versions, flags,
        published_at, title, source_line, author, doc_number, issuer, index_number)
    select n.ours, d.site, d.publisher, d.url, d.role, d.kind, d.state, d.first_seen, d.last_seen,
        iif(d.current is null, null, coalesce((select ours from temp.their_versions where theirs = d.current), -1)),
        d.versions, d.flags, d.published_at, d.title,
        d.source_line, d.author, d.doc_number, d.issuer, d.index_number
    from temp.their_documents n cross join other.documents d on d.id = n.theirs where n.batch = :batch order by n.ours;
insert into main.readings (id, capture, payload, document, reader, rules, outcome, reason, flags, version, visible_digest,
        found, again, read_at, card)
    select n.ours, c.ours, r.payload, iif(r.document is null, null,
            coalesce((select ours from temp.their_documents where theirs = r.document), -1)), r.reader,
        (select ours from temp.their_rules where theirs = r.rules), r.outcome, r.reason, r.flags,
        iif(r.version is null, null, coalesce((select ours from temp.their_versions where theirs = r.version), -1)),
        r.visible_digest, r.found, r.again, r.read_at, r.card
    from temp.their_readings n cross join other.readings r on r.id = n.theirs
    cross join temp.their_captures c on c.theirs = r.capture where n.batch = :batch order by n.ours;
insert into main.superseded_readings (reading, capture, document, told, superseded_by)
    select n.ours, c.ours, d.ours, json_set(s.told, '$.id', n.ours, '$.capture', c.ours, '$.document', d.ours, '$.rules',
            (select ours from temp.their_rules where theirs = s.told ->> '$.rules'), '$.version',
            (select ours from temp.their_versions where theirs = s.told ->> '$.version')),
        (select ours from temp.their_captures where theirs = s.superseded_by)
    from temp.their_readings n cross join other.superseded_readings s on s.reading = n.theirs
    join temp.their_captures c on c.theirs = s.capture join temp.their_documents d on d.theirs = s.document
    where n.batch = :batch order by s.id;
insert into main.superseded_versions (version, document, number, state_digest, told, superseded_by)
    select n.ours, d.ours, s.number, s.state_digest, json_set(s.told, '$.id', n.ours, '$.document', d.ours, '$.rules',
            (select ours from temp.their_rules where theirs = s.told ->> '$.rules'), '$.captures',
            (select '[' || group_concat(c.ours, ', ') || ']' from json_each(s.told ->> '$.captures') e
                join temp.their_captures c on c.theirs = e.value)),
        (select ours from temp.their_captures where theirs = s.superseded_by)
    from temp.their_versions n cross join other.superseded_versions s on s.version = n.theirs
    join temp.their_documents d on d.theirs = s.document where n.batch = :batch order by s.id;
insert into main.events (id, kind, happened_at, site, document, capture, crawl, details)
    select n.ours, e.kind, e.happened_at, e.site, d.ours, c.ours, t.crawl,
        iif(e.details ->> '$.to_capture' is null, e.details, printf('{"to_capture": %d}',
            (select ours from temp.their_captures where theirs = e.details ->> '$.to_capture')))
    from temp.their_events n cross join other.events e on e.id = n.theirs
    join temp.their_documents d on d.theirs = e.document join temp.their_sites t on t.site = e.site
    left join temp.their_captures c on c.theirs = e.capture where n.batch = :batch order by n.ours;
insert into main.superseded_events (event, kind, happened_at, site, document, capture, crawl, details, superseded_by)
    select n.ours, e.kind, e.happened_at, e.site, d.ours, c.ours, t.crawl,
        iif(e.details ->> '$.to_capture' is null, e.details, printf('{"to_capture": %d}',
            (select ours from temp.their_captures where theirs = e.details ->> '$.to_capture'))),
        (select ours from temp.their_captures where theirs = e.superseded_by)
    from temp.their_events n cross join other.superseded_events e on e.event = n.theirs
    join temp.their_documents d on d.theirs = e.document join temp.their_sites t on t.site = e.site
    left join temp.their_captures c on c.theirs = e.capture where n.batch = :batch order by e.id;
insert into main.addresses (document, url, "from", "to") select d.ours, a.url, a."from", a."to"
    from temp.their_documents d cross join other.addresses a on a.document = d.theirs where d.batch = :batch;
insert into main.transitions (document, from_version, to_version, from_capture, to_capture, summary)
    select d.ours, f.ours, l.ours, (select ours from temp.their_captures where theirs = t.from_capture),
        (select ours from temp.their_captures where theirs = t.to_capture), t.summary
    from temp.their_documents d cross join other.transitions t on t.document = d.theirs
    join temp.their_versions f on f.theirs = t.from_version join temp.their_versions l on l.theirs = t.to_version
    where d.batch = :batch order by t.id;
insert into main.stories (document, reading, captured_at, capture, story, seen_at, seen)
    select d.ours, 0, '', 0, :story, s.seen_at, coalesce((select ours from temp.their_captures where theirs = s.seen), 0)
    from temp.their_documents d cross join other.stories s on s.document = d.theirs where d.batch = :batch;
insert into main.site_hours select h.* from other.site_hours h join temp.their_sites t on t.site = h.site
    where t.batch = :batch;
insert into main.absences (document, capture, site, captured_at) select d.ours, c.ours, a.site, a.captured_at
    from temp.their_documents d cross join other.absences a on a.document = d.theirs
    join temp.their_captures c on c.theirs = a.capture where d.batch = :batch;
insert into main.redirects (url, captured_at, capture, status, target) select r.url, r.captured_at, c.ours, r.status, r.target
    from other.redirects r join temp.their_captures c on c.theirs = r.capture where c.batch = :batch;
insert into main.parts (capture, number, url, fetched)
    select c.ours, p.number, p.url, (select ours from temp.their_captures where theirs = p.fetched)
    from other.parts p join temp.their_captures c on c.theirs = p.capture where c.batch = :batch;
insert into main.attachments (version, position, url, name, media_type, payload, text)
    select n.ours, a.position, a.url, a.name, a.media_type, a.payload, a.text
    from temp.their_versions n cross join other.attachments a on a.version = n.theirs where n.batch = :batch
    order by n.ours, a.position;
insert into main.attachment_sightings (url, capture, payload) select s.url, c.ours, s.payload
    from other.attachment_sightings s join temp.their_captures c on c.theirs = s.capture where c.batch = :batch order by s.id;
insert into main.attachment_texts (payload, reader, kind, text, text_digest, flags, reason, read_at)
    select t.payload, t.reader, t.kind, t.text, t.text_digest, t.flags, t.reason, t.read_at from other.attachment_texts t
    where exists (select 1 from other.attachment_sightings s join temp.their_captures c on c.theirs = s.capture
        where s.payload = t.payload and c.batch = :batch)
    and not exists (select 1 from main.attachment_texts m where m.payload = t.payload and m.reader = t.reader) order by t.id;
insert or ignore into main.attachment_twins (url, twin) select w.url, w.twin from other.attachment_twins w
    where exists (select 1 from other.attachments a join temp.their_versions n on n.theirs = a.version
        where a.url = w.url and n.batch = :batch);
insert or ignore into main.queue (capture, later) select min(c.ours), 1 from other.attachment_sightings s
    join temp.their_captures c on c.theirs = s.capture where c.batch = :batch
    and not exists (select 1 from main.attachment_texts m where m.payload = s.payload and m.reader = :file_reader)
    group by s.payload;
insert into temp.their_comparisons select k.id, :comparisons + row_number() over (order by k.id), :batch
    from other.comparisons k join temp.their_versions c on c.theirs = k.copy_version
    join temp.their_versions o on o.theirs = k.original_version where :batch in (c.batch, o.batch);
insert into main.comparisons (id, copy_document, copy_version, original_document, original_version, coverage, lost,
        substantive, report, compared_at)
    select n.ours, d.ours, c.ours, p.ours, o.ours, k.coverage, k.lost, k.substantive, k.report, k.compared_at
    from temp.their_comparisons n cross join other.comparisons k on k.id = n.theirs
    join temp.their_documents d on d.theirs = k.copy_document join temp.their_versions c on c.theirs = k.copy_version
    join temp.their_documents p on p.theirs = k.original_document join temp.their_versions o on o.theirs = k.original_version
    where n.batch = :batch order by n.ours;
insert into main.variants (comparison, kind, copy_start, copy_end, copy_text, original_start, original_end, original_text, rule)
    select n.ours, v.kind, v.copy_start, v.copy_end, v.copy_text, v.original_start, v.original_end, v.original_text, v.rule
    from temp.their_comparisons n cross join other.variants v on v.comparison = n.theirs where n.batch = :batch order by v.id;
insert or ignore into main.copier_rule_counts (site, kind, original, found, copy_document, comparison, count)
    select r.site, r.kind, r.original, r.found, d.ours, n.ours, r.count from other.copier_rule_counts r
    join temp.their_comparisons n on n.theirs = r.comparison join temp.their_documents d on d.theirs = r.copy_document
    where n.batch = :batch;
insert or ignore into main.ties (document, other, held, tied_at)
    select min(d.ours, o.ours), max(d.ours, o.ours), t.held, t.tied_at from other.ties t
    join temp.their_documents d on d.theirs = t.document join temp.their_documents o on o.theirs = t.other
    where :batch in (d.batch, o.batch);
insert into main.document_names (key, kind, document, number_key) select n.key, n.kind, d.ours, n.number_key
    from temp.their_documents d join other.document_names n on n.document = d.theirs where d.batch = :batch;
insert into main.standing_spans select d.ours, s.position, s.standing, s.since, s.until, s.effective_from, s.expires_on,
        s.because, s.contradiction
    from temp.their_documents d cross join other.standing_spans s on s.document = d.theirs where d.batch = :batch;

-- # torn
-- Rows that refer to what has not come: then the batch cannot come over as it is.
select 'captures' from main.captures c where c.id > :captures and (c.redirected_from = -1 or (c.payload is not null
    and not exists (select 1 from main.payloads p where p.digest = c.payload)))
union select 'readings' from main.readings where id > :readings and -1 in (document, version)
union select 'documents' from main.documents where id > :documents and current = -1
union select 'versions' from main.versions where id > :versions and (rules is null or document is null)
union select 'payloads' from main.payloads p where p.id > :payloads and (p.dictionary = -1 or (p.base is not null
    and not exists (select 1 from main.payloads b where b.digest = p.base)))
union select 'attachments' from main.attachments a where a.version > :versions and a.payload is not null
    and not exists (select 1 from main.payloads p where p.digest = a.payload);

-- # met
-- The documents of this batch that meet one which was here before: in a name, in what one does to the other, in the text.
insert or ignore into temp.met select n.document from main.document_names n where n.document > :documents and (
    exists (select 1 from main.document_names o where o.key = n.key and o.kind = n.kind and o.document <= :old_documents)
    or n.kind = 'number' and exists (select 1 from main.version_relations r where r.number_key = n.key
        and r.version <= :old_versions)
    or n.kind = 'title' and exists (select 1 from main.version_relations r where r.title_key = n.key
        and r.version <= :old_versions));
insert or ignore into temp.met select v.document from main.version_relations r join main.versions v on v.id = r.version
    where r.version > :versions and (exists (select 1 from main.document_names o where o.key = r.number_key
        and o.kind = 'number' and o.document <= :old_documents) or exists (select 1 from main.document_names o
        where o.key = r.title_key and o.kind = 'title' and o.document <= :old_documents));
delete from main.unsettled where document > :documents;
insert or ignore into main.unsettled (document) select document from temp.met;
insert or ignore into main.unsettled (document) select d.ours from other.unsettled u
    join temp.their_documents d on d.theirs = u.document where d.batch = :batch;
insert or ignore into main.unsettled (document) select d.id from main.documents d where d.id > :documents
    and d.current is not null and not exists (select 1 from main.version_connections c where c.version = d.current
        and c.reader = :relations);

-- # alike
-- The new versions that share a part of their sample with versions which were here before: a tenth, as the comparison of
-- new versions asks for. Pieces that hundreds of versions hold say nothing.
with held as materialized (select hash from (select distinct s.hash from other.shingles s
        join temp.their_versions n on n.theirs = s.version where n.batch = :batch) h
    where (select count(*) from (select 1 from main.shingles o where o.hash = h.hash and o.version <= :old_versions
        limit :common)) between 1 and :common - 1)
select n.ours from other.shingles s join temp.their_versions n on n.theirs = s.version
where n.batch = :batch group by n.ours
having sum(s.hash in (select hash from held)) >= max(2, count(*) / 10) order by n.ours;

-- # shingles
insert into main.shingles (hash, version) select s.hash, n.ours from other.shingles s
    join temp.their_versions n on n.theirs = s.version where n.batch = :batch order by s.hash, n.ours;

-- # led
-- Documents whose address led to one of the other side, with the capture that says so.
select o.id, max(e.capture) from main.redirects e join main.documents o on o.url = e.url
    join main.documents d on d.url = e.target
where (o.id > :documents) != (d.id > :documents) and (o.id <= :old_documents or d.id <= :old_documents) group by o.id;
