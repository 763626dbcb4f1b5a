-- +goose Up

-- A link by which a phone takes one picture for a case that is open on a computer: one for each case and item, the newest. The link
-- itself is known to the screen and the phone alone; it ends with the session in which it was made.
create table handovers (
    application_id uuid not null references applications on delete cascade,
    item           text not null check (item in ('health_certificate', 'portrait')),
    token_hash     bytea not null unique check (length(token_hash) = 32),
    session        bytea not null references sessions on delete cascade,
    created_at     timestamptz not null,
    upload         uuid references uploads on delete cascade,
    primary key (application_id, item)
);
create index handovers_session on handovers (session);
create index handovers_upload on handovers (upload);
