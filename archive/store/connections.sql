-- What versions name and do, how they are numbered, and what follows for each document. All of it is derived: it can
-- be made anew from the texts. Which document a name means is looked up when it is asked for, so that it makes no
-- difference in which order documents arrive.
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

-- By what a document's current version is cited: its number, its title, the title that its title issues.
create table document_names (
    key text not null,
    kind text not null check (kind in ('title', 'number')),
    document integer not null references documents (id),
    number_key text,
    primary key (key, kind, document)
) strict, without rowid;

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

-- Documents whose current version changed since their connections were settled.
create table unsettled (
    document integer primary key references documents (id)
) strict;

create index version_citations_by_number on version_citations (number_key) where number_key is not null;
create index version_citations_by_title on version_citations (title_key) where title_key is not null;
create index version_relations_by_number on version_relations (number_key) where number_key is not null;
create index version_relations_by_title on version_relations (title_key) where title_key is not null;
create index document_names_by_document on document_names (document);

create trigger documents_to_settle after update of current on documents when new.current is not old.current
begin insert or ignore into unsettled (document) values (new.id); end;

create trigger documents_to_settle_at_once after insert on documents when new.current is not null
begin insert or ignore into unsettled (document) values (new.id); end;

create trigger documents_to_settle_by_card after insert on readings when new.card is not null and new.version is not null
    and not exists (select 1 from version_connections where version = new.version and card is new.card)
begin insert or ignore into unsettled (document) select document from versions where id = new.version; end;

create trigger versions_leave_connections before delete on versions
begin delete from version_connections where version = old.id; delete from version_citations where version = old.id; delete from version_relations where version = old.id; delete from version_clauses where version = old.id; end;

-- The document that a name means: that with its number; for a title alone the only work that bears it.
create view citations as
select v.document, v.number as version, c.start, c."end", c.text, c.kind, c.cited_title, c.cited_number,
    c.cited_articles, coalesce(
        (select n.document from document_names n join documents d on d.id = n.document
            where n.key = c.number_key and n.kind = 'number' and n.document != v.document
            order by d.role != 'original', d.url limit 1),
        (select n.document from document_names n join documents d on d.id = n.document
            where c.number_key is null and n.key = c.title_key and n.kind = 'title' and n.document != v.document
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
            and not exists (select 1 from document_names o where o.key = n.key and o.kind = 'title'
                and o.number_key != n.number_key)
            order by d.role != 'original', d.published_at desc, d.url limit 1)) as other,
    r.other_title, r.other_number, v.number as version, r.start, r."end", r.is_incoming, r.is_partial, v.id as version_id
from version_relations r join versions v on v.id = r.version;

drop view latest;

create view latest as
select id as document, site, publisher, role, url, title, published_at, source_line, author, doc_number, issuer,
    index_number, (select text from versions where id = d.current) as text,
    (select text_simplified from versions where id = d.current) as text_simplified,
    (select number from versions where id = d.current) as version, versions, state, first_seen, last_seen, flags,
    current as version_id, substr(published_at, 1, 10) as published_on,
    (select class from version_connections where version = d.current) as class,
    (select standing from standings where document = d.id) as standing,
    (select effective_from from standings where document = d.id) as effective_from,
    (select expires_on from standings where document = d.id) as expires_on
from documents d;

-- Today's day in Beijing decides which of a document's spans holds.
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
