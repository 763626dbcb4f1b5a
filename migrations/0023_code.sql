-- +goose Up

-- The text of a QR code on a health certificate, sealed: what it says is compared with what the person typed. NULL where none was read.
alter table uploads add column code bytea, add constraint uploads_sealed check (coalesce(get_byte(code, 0), 1) = 1);
