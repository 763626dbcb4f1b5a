-- +goose Up

-- The brightness of a certificate by the cells of a coarse grid: the look of two people's scans of one form is the same, what is written on
-- them is not. NULL for other pictures and for those from before.
alter table uploads add column grain bytea check (octet_length(grain) = 32 * 45);
