"""What people query. Tables serve the machine; the columns of these views are promised to other programs."""

from __future__ import annotations

FIRST = """
create view latest as
select d.id as document, d.site, d.publisher, d.role, d.url, v.title, v.published_at, v.source_line, v.author,
    v.doc_number, v.issuer, v.index_number, v.text, v.text_simplified, v.number as version, d.versions, d.state,
    d.first_seen, d.last_seen, d.flags, v.id as version_id
from documents d left join versions v on v.id = d.current;

create view changes as
select t.document, d.url, b.title, a.number as from_version, b.number as to_version,
    ca.captured_at as changed_at_earliest, cb.captured_at as changed_at_latest, t.summary, d.site
from transitions t
join documents d on d.id = t.document
join versions a on a.id = t.from_version
join versions b on b.id = t.to_version
join captures ca on ca.id = t.from_capture
join captures cb on cb.id = t.to_capture;

create view copies as
select c.url as copy_url, o.url as original_url, k.coverage, k.lost, k.substantive,
    o.current is not k.original_version as stale, k.compared_at, k.id as comparison
from comparisons k
join documents c on c.id = k.copy_document
join documents o on o.id = k.original_document;

create view version_detail as
select v.document, v.number as version, e.value as capture, c.captured_at, c.url as captured_url, c.payload,
    v.cause, v.reader, r.digest as rules, v.title, v.published_at, v.text_digest, v.evidence, v.removed, v.flags
from versions v, json_each(v.captures) e
join captures c on c.id = e.value
join rules r on r.id = v.rules;

create view site_health as
select c.site, c.verdict, c.reasons,
    (select max(g.finished_at) from crawls g where g.site = c.site and g.verdict = 'OK') as last_good_at,
    (select count(*) from frontier f where f.site = c.site
        and f.due_at <= strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) as due,
    coalesce(json_extract(c.counts, '$.new'), 0) as new,
    coalesce(json_extract(c.counts, '$.changed'), 0) as changed,
    coalesce(json_extract(c.counts, '$.gone'), 0) as gone,
    coalesce(json_extract(c.counts, '$.blocked'), 0) as blocked,
    c.silent_since, c.finished_at
from crawls c
where c.id = (select max(l.id) from crawls l where l.site = c.site and l.finished_at is not null)
"""

FILES = """
create view files as
select v.document, v.number as version, a.position, a.name, a.url, s.payload, c.captured_at, p.media_type, p.length,
    t.kind, t.text, t.flags, t.reason, a.version as version_id, s.capture
from attachments a
join versions v on v.id = a.version
left join attachment_sightings s on s.id = (select min(f.id) from attachment_sightings f
    where f.url = a.url and (a.payload is null or f.payload = a.payload))
left join captures c on c.id = s.capture
left join payloads p on p.digest = s.payload
left join attachment_texts t on t.id = (select max(r.id) from attachment_texts r where r.payload = s.payload)
"""
