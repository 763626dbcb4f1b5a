-- +goose Up

-- What a resident is called and what is written about a case lie apart from the history's lines, which hold a salted hash of them:
-- retention wipes them one day, and the chain of hashes still holds. Lines from before keep what they have.
alter table application_events add column words_hash bytea check (length(words_hash) = 32);

create table application_event_words (
    application_id uuid not null,
    seq            integer not null,
    salt           bytea not null check (length(salt) = 16),
    actor_name     text not null,
    note           text not null,
    primary key (application_id, seq),
    foreign key (application_id, seq) references application_events
);

-- They are written with their line, never changed, and go only with the content of a case, not before the shortest retention after
-- its last line: 730 days, in hours, which no time zone stretches (licensing.LeastKept).
create trigger application_event_words_unchanged before update or truncate on application_event_words
    for each statement execute function forbid_change();
-- +goose StatementBegin
create function forbid_early_wipe() returns trigger language plpgsql as $$
begin
    if not exists (select from applications where id = old.application_id
            and wiped_at >= (select max(at) from application_events where application_id = old.application_id) + interval '17520 hours') then
        raise exception 'words of a case go only when it is wiped in its time' using errcode = 'restrict_violation';
    end if;
    return old;
end
$$;
-- +goose StatementEnd
create trigger application_event_words_kept before delete on application_event_words
    for each row execute function forbid_early_wipe();
