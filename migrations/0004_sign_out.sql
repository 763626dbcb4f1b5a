-- +goose Up

-- The portal's name of its own session, by which it may end ours (back-channel logout). Empty where it gives none.
alter table sessions add column portal_sid text not null default '';

-- Signing out everywhere looks for a person's sessions.
create index sessions_resident on sessions (resident_id) where resident_id is not null;
create index sessions_officer on sessions (officer_id) where officer_id is not null;

-- How old the login may be that a try asks for, in seconds; 0 takes any.
alter table sign_in_attempts add column max_age integer not null default 0 check (max_age >= 0);

-- Logout tokens that were taken: each is good once. A row is of no use after good_until, when its token is too old anyway.
create table logout_tokens (
    issuer     text not null,
    jti        text not null,
    good_until timestamptz not null,
    primary key (issuer, jti)
);
