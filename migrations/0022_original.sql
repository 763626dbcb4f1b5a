-- +goose Up

-- A health certificate's file is kept as it came, sealed like every picture, and its hash stands in the line of the history that handed it
-- in: whoever doubts the clean picture can look at what was sent, and nobody can put another file in its place.
alter table uploads
    add column original text unique,
    add column original_sha256 bytea check (octet_length(original_sha256) = 32),
    add constraint uploads_original check ((original is null) = (original_sha256 is null));
alter table application_events add column original_hash bytea check (octet_length(original_hash) = 32);
