-- +goose Up

-- A picture that comes in parts (tus 1.0): how much of it is there, and the sealed objects of its parts in their order. When it is whole
-- it is taken in as any other picture, once: upload names what became of it, and its parts go.
create table partial_uploads (
    id         uuid primary key,
    owner      uuid not null references residents on delete cascade,
    taken_by   uuid,  -- the helper, as a person; null where the resident sends it themselves
    length     bigint not null check (length > 0),
    received   bigint not null default 0 check (received between 0 and length),
    parts      text[] not null default '{}',
    upload     uuid references uploads on delete cascade,
    created_at timestamptz not null
);
create index partial_uploads_owner on partial_uploads (owner, created_at);
create index partial_uploads_age on partial_uploads (created_at);
create index partial_uploads_parts on partial_uploads using gin (parts);
