-- +goose Up

-- Objects whose row is gone, or goes in the same transaction: whatever breaks before they are removed, the sweeper knows them still,
-- however long ago they were made.
create table doomed_objects (name text primary key);

-- Each time somebody has a picture taken in, whether anything comes of it or not: looking at what is refused costs as much as what is kept.
create table upload_tries (
    owner uuid not null references residents on delete cascade,
    at    timestamptz not null
);
create index upload_tries_owner on upload_tries (owner, at);
create index upload_tries_age on upload_tries (at);
