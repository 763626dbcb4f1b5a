-- +goose Up

-- What is told of a health certificate beside its number and its date, sealed: the class for which the doctor examined, and what the
-- health register said where it knows the certificate and no picture was asked for. NULL in cases of before.
alter table applications add column certificate bytea;
alter table applications drop constraint applications_content, drop constraint applications_sealed;
alter table applications
    add constraint applications_content check (
        case when wiped_at is null
        then applicant is not null and licence is not null and (state = 'draft' or decision is not null)
        else num_nonnulls(applicant, person_hash, licence, phone, street, health_number, health_signed_on, decision, certificate) = 0 end),
    add constraint applications_sealed check (
        coalesce(get_byte(applicant, 0), 1) = 1 and coalesce(get_byte(licence, 0), 1) = 1 and coalesce(get_byte(phone, 0), 1) = 1
        and coalesce(get_byte(street, 0), 1) = 1 and coalesce(get_byte(health_number, 0), 1) = 1
        and coalesce(get_byte(health_signed_on, 0), 1) = 1 and coalesce(get_byte(decision, 0), 1) = 1
        and coalesce(get_byte(certificate, 0), 1) = 1);
