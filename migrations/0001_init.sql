-- +goose Up

-- People -------------------------------------------------------------------------------------------------------------

create table residents (
    id              uuid primary key,
    issuer          text not null,
    subject         text not null,
    personal_number text not null check (personal_number ~ '^[0-9]{12}$'),
    full_name       text not null,
    birth_date      text not null,
    sex             text not null check (sex in ('', 'M', 'F')),
    address         text not null,
    phone           text not null,
    level           smallint not null,
    created_at      timestamptz not null,
    updated_at      timestamptz not null,
    unique (issuer, subject)
);

create table officers (
    id              uuid primary key,
    issuer          text not null,
    subject         text not null,
    full_name       text not null,
    personal_number text not null check (personal_number ~ '^[0-9]{12}$'),
    role            text not null check (role in ('intake', 'examiner', 'approver', 'supervisor')),
    office          text not null,
    active          boolean not null,
    created_at      timestamptz not null,
    unique (issuer, subject)
);

create table sessions (
    token_hash  bytea primary key check (length(token_hash) = 32),
    audience    text not null check (audience in ('resident', 'officer')),
    resident_id uuid references residents,
    officer_id  uuid references officers,
    auth_time   timestamptz not null,
    created_at  timestamptz not null,
    seen_at     timestamptz not null,
    expires_at  timestamptz not null,
    check ((audience = 'resident') = (resident_id is not null)),
    check ((audience = 'officer') = (officer_id is not null))
);
create index sessions_expires_at on sessions (expires_at);

-- One row per try to sign in: taken out when the portal answers, so that a state is good once.
create table sign_in_attempts (
    state_hash   bytea primary key check (length(state_hash) = 32),
    browser_hash bytea not null check (length(browser_hash) = 32),
    audience     text not null check (audience in ('resident', 'officer')),
    nonce        text not null,
    verifier     text not null,
    next_path    text not null,
    created_at   timestamptz not null
);

-- Who opened what. Append-only like the history.
create table access_log (
    id             bigint generated always as identity primary key,
    at             timestamptz not null,
    actor_role     text not null,
    actor_id       uuid not null,
    application_id uuid not null,
    what           text not null,
    purpose        text not null
);
create index access_log_application on access_log (application_id, id);

-- Counters of the per-address limits; all instances share them. Losing them in a crash is harmless.
create unlogged table rate_limits (
    key          text not null,
    window_start timestamptz not null,
    hits         integer not null,
    primary key (key, window_start)
);

-- Pictures -----------------------------------------------------------------------------------------------------------

create table uploads (
    id          uuid primary key,
    owner       uuid not null references residents,
    kind        text not null check (kind in ('portrait', 'health_certificate')),
    object      text not null unique,
    thumbnail   text not null unique,
    sha256      bytea not null check (length(sha256) = 32),
    bytes       bigint not null,
    width       integer not null,
    height      integer not null,
    verdicts    text[] not null,
    created_at  timestamptz not null,
    replaced_at timestamptz
);
create index uploads_owner on uploads (owner, created_at);

-- Cases --------------------------------------------------------------------------------------------------------------

create table applications (
    id               uuid primary key,
    code             text unique,                 -- dossier code, given at submission
    resident_id      uuid not null references residents,
    office           text not null,
    state            text not null check (state in (
        'draft', 'submitted', 'payment_due', 'payment_pending', 'accepted', 'in_review', 'returned', 'resubmitted',
        'proposed_approval', 'proposed_refusal', 'approved', 'printing', 'ready_for_pickup', 'in_post', 'parcel_returned',
        'delivered', 'refused_at_intake', 'refused', 'withdrawn', 'closed_no_reply', 'closed_unpaid')),
    version          integer not null,            -- grows with every write; an outdated page is noticed by it
    ground           text not null check (ground in ('expiring', 'damaged', 'data_changed')),
    applicant        jsonb not null,              -- the person as the portal vouched for them when the draft was made
    licence          jsonb not null,              -- the register's values, read when the draft was made and again at submission
    choice           text not null,               -- new class where the person chooses (B or C1)
    phone            text not null,
    delivery         text not null check (delivery in ('', 'post', 'pickup')),
    street           text not null,
    commune          text not null,               -- code of the commune
    health_number    text not null,
    health_signed_on date,
    health_upload    uuid references uploads,
    portrait_upload  uuid references uploads,
    decision         jsonb,                       -- eligibility, fee and target classes as decided at submission
    fee_vnd          bigint check (fee_vnd > 0),
    paid_at          timestamptz,
    submitted_at     timestamptz,
    due_at           timestamptz,                 -- promised date as computed from history and calendar
    reply_by         date,                        -- last day to correct, while returned
    holder           uuid references officers,    -- who has claimed it
    held_at          timestamptz,
    examined_by      uuid references officers,    -- who proposed
    decided_by       uuid references officers,    -- who approved or refused
    created_at       timestamptz not null,
    updated_at       timestamptz not null,
    check (state = 'draft' or (code is not null and submitted_at is not null and decision is not null)),
    check (decided_by is null or decided_by is distinct from examined_by)  -- four eyes
);
create index applications_resident on applications (resident_id, created_at desc);
create index applications_queue on applications (office, state, due_at, code);
create index applications_portrait on applications (portrait_upload) where portrait_upload is not null;
create index applications_health on applications (health_upload) where health_upload is not null;
create index applications_holder on applications (holder) where holder is not null;

-- One open case per person and licence, whatever else happens.
create unique index applications_one_open on applications (resident_id) where state not in
    ('delivered', 'refused_at_intake', 'refused', 'withdrawn', 'closed_no_reply', 'closed_unpaid');

create table application_events (
    application_id uuid not null references applications,
    seq            integer not null check (seq > 0),
    at             timestamptz not null,
    actor_role     text not null,
    actor_id       uuid not null,
    actor_name     text not null,
    on_behalf_of   uuid,
    event          text not null,
    from_state     text not null,
    to_state       text not null,
    reason         text not null,      -- code of the reason, empty where none is needed
    note           text not null,      -- free text for colleagues; never shown to the resident
    prev_hash      bytea not null check (length(prev_hash) = 32),
    hash           bytea not null check (length(hash) = 32),
    primary key (application_id, seq)
);

create table returned_items (
    application_id uuid not null references applications,
    round          integer not null,   -- seq of the event that returned it
    item           text not null check (item in ('portrait', 'health_certificate', 'delivery')),
    reason         text not null,
    note           text not null,      -- shown to the resident
    fixed_at       timestamptz,
    primary key (application_id, round, item)
);

create table code_counters (
    unit text not null,
    day  date not null,
    last integer not null,
    primary key (unit, day)
);

-- Money --------------------------------------------------------------------------------------------------------------

create table payments (
    id             uuid primary key,            -- the order's number at the payment house
    application_id uuid not null references applications,
    amount_vnd     bigint not null check (amount_vnd > 0),
    state          text not null check (state in ('pending', 'paid', 'failed', 'refund_due')),
    reference      text unique,                 -- the payment house's number of the transaction
    created_at     timestamptz not null,
    settled_at     timestamptz
);
create unique index payments_one_pending on payments (application_id) where state = 'pending';
create unique index payments_one_paid on payments (application_id) where state = 'paid';

-- After the decision -------------------------------------------------------------------------------------------------

create table print_orders (
    application_id uuid primary key references applications,  -- exactly one card per approved case
    licence        jsonb not null,                            -- the new licence as it is printed
    ordered_at     timestamptz,
    card_serial    text not null default '',
    printed_at     timestamptz,
    registered_at  timestamptz                                -- written back to the register
);

create table parcels (
    application_id  uuid primary key references applications,
    tracking_number text unique,
    status          text not null check (status in ('', 'handed_over', 'in_transit', 'out_for_delivery', 'delivered', 'failed', 'returned')),
    updated_at      timestamptz not null
);

-- Which history entries the national portal has been told.
create table portal_syncs (
    application_id uuid not null,
    seq            integer not null,
    at             timestamptz not null,
    primary key (application_id, seq),
    foreign key (application_id, seq) references application_events
);

-- Append-only tables: no role may change or remove a row, the owner included.
-- +goose StatementBegin
create function forbid_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end
$$;
-- +goose StatementEnd
create trigger application_events_append_only before update or delete or truncate on application_events
    for each statement execute function forbid_change();
create trigger access_log_append_only before update or delete or truncate on access_log
    for each statement execute function forbid_change();
