-- +goose Up

-- Retention takes the content of a closed case away when its time is over. What stays is a shell: code, states, times, office, area,
-- class, ground, fee, payments and the history without its words. The shell belongs to nobody any more.
alter table applications
    alter column resident_id drop not null,
    drop constraint applications_content,
    add constraint applications_content check (
        case when wiped_at is null
        then resident_id is not null and applicant is not null and licence is not null and (state = 'draft' or decision is not null)
        else state in ('delivered', 'refused_at_intake', 'refused', 'withdrawn', 'closed_no_reply', 'closed_unpaid')
            and num_nonnulls(resident_id, applicant, person_hash, licence, phone, street, health_number, health_signed_on, decision,
                health_upload, portrait_upload) = 0
            and search_name = '' and commune = '' end);
create index applications_ended on applications (updated_at) where wiped_at is null
    and state in ('delivered', 'refused_at_intake', 'refused', 'withdrawn', 'closed_no_reply', 'closed_unpaid');

-- A legal hold keeps a case whatever its age; the last act counts. why names a paper, not a person.
create table retention_acts (
    id             bigint generated always as identity primary key,
    at             timestamptz not null,
    application_id uuid not null references applications,
    act            text not null check (act in ('hold', 'release')),
    why            text not null check (why <> '')
);
create index retention_acts_application on retention_acts (application_id, id);
create trigger retention_acts_append_only before update or delete or truncate on retention_acts
    for each statement execute function forbid_change();
