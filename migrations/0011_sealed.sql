-- +goose Up

-- What people tell us stands sealed in the database (identity/vault). First the places for it, beside the old ones; then
-- migrations.Up seals what is there, because the keys are not the database's; then 0012 takes the plain values away.

alter table residents
    add column new_personal_number bytea,
    add column new_birth_date      bytea,
    add column new_address         bytea,
    add column new_phone           bytea,
    add column person_hash         bytea;

alter table officers
    add column new_personal_number bytea,
    add column person_hash         bytea;

alter table applications
    add column new_applicant        bytea,
    add column person_hash          bytea,
    add column new_licence          bytea,
    add column new_phone            bytea,
    add column new_street           bytea,
    add column new_health_number    bytea,
    add column new_health_signed_on bytea,
    add column new_decision         bytea;

alter table returned_items add column new_note bytea;
alter table print_orders add column new_licence bytea;
