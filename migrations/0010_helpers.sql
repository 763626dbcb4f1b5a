-- +goose Up

-- The helper, as a person (officers.person), who took a picture for a resident: another helper does not see it.
alter table uploads add column taken_by uuid references officers;

-- Shut out by an administrator. Seeding does not touch it: who was shut out in haste does not come back by the next list.
alter table officers add column suspended boolean not null default false;

-- What administrators did, and to whom.
create table staff_acts (
    id      bigint generated always as identity primary key,
    at      timestamptz not null,
    actor   uuid not null references officers,
    officer uuid not null references officers,
    act     text not null check (act in ('suspend', 'reinstate', 'end_sessions')),
    check (actor <> officer)
);
create index staff_acts_officer on staff_acts (officer, id);
create trigger staff_acts_append_only before update or delete or truncate on staff_acts
    for each statement execute function forbid_change();
