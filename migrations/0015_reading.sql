-- +goose Up

-- Reading is recorded: who looked at what, and what for. A search that finds nothing belongs to no case. office is the reader's own on
-- that day; about says that the file is the reader's own or a colleague's. Lines of before this have no purpose and no office.
alter table access_log alter column application_id drop not null;
alter table access_log
    add column office text not null default '',
    add column about  text not null default '' check (about in ('', 'self', 'colleague')),
    add constraint access_log_purpose_check check (purpose in (
        '', 'work', 'after_work', 'to_work', 'take_over', 'resident_question', 'colleague', 'complaint', 'authority', 'quality', 'supervision', 'audit', 'helping'));

-- The questions of an auditor, each along an index: an officer's looks, an office's, those without an assignment, those at the file
-- of somebody on the staff. A case's own lines have access_log_application.
create index access_log_actor on access_log (actor_id, at, id);
create index access_log_office on access_log (office, at, id);
create index access_log_unassigned on access_log (office, at, id) where purpose not in ('', 'work', 'after_work', 'helping');
create index access_log_about on access_log (office, at, id) where about <> '';

-- What an officer said they look at a case for. It counts for one session and ends with it.
create table look_purposes (
    session        bytea not null references sessions on delete cascade,
    application_id uuid not null references applications,
    purpose        text not null,
    named_at       timestamptz not null,
    primary key (session, application_id)
);

-- What the officer of the session searched for last.
alter table sessions add column search_purpose text not null default '';

-- "Is it a colleague's file": the accounts of a person.
create index officers_person_hash on officers (person_hash);
