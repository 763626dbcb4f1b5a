-- +goose Up

-- What a person has replaced after submission stays with the case while it is open: the officer sees it as "before". While a row
-- here names a picture, the sweeper leaves it alone.
create table former_pictures (
    upload         uuid primary key references uploads,
    application_id uuid not null references applications,
    item           text not null check (item in ('health_certificate', 'portrait')),
    replaced_at    timestamptz not null
);
create index former_pictures_application on former_pictures (application_id, item, replaced_at desc);
