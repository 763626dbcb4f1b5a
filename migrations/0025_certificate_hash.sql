-- +goose Up

-- A keyed hash of the health certificate's number beside the sealed number, as the person's beside the person: whoever hands in the paper of
-- somebody else is seen. Cases from before have none until they are changed or sealed under another key.
alter table applications add column certificate_hash bytea;
create index applications_certificate on applications (certificate_hash) where certificate_hash is not null;
