-- +goose Up

-- The list of all lines of all histories, in the order in which heads took them in, and the signed heads over it. What is
-- published is exactly this.
create table audit_list (
    index          bigint primary key check (index >= 0),
    application_id uuid not null,
    seq            integer not null,
    line           bytea not null check (length(line) = 32),
    unique (application_id, seq),
    foreign key (application_id, seq) references application_events
);

create table audit_heads (
    at    timestamptz primary key,
    size  bigint not null check (size >= 0),
    token text not null
);

-- The office's signature under each decision, made while the decision is written.
create table decision_signatures (
    application_id uuid not null,
    seq            integer not null,
    token          text not null,
    primary key (application_id, seq),
    foreign key (application_id, seq) references application_events
);

create trigger audit_list_append_only before update or delete or truncate on audit_list
    for each statement execute function forbid_change();
create trigger audit_heads_append_only before update or delete or truncate on audit_heads
    for each statement execute function forbid_change();
create trigger decision_signatures_append_only before update or delete or truncate on decision_signatures
    for each statement execute function forbid_change();
