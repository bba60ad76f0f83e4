-- What people query. Tables serve the machine; the columns of these views are promised to other programs.

create view latest as
select id as document, site, publisher, role, url, title, published_at, source_line, author, doc_number, issuer,
    index_number, (select text from versions where id = d.current) as text,
    (select coalesce(text_simplified, text) from versions where id = d.current) as text_simplified,
    (select number from versions where id = d.current) as version, versions, state, first_seen, last_seen, flags,
    current as version_id, substr(published_at, 1, 10) as published_on,
    (select class from version_connections where version = d.current) as class,
    (select standing from standings where document = d.id) as standing,
    (select effective_from from standings where document = d.id) as effective_from,
    (select expires_on from standings where document = d.id) as expires_on,
    (select damage from versions where id = d.current) as damage
from documents d;

create view changes as
select document, (select url from documents where id = t.document) as url,
    (select title from versions where id = t.to_version) as title,
    (select number from versions where id = t.from_version) as from_version,
    (select number from versions where id = t.to_version) as to_version,
    (select captured_at from captures where id = t.from_capture) as changed_at_earliest,
    changed_at as changed_at_latest, summary, site
from transitions t;

create view version_detail as
select v.document, v.number as version, e.value as capture, c.captured_at, c.url as captured_url, c.payload,
    v.cause, v.reader, r.digest as rules, v.title, v.published_at, v.text_digest, v.evidence, v.removed, v.flags
from versions v, json_each(v.captures) e
join captures c on c.id = e.value
join rules r on r.id = v.rules;

create view copies as
select c.url as copy_url, o.url as original_url, k.coverage, k.lost, k.substantive,
    o.current is not k.original_version as stale, k.compared_at, k.id as comparison
from comparisons k
join documents c on c.id = k.copy_document
join documents o on o.id = k.original_document
where k.id = (select max(n.id) from comparisons n where n.copy_document = k.copy_document)
    and not exists (select 1 from comparisons r where r.copy_document = k.original_document
        and r.original_document = k.copy_document and r.id > k.id);

create view copier_rules as
select site, kind, original, found, count(*) as copies, sum(count) as count, max(comparison) as comparison
from copier_rule_counts group by 1, 2, 3, 4;

create view files as
select v.document, v.number as version, a.position, a.name, a.url, s.payload, c.captured_at, p.media_type, p.length,
    t.kind, t.text, t.flags, t.reason, a.version as version_id, s.capture
from attachments a
join versions v on v.id = a.version
left join attachment_sightings s on s.id = (select f.id from attachment_sightings f join captures e on e.id = f.capture
    where f.url = a.url and (a.payload is null or f.payload = a.payload) order by e.captured_at, f.id limit 1)
left join captures c on c.id = s.capture
left join payloads p on p.digest = s.payload
left join attachment_texts t on t.id = (select max(r.id) from attachment_texts r where r.payload = s.payload);

create view works as
select w.work, w.document, d.url, d.site, d.publisher, d.role, w.is_issuer, v.doc_number, v.title, v.issuer,
    d.published_at, d.state, d.first_seen, d.last_seen
from work_documents w join documents d on d.id = w.document left join versions v on v.id = d.current;

create view work_addresses as
select w.work, w.document, a.url, a."from", a."to", d.site, d.publisher, w.is_issuer
from work_documents w join addresses a on a.document = w.document join documents d on d.id = w.document;

create view site_health as
with recursive named(site) as (select min(site) from crawls
    union all select (select min(site) from crawls where site > named.site) from named where named.site is not null)
select c.site, c.verdict, c.reasons,
    (select g.finished_at from crawls g where g.site = c.site and g.verdict in ('OK', 'WARN')
        and g.command in ('watch', 'crawl') and (json_extract(g.counts, '$.listing') > 0
            or json_extract(g.counts, '$.not_modified') > 0 or json_extract(g.counts, '$.new') > 0
            or json_extract(g.counts, '$.changed') > 0 or json_extract(g.counts, '$.unchanged') > 0)
        order by g.id desc limit 1) as last_good_at,
    (select count(*) from frontier f where f.site = c.site
        and f.due_at <= strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) as due,
    coalesce(json_extract(c.counts, '$.new'), 0) as new,
    coalesce(json_extract(c.counts, '$.changed'), 0) as changed,
    coalesce(json_extract(c.counts, '$.gone'), 0) as gone,
    coalesce(json_extract(c.counts, '$.blocked'), 0) as blocked,
    c.silent_since, c.finished_at
from named cross join crawls c on c.id = (select l.id from crawls l
    where l.site = named.site and l.finished_at is not null order by l.id desc limit 1);

-- How soon the archive finds what is new. A find is the first capture of a document, or a capture that showed a new
-- version, by `watch` or `crawl` over the network. Its delay is an upper bound: it runs from the last look that did
-- not show it, or from the date that its page shows where that is later. What a site had before our first look at it
-- is a find without a delay.
create view sources_freshness as
with looks as (
    select site, sum(requests) as requests, sum(not_modified) as not_modified, min(since) as since from (
        select site, json_extract(counts, '$.captures') as requests,
            coalesce(json_extract(counts, '$.not_modified'), 0) as not_modified, started_at as since
        from crawls where command in ('watch', 'crawl') and finished_at is not null
        union all
        select k.site, 1, c.status is 304, k.started_at from crawls k cross join captures c on c.crawl = k.id
        where k.command in ('watch', 'crawl') and k.finished_at is null)
    group by site),
finds as materialized (
    select c.site, c.captured_at as found_at, r.outcome, r.document, r.capture, c.crawl, k.started_at,
        iif(r.outcome = 'new', (select min(first_shown) from list_rows where url = d.url), null) as listed_at,
        iif(r.outcome = 'new', (select list from list_rows where url = d.url order by first_shown limit 1), null) as list,
        iif(r.outcome = 'new', strftime('%Y-%m-%dT%H:%M:%fZ', d.published_at
            || iif(length(d.published_at) = 10, 'T00:00+08:00', '')), null) as shown
    from readings r cross join captures c on c.id = r.capture cross join crawls k on k.id = c.crawl
        left join documents d on d.id = r.document
    where r.outcome in ('new', 'changed') and r.again = 0 and c.origin = 'network' and k.command in ('watch', 'crawl')),
bounded as materialized (
    select site, found_at, iif(shown <= found_at, shown, null) as shown, iif(outcome = 'changed',
        (select e.captured_at from transitions t join captures e on e.id = t.from_capture
            where t.document = f.document and t.to_capture = f.capture),
        (select e.captured_at from captures e where e.url = f.list and e.kind = 'listing' and e.crawl != f.crawl
            and e.captured_at < iif(f.listed_at >= f.started_at, f.started_at, (select max(o.started_at) from crawls o
                where o.site = f.site and o.started_at <= f.listed_at))
            and exists (select 1 from readings l where l.capture = e.id and l.outcome in ('listing', 'not_modified'))
            order by e.captured_at desc limit 1)) as without_it
    from finds f),
delays as (
    select b.site, 24 * (julianday(b.found_at) - julianday(case
        when b.without_it is not null then max(b.without_it, coalesce(b.shown, ''))
        when b.shown >= l.since then b.shown end)) as hours
    from bounded b join looks l on l.site = b.site),
ranked as (
    select site, hours, row_number() over (partition by site order by hours nulls last) as rank,
        count(hours) over (partition by site) as timed from delays)
select l.site, count(r.site) as finds,
    round(avg(r.hours) filter (where r.rank in ((r.timed + 1) / 2, (r.timed + 2) / 2)), 2) as median_delay_hours,
    round(min(r.hours) filter (where r.rank >= r.timed * 0.95), 2) as p95_delay_hours,
    round(1.0 * l.requests / nullif(count(r.site), 0), 2) as requests_per_find,
    round(1.0 * l.not_modified / nullif(l.requests, 0), 4) as not_modified_share,
    count(r.hours) as timed_finds, l.requests, l.since
from looks l left join ranked r on r.site = l.site group by l.site;

create view citations as
select v.document, v.number as version, c.start, c."end", c.text, c.kind, c.cited_title, c.cited_number,
    c.cited_articles, coalesce(
        (select n.document from document_names n join documents d on d.id = n.document
            where n.key = c.number_key and n.kind = 'number' and n.document != v.document
            order by d.role != 'original', d.url limit 1),
        (select n.document from document_names n join documents d on d.id = n.document
            where c.number_key is null and n.key = c.title_key and n.kind = 'title' and n.document != v.document
            and not exists (select 1 from document_names s where s.document = v.document and s.key = c.title_key
                and s.kind = 'title')
            and not exists (select 1 from document_names o where o.key = n.key and o.kind = 'title'
                and o.number_key != n.number_key)
            order by d.role != 'original', d.published_at desc, d.url limit 1)) as target,
    v.id as version_id
from version_citations c join versions v on v.id = c.version;

create view relations as
select v.document, r.relation, coalesce(
        (select n.document from document_names n join documents d on d.id = n.document
            where n.key = r.number_key and n.kind = 'number' and n.document != v.document
            order by d.role != 'original', d.url limit 1),
        (select n.document from document_names n join documents d on d.id = n.document
            where r.number_key is null and n.key = r.title_key and n.kind = 'title' and n.document != v.document
            and (r.relation in ('repeals', 'replaces', 'amends', 'extends') or not exists (select 1 from document_names s
                where s.document = v.document and s.key = r.title_key and s.kind = 'title'))
            and not exists (select 1 from document_names o where o.key = n.key and o.kind = 'title'
                and o.number_key != n.number_key)
            order by d.role != 'original', d.published_at desc, d.url limit 1)) as other,
    r.other_title, r.other_number, v.number as version, r.start, r."end", r.is_incoming, r.is_partial, v.id as version_id
from version_relations r join versions v on v.id = r.version;

create view standings as
select document, standing, since, until, effective_from, expires_on, because, contradiction
from standing_spans s
where (since is null or since <= date('now', '+8 hours')) and (until is null or until > date('now', '+8 hours'));

create view clauses as
select v.document, v.number as version, c.path, c.level, c.start, c."end", c.heading, v.id as version_id
from version_clauses c join versions v on v.id = c.version;

create view deadlines as
select d.id as document, e.value ->> 'kind' as kind, e.value ->> 'date' as date, e.value ->> 'start_date' as start_date,
    e.value ->> 'duration' as duration, e.value ->> 'start' as start, e.value ->> 'end' as "end",
    (select number from versions where id = d.current) as version
from documents d join version_connections c on c.version = d.current, json_each(c.deadlines) e;

-- The numbers of documents that belong to a series: letters, year, running number.
create view numbers as
select n.document, n.key as number, substr(n.key, 1, instr(n.key, '〔') - 1) as prefix,
    cast(substr(n.key, instr(n.key, '〔') + 1, 4) as integer) as year,
    cast(substr(n.key, instr(n.key, '〕') + 1) as integer) as serial
from document_names n
where n.kind = 'number' and n.key glob '?*〔[12][0-9][0-9][0-9]〕[1-9]*号';
