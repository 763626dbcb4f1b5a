-- +goose Up

-- What the virus scanner said of a picture; empty where none was set up when it came.
alter table uploads add column scan text not null default '' check (scan in ('', 'waiting', 'clean', 'infected'));
create index uploads_unscanned on uploads (created_at, id) where scan = 'waiting';
create index uploads_infected on uploads (id) where scan = 'infected';
