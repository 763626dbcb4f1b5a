-- +goose Up

-- A portrait is kept in a third form, cut to 3 x 4 for the card, and every picture with a perceptual hash by which it is found
-- again in another case. Pictures from before have neither.
alter table uploads
    add column print        text unique,
    add column print_sha256 bytea check (length(print_sha256) = 32),
    add column look         bit(256),
    add check ((print is null) = (print_sha256 is null));
