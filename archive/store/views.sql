-- What people query. Tables serve the machine; the columns of these views are promised to other programs.

create view latest as
select id as document, site, publisher, role, url, title, published_at, source_line, author, doc_number, issuer,
    index_number, (select text from versions where id = d.current) as text,
    (select text_simplified from versions where id = d.current) as text_simplified,
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
