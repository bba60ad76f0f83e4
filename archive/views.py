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

# What lists are ordered and counted by stands where the texts do not. With 100,000 documents, order by date took 0.9 s
# through the texts, and a count by site 0.3 s: SQLite leaves out an unused subquery there, but not an unused join.
# Triggers keep the two columns, so that no writer can forget them.
ORDERED = """
alter table documents add column published_at text;

update documents set published_at = (select published_at from versions where id = documents.current);

create trigger documents_dated after update of current on documents when new.current is not old.current
begin update documents set published_at = (select published_at from versions where id = new.current)
    where id = new.id; end;

create trigger documents_dated_at_once after insert on documents when new.current is not null
begin update documents set published_at = (select published_at from versions where id = new.current)
    where id = new.id; end;

create index documents_by_date on documents (published_at);

create index documents_by_site_and_date on documents (site, published_at);

create index documents_by_state_and_date on documents (state, published_at);

drop index documents_by_site;

alter table transitions add column changed_at text;

update transitions set changed_at = (select captured_at from captures where id = transitions.to_capture);

create trigger transitions_dated after insert on transitions
begin update transitions set changed_at = (select captured_at from captures where id = new.to_capture)
    where id = new.id; end;

create index transitions_by_time on transitions (changed_at);

create index comparisons_by_copy on comparisons (copy_document);

create index comparisons_by_original on comparisons (original_document);

create index variants_by_comparison on variants (comparison);

create index documents_by_site_and_state on documents (site, state);

drop view latest;

create view latest as
select id as document, site, publisher, role, url, (select title from versions where id = d.current) as title,
    published_at, (select source_line from versions where id = d.current) as source_line,
    (select author from versions where id = d.current) as author,
    (select doc_number from versions where id = d.current) as doc_number,
    (select issuer from versions where id = d.current) as issuer,
    (select index_number from versions where id = d.current) as index_number,
    (select text from versions where id = d.current) as text,
    (select text_simplified from versions where id = d.current) as text_simplified,
    (select number from versions where id = d.current) as version, versions, state, first_seen, last_seen, flags,
    current as version_id
from documents d;

drop view changes;

create view changes as
select document, (select url from documents where id = t.document) as url,
    (select title from versions where id = t.to_version) as title,
    (select number from versions where id = t.from_version) as from_version,
    (select number from versions where id = t.to_version) as to_version,
    (select captured_at from captures where id = t.from_capture) as changed_at_earliest,
    changed_at as changed_at_latest, summary, (select site from documents where id = t.document) as site
from transitions t
"""

WORKS = """
create view works as
select w.work, w.document, d.url, d.site, d.publisher, d.role, w.is_issuer, v.doc_number, v.title, v.issuer,
    d.published_at, d.state, d.first_seen, d.last_seen
from work_documents w join documents d on d.id = w.document left join versions v on v.id = d.current;

create view work_addresses as
select w.work, w.document, a.url, a."from", a."to", d.site, d.publisher, w.is_issuer
from work_documents w join addresses a on a.document = w.document join documents d on d.id = w.document
"""

# What every page counts is kept counted. With 100,000 documents a count by site or state took 10 ms, a count of one
# site's changes 30 ms, and each commit of a crawl empties the reader's cache, so that they took twice as long then.
COUNTED = """
create table tallies (
    site text not null,
    state text not null,
    month text not null,
    documents integer not null,
    primary key (site, state, month)
) strict, without rowid;

insert into tallies (site, state, month, documents)
select site, state, coalesce(substr(published_at, 1, 7), ''), count(*) from documents group by 1, 2, 3;

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

create index documents_by_date_and_sight on documents (published_at, first_seen, current);

alter table transitions add column site text;

update transitions set site = (select site from documents where id = transitions.document);

create trigger transitions_placed after insert on transitions
begin update transitions set site = (select site from documents where id = new.document) where id = new.id; end;

create index transitions_by_site on transitions (site, changed_at);

create index events_by_site on events (site, happened_at);

create index crawls_by_verdict on crawls (site, verdict, finished_at);

drop view changes;

create view changes as
select document, (select url from documents where id = t.document) as url,
    (select title from versions where id = t.to_version) as title,
    (select number from versions where id = t.from_version) as from_version,
    (select number from versions where id = t.to_version) as to_version,
    (select captured_at from captures where id = t.from_capture) as changed_at_earliest,
    changed_at as changed_at_latest, summary, site
from transitions t;

drop view site_health;

create view site_health as
with recursive named(site) as (select min(site) from crawls
    union all select (select min(site) from crawls where site > named.site) from named where named.site is not null)
select c.site, c.verdict, c.reasons,
    (select max(g.finished_at) from crawls g where g.site = c.site and g.verdict = 'OK') as last_good_at,
    (select count(*) from frontier f where f.site = c.site
        and f.due_at <= strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) as due,
    coalesce(json_extract(c.counts, '$.new'), 0) as new,
    coalesce(json_extract(c.counts, '$.changed'), 0) as changed,
    coalesce(json_extract(c.counts, '$.gone'), 0) as gone,
    coalesce(json_extract(c.counts, '$.blocked'), 0) as blocked,
    c.silent_since, c.finished_at
from named cross join crawls c on c.id = (select l.id from crawls l
    where l.site = named.site and l.finished_at is not null order by l.id desc limit 1)
"""

# Of a copy compared more than once, the newest comparison speaks.
RULED = """
create view copier_rules as
select c.site, json_extract(r.value, '$.kind') as kind, json_extract(r.value, '$.original') as original,
    json_extract(r.value, '$.found') as found, count(distinct k.copy_document) as copies,
    sum(json_extract(r.value, '$.count')) as count, max(k.id) as comparison
from comparisons k join documents c on c.id = k.copy_document, json_each(k.report, '$.rules') r
where k.id = (select max(n.id) from comparisons n where n.copy_document = k.copy_document)
group by 1, 2, 3, 4
"""

# What lists show stands beside the documents, so that none is narrowed, counted or grouped through the texts. With 100,000
# documents a count of those with one source took 0.4 s: in versions that column stands behind the text. The order of
# columns in an index is that of use: what narrows or groups, the date, then what is only looked at.
_KEPT = ("published_at", "title", "source_line", "author", "doc_number", "issuer", "index_number")
_OF_VERSION = f"({', '.join(_KEPT)}) = (select {', '.join(_KEPT)} from versions where id = "
_ADDED = "".join(f"alter table documents add column {name} text;\n" for name in _KEPT[1:])

LISTED = f"""
{_ADDED}
update documents set {_OF_VERSION}current);

drop trigger documents_dated;

drop trigger documents_dated_at_once;

create trigger documents_listed after update of current on documents when new.current is not old.current
begin update documents set {_OF_VERSION}new.current) where id = new.id; end;

create trigger documents_listed_at_once after insert on documents when new.current is not null
begin update documents set {_OF_VERSION}new.current) where id = new.id; end;

drop index documents_by_date;

drop index documents_by_date_and_sight;

create index documents_by_date on documents (published_at, first_seen, current, site, state, role, publisher, title,
    source_line, author, doc_number, issuer, index_number, versions);

drop index documents_by_site_and_date;

create index documents_by_site_and_date on documents (site, published_at, state, title, source_line, doc_number);

create index documents_by_site_and_sight on documents (site, first_seen);

create index documents_by_role on documents (role, published_at, site, state);

create index documents_by_publisher on documents (publisher, published_at, site, state);

create index documents_by_source on documents (source_line, published_at, site, state);

create index documents_by_issuer on documents (issuer, published_at, site, state);

drop view latest;

create view latest as
select id as document, site, publisher, role, url, title, published_at, source_line, author, doc_number, issuer,
    index_number, (select text from versions where id = d.current) as text,
    (select text_simplified from versions where id = d.current) as text_simplified,
    (select number from versions where id = d.current) as version, versions, state, first_seen, last_seen, flags,
    current as version_id
from documents d;

drop view copier_rules;

create view copier_rules as
select c.site, json_extract(r.value, '$.kind') as kind, json_extract(r.value, '$.original') as original,
    json_extract(r.value, '$.found') as found, count(distinct k.copy_document) as copies,
    sum(json_extract(r.value, '$.count')) as count, max(k.id) as comparison
from comparisons k cross join json_each(k.report, '$.rules') r cross join documents c on c.id = k.copy_document
where k.id = (select max(n.id) from comparisons n where n.copy_document = k.copy_document)
group by 1, 2, 3, 4
"""

# The documents before the reports: of one site only its own are read, and with no site not every document is gone through.
RULED_BY_SITE = """
drop view copier_rules;

create view copier_rules as
select c.site, json_extract(r.value, '$.kind') as kind, json_extract(r.value, '$.original') as original,
    json_extract(r.value, '$.found') as found, count(distinct k.copy_document) as copies,
    sum(json_extract(r.value, '$.count')) as count, max(k.id) as comparison
from comparisons k cross join documents c on c.id = k.copy_document cross join json_each(k.report, '$.rules') r
where k.id = (select max(n.id) from comparisons n where n.copy_document = k.copy_document)
group by 1, 2, 3, 4
"""

# Of the newest comparison of each copy, beside the reports: to read those of 10,000 copies took longer than a page may.
RULES_BESIDE = """
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

drop view copier_rules;

create view copier_rules as
select site, kind, original, found, count(*) as copies, sum(count) as count, max(comparison) as comparison
from copier_rule_counts group by 1, 2, 3, 4
"""

# A crawl was good when it saw the site (a list, an article, or that one is unchanged) and was not BROKEN. What was imported,
# what was kept by hand and what asked nothing says nothing of how a site is.
LAST_GOOD = """
drop view site_health;

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
    where l.site = named.site and l.finished_at is not null order by l.id desc limit 1)
"""

# One row a copy: an earlier comparison of it, with another version or another original, is history. So is one whose
# two sides were found to be the other way round later.
NEWEST_COPIES = """
drop view copies;

create view copies as
select c.url as copy_url, o.url as original_url, k.coverage, k.lost, k.substantive,
    o.current is not k.original_version as stale, k.compared_at, k.id as comparison
from comparisons k
join documents c on c.id = k.copy_document
join documents o on o.id = k.original_document
where k.id = (select max(n.id) from comparisons n where n.copy_document = k.copy_document)
    and not exists (select 1 from comparisons r where r.copy_document = k.original_document
        and r.original_document = k.copy_document and r.id > k.id)
"""

# Of an address's files the first by its time: which was kept first says nothing.
FILES_BY_TIME = """
drop view files;

create view files as
select v.document, v.number as version, a.position, a.name, a.url, s.payload, c.captured_at, p.media_type, p.length,
    t.kind, t.text, t.flags, t.reason, a.version as version_id, s.capture
from attachments a
join versions v on v.id = a.version
left join attachment_sightings s on s.id = (select f.id from attachment_sightings f join captures e on e.id = f.capture
    where f.url = a.url and (a.payload is null or f.payload = a.payload) order by e.captured_at, f.id limit 1)
left join captures c on c.id = s.capture
left join payloads p on p.digest = s.payload
left join attachment_texts t on t.id = (select max(r.id) from attachment_texts r where r.payload = s.payload)
"""
