-- The schema after all migrations, for reading and review. Made by: go test ./migrations -update
-- The tables of the job queue (schema jobs) and of the migrations themselves belong to their libraries.

create table access_log (
    id bigint not null generated always as identity,
    at timestamp with time zone not null,
    actor_role text not null,
    actor_id uuid not null,
    application_id uuid,
    what text not null,
    purpose text not null,
    office text not null default ''::text,
    about text not null default ''::text,
    constraint access_log_pkey PRIMARY KEY (id),
    constraint access_log_about_check CHECK ((about = ANY (ARRAY[''::text, 'self'::text, 'colleague'::text]))),
    constraint access_log_purpose_check CHECK ((purpose = ANY (ARRAY[''::text, 'work'::text, 'after_work'::text, 'to_work'::text, 'take_over'::text, 'resident_question'::text, 'colleague'::text, 'complaint'::text, 'authority'::text, 'quality'::text, 'supervision'::text, 'audit'::text, 'helping'::text])))
);
CREATE INDEX access_log_about ON public.access_log USING btree (office, at, id) WHERE (about <> ''::text);
CREATE INDEX access_log_actor ON public.access_log USING btree (actor_id, at, id);
CREATE INDEX access_log_application ON public.access_log USING btree (application_id, id);
CREATE INDEX access_log_office ON public.access_log USING btree (office, at, id);
CREATE INDEX access_log_unassigned ON public.access_log USING btree (office, at, id) WHERE (purpose <> ALL (ARRAY[''::text, 'work'::text, 'after_work'::text, 'helping'::text]));
CREATE TRIGGER access_log_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.access_log FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();

create table application_event_words (
    application_id uuid not null,
    seq integer not null,
    salt bytea not null,
    actor_name text not null,
    note text not null,
    constraint application_event_words_pkey PRIMARY KEY (application_id, seq),
    constraint application_event_words_application_id_seq_fkey FOREIGN KEY (application_id, seq) REFERENCES application_events(application_id, seq),
    constraint application_event_words_salt_check CHECK ((length(salt) = 16))
);
CREATE TRIGGER application_event_words_kept BEFORE DELETE ON public.application_event_words FOR EACH ROW EXECUTE FUNCTION forbid_early_wipe();
CREATE TRIGGER application_event_words_unchanged BEFORE UPDATE OR TRUNCATE ON public.application_event_words FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();

create table application_events (
    application_id uuid not null,
    seq integer not null,
    at timestamp with time zone not null,
    actor_role text not null,
    actor_id uuid not null,
    actor_name text not null,
    on_behalf_of uuid,
    event text not null,
    from_state text not null,
    to_state text not null,
    reason text not null,
    note text not null,
    prev_hash bytea not null,
    hash bytea not null,
    promised_at timestamp with time zone,
    words_hash bytea,
    original_hash bytea,
    constraint application_events_pkey PRIMARY KEY (application_id, seq),
    constraint application_events_application_id_fkey FOREIGN KEY (application_id) REFERENCES applications(id),
    constraint application_events_hash_check CHECK ((length(hash) = 32)),
    constraint application_events_original_hash_check CHECK ((octet_length(original_hash) = 32)),
    constraint application_events_prev_hash_check CHECK ((length(prev_hash) = 32)),
    constraint application_events_promise CHECK (((event = 'reappoint'::text) = (promised_at IS NOT NULL))),
    constraint application_events_seq_check CHECK ((seq > 0)),
    constraint application_events_words_hash_check CHECK ((length(words_hash) = 32))
);
CREATE UNIQUE INDEX application_events_one_appointment ON public.application_events USING btree (application_id) WHERE (event = 'reappoint'::text);
CREATE TRIGGER application_events_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.application_events FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();

create table applications (
    id uuid not null,
    code text,
    resident_id uuid,
    office text not null,
    state text not null,
    version integer not null,
    ground text not null,
    choice text not null,
    delivery text not null,
    commune text not null,
    health_upload uuid,
    portrait_upload uuid,
    fee_vnd bigint,
    paid_at timestamp with time zone,
    submitted_at timestamp with time zone,
    due_at timestamp with time zone,
    reply_by date,
    holder uuid,
    held_at timestamp with time zone,
    examined_by uuid,
    decided_by uuid,
    created_at timestamp with time zone not null,
    updated_at timestamp with time zone not null,
    search_name text not null default ''::text,
    area text not null default ''::text,
    filed_by uuid,
    examiners uuid[] not null default '{}'::uuid[],
    decided_person uuid,
    applicant bytea,
    person_hash bytea,
    licence bytea,
    phone bytea,
    street bytea,
    health_number bytea,
    health_signed_on bytea,
    decision bytea,
    wiped_at timestamp with time zone,
    certificate bytea,
    certificate_hash bytea,
    constraint applications_pkey PRIMARY KEY (id),
    constraint applications_code_key UNIQUE (code),
    constraint applications_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES officers(id),
    constraint applications_decided_person_fkey FOREIGN KEY (decided_person) REFERENCES officers(id),
    constraint applications_examined_by_fkey FOREIGN KEY (examined_by) REFERENCES officers(id),
    constraint applications_filed_by_fkey FOREIGN KEY (filed_by) REFERENCES officers(id),
    constraint applications_health_upload_fkey FOREIGN KEY (health_upload) REFERENCES uploads(id),
    constraint applications_holder_fkey FOREIGN KEY (holder) REFERENCES officers(id),
    constraint applications_portrait_upload_fkey FOREIGN KEY (portrait_upload) REFERENCES uploads(id),
    constraint applications_resident_id_fkey FOREIGN KEY (resident_id) REFERENCES residents(id),
    constraint applications_check1 CHECK (((decided_by IS NULL) OR (decided_by IS DISTINCT FROM examined_by))),
    constraint applications_content CHECK (
CASE
    WHEN (wiped_at IS NULL) THEN ((applicant IS NOT NULL) AND (licence IS NOT NULL) AND ((state = 'draft'::text) OR (decision IS NOT NULL)))
    ELSE (num_nonnulls(applicant, person_hash, licence, phone, street, health_number, health_signed_on, decision, certificate) = 0)
END),
    constraint applications_delivery_check CHECK ((delivery = ANY (ARRAY[''::text, 'post'::text, 'pickup'::text]))),
    constraint applications_fee_vnd_check CHECK ((fee_vnd > 0)),
    constraint applications_filed_by_check CHECK ((filed_by <> ALL (examiners))),
    constraint applications_four_eyes CHECK (((decided_person <> ALL (examiners)) AND (decided_person <> filed_by))),
    constraint applications_ground_check CHECK ((ground = ANY (ARRAY['expiring'::text, 'damaged'::text, 'data_changed'::text]))),
    constraint applications_sealed CHECK (((COALESCE(get_byte(applicant, 0), 1) = 1) AND (COALESCE(get_byte(licence, 0), 1) = 1) AND (COALESCE(get_byte(phone, 0), 1) = 1) AND (COALESCE(get_byte(street, 0), 1) = 1) AND (COALESCE(get_byte(health_number, 0), 1) = 1) AND (COALESCE(get_byte(health_signed_on, 0), 1) = 1) AND (COALESCE(get_byte(decision, 0), 1) = 1) AND (COALESCE(get_byte(certificate, 0), 1) = 1))),
    constraint applications_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'submitted'::text, 'payment_due'::text, 'payment_pending'::text, 'accepted'::text, 'in_review'::text, 'verifying'::text, 'returned'::text, 'resubmitted'::text, 'proposed_approval'::text, 'proposed_refusal'::text, 'approved'::text, 'printing'::text, 'ready_for_pickup'::text, 'in_post'::text, 'parcel_returned'::text, 'delivered'::text, 'refused_at_intake'::text, 'refused'::text, 'withdrawn'::text, 'closed_no_reply'::text, 'closed_unpaid'::text]))),
    constraint applications_submitted CHECK (((state = 'draft'::text) OR ((code IS NOT NULL) AND (submitted_at IS NOT NULL))))
);
CREATE INDEX applications_certificate ON public.applications USING btree (certificate_hash) WHERE (certificate_hash IS NOT NULL);
CREATE INDEX applications_ended ON public.applications USING btree (updated_at) WHERE ((wiped_at IS NULL) AND (state = ANY (ARRAY['delivered'::text, 'refused_at_intake'::text, 'refused'::text, 'withdrawn'::text, 'closed_no_reply'::text, 'closed_unpaid'::text])));
CREATE INDEX applications_filed_by ON public.applications USING btree (filed_by) WHERE (filed_by IS NOT NULL);
CREATE INDEX applications_health ON public.applications USING btree (health_upload) WHERE (health_upload IS NOT NULL);
CREATE INDEX applications_holder ON public.applications USING btree (holder) WHERE (holder IS NOT NULL);
CREATE UNIQUE INDEX applications_one_open ON public.applications USING btree (resident_id) WHERE (state <> ALL (ARRAY['delivered'::text, 'refused_at_intake'::text, 'refused'::text, 'withdrawn'::text, 'closed_no_reply'::text, 'closed_unpaid'::text]));
CREATE INDEX applications_person ON public.applications USING btree (person_hash);
CREATE INDEX applications_portrait ON public.applications USING btree (portrait_upload) WHERE (portrait_upload IS NOT NULL);
CREATE INDEX applications_queue ON public.applications USING btree (office, state, due_at, code);
CREATE INDEX applications_resident ON public.applications USING btree (resident_id, created_at DESC);

create table audit_heads (
    at timestamp with time zone not null,
    size bigint not null,
    token text not null,
    constraint audit_heads_pkey PRIMARY KEY (at),
    constraint audit_heads_size_check CHECK ((size >= 0))
);
CREATE TRIGGER audit_heads_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_heads FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();

create table audit_list (
    index bigint not null,
    application_id uuid not null,
    seq integer not null,
    line bytea not null,
    constraint audit_list_pkey PRIMARY KEY (index),
    constraint audit_list_application_id_seq_key UNIQUE (application_id, seq),
    constraint audit_list_application_id_seq_fkey FOREIGN KEY (application_id, seq) REFERENCES application_events(application_id, seq),
    constraint audit_list_index_check CHECK ((index >= 0)),
    constraint audit_list_line_check CHECK ((length(line) = 32))
);
CREATE TRIGGER audit_list_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_list FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();

create table code_counters (
    unit text not null,
    day date not null,
    last integer not null,
    constraint code_counters_pkey PRIMARY KEY (unit, day)
);

create table decision_signatures (
    application_id uuid not null,
    seq integer not null,
    token text not null,
    constraint decision_signatures_pkey PRIMARY KEY (application_id, seq),
    constraint decision_signatures_application_id_seq_fkey FOREIGN KEY (application_id, seq) REFERENCES application_events(application_id, seq)
);
CREATE TRIGGER decision_signatures_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.decision_signatures FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();

create table doomed_objects (
    name text not null,
    constraint doomed_objects_pkey PRIMARY KEY (name)
);

create table former_pictures (
    upload uuid not null,
    application_id uuid not null,
    item text not null,
    replaced_at timestamp with time zone not null,
    constraint former_pictures_pkey PRIMARY KEY (upload),
    constraint former_pictures_application_id_fkey FOREIGN KEY (application_id) REFERENCES applications(id),
    constraint former_pictures_upload_fkey FOREIGN KEY (upload) REFERENCES uploads(id),
    constraint former_pictures_item_check CHECK ((item = ANY (ARRAY['health_certificate'::text, 'portrait'::text])))
);
CREATE INDEX former_pictures_application ON public.former_pictures USING btree (application_id, item, replaced_at DESC);

create table handovers (
    application_id uuid not null,
    item text not null,
    token_hash bytea not null,
    session bytea not null,
    created_at timestamp with time zone not null,
    upload uuid,
    constraint handovers_pkey PRIMARY KEY (application_id, item),
    constraint handovers_token_hash_key UNIQUE (token_hash),
    constraint handovers_application_id_fkey FOREIGN KEY (application_id) REFERENCES applications(id) ON DELETE CASCADE,
    constraint handovers_session_fkey FOREIGN KEY (session) REFERENCES sessions(token_hash) ON DELETE CASCADE,
    constraint handovers_upload_fkey FOREIGN KEY (upload) REFERENCES uploads(id) ON DELETE CASCADE,
    constraint handovers_item_check CHECK ((item = ANY (ARRAY['health_certificate'::text, 'portrait'::text]))),
    constraint handovers_token_hash_check CHECK ((length(token_hash) = 32))
);
CREATE INDEX handovers_session ON public.handovers USING btree (session);
CREATE INDEX handovers_upload ON public.handovers USING btree (upload);

create table logout_tokens (
    issuer text not null,
    jti text not null,
    good_until timestamp with time zone not null,
    constraint logout_tokens_pkey PRIMARY KEY (issuer, jti)
);

create table look_purposes (
    session bytea not null,
    application_id uuid not null,
    purpose text not null,
    named_at timestamp with time zone not null,
    constraint look_purposes_pkey PRIMARY KEY (session, application_id),
    constraint look_purposes_application_id_fkey FOREIGN KEY (application_id) REFERENCES applications(id),
    constraint look_purposes_session_fkey FOREIGN KEY (session) REFERENCES sessions(token_hash) ON DELETE CASCADE
);

create table officers (
    id uuid not null,
    issuer text not null,
    subject text not null,
    full_name text not null,
    office text not null,
    active boolean not null,
    created_at timestamp with time zone not null,
    roles text[] not null,
    area text[] not null default '{}'::text[],
    person uuid not null,
    suspended boolean not null default false,
    personal_number bytea not null,
    person_hash bytea not null,
    constraint officers_pkey PRIMARY KEY (id),
    constraint officers_issuer_subject_key UNIQUE (issuer, subject),
    constraint officers_person_fkey FOREIGN KEY (person) REFERENCES officers(id),
    constraint officers_roles_check CHECK (((cardinality(roles) > 0) AND (roles <@ ARRAY['intake'::text, 'examiner'::text, 'approver'::text, 'supervisor'::text, 'helper'::text, 'auditor'::text, 'administrator'::text]))),
    constraint officers_sealed CHECK ((get_byte(personal_number, 0) = 1))
);
CREATE UNIQUE INDEX officers_person ON public.officers USING btree (person_hash) WHERE (person = id);
CREATE INDEX officers_person_hash ON public.officers USING btree (person_hash);

create table parcels (
    application_id uuid not null,
    tracking_number text,
    status text not null,
    updated_at timestamp with time zone not null,
    constraint parcels_pkey PRIMARY KEY (application_id),
    constraint parcels_tracking_number_key UNIQUE (tracking_number),
    constraint parcels_application_id_fkey FOREIGN KEY (application_id) REFERENCES applications(id),
    constraint parcels_status_check CHECK ((status = ANY (ARRAY[''::text, 'handed_over'::text, 'in_transit'::text, 'out_for_delivery'::text, 'delivered'::text, 'failed'::text, 'returned'::text])))
);

create table partial_uploads (
    id uuid not null,
    owner uuid not null,
    taken_by uuid,
    length bigint not null,
    received bigint not null default 0,
    parts text[] not null default '{}'::text[],
    upload uuid,
    created_at timestamp with time zone not null,
    constraint partial_uploads_pkey PRIMARY KEY (id),
    constraint partial_uploads_owner_fkey FOREIGN KEY (owner) REFERENCES residents(id) ON DELETE CASCADE,
    constraint partial_uploads_upload_fkey FOREIGN KEY (upload) REFERENCES uploads(id) ON DELETE CASCADE,
    constraint partial_uploads_check CHECK (((received >= 0) AND (received <= length))),
    constraint partial_uploads_length_check CHECK ((length > 0))
);
CREATE INDEX partial_uploads_age ON public.partial_uploads USING btree (created_at);
CREATE INDEX partial_uploads_owner ON public.partial_uploads USING btree (owner, created_at);
CREATE INDEX partial_uploads_parts ON public.partial_uploads USING gin (parts);

create table payments (
    id uuid not null,
    application_id uuid not null,
    amount_vnd bigint not null,
    state text not null,
    reference text,
    created_at timestamp with time zone not null,
    settled_at timestamp with time zone,
    constraint payments_pkey PRIMARY KEY (id),
    constraint payments_reference_key UNIQUE (reference),
    constraint payments_application_id_fkey FOREIGN KEY (application_id) REFERENCES applications(id),
    constraint payments_amount_vnd_check CHECK ((amount_vnd > 0)),
    constraint payments_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'paid'::text, 'failed'::text, 'refund_due'::text])))
);
CREATE UNIQUE INDEX payments_one_paid ON public.payments USING btree (application_id) WHERE (state = 'paid'::text);
CREATE UNIQUE INDEX payments_one_pending ON public.payments USING btree (application_id) WHERE (state = 'pending'::text);

create table portal_syncs (
    application_id uuid not null,
    seq integer not null,
    at timestamp with time zone not null,
    constraint portal_syncs_pkey PRIMARY KEY (application_id, seq),
    constraint portal_syncs_application_id_seq_fkey FOREIGN KEY (application_id, seq) REFERENCES application_events(application_id, seq)
);

create table print_orders (
    application_id uuid not null,
    ordered_at timestamp with time zone,
    card_serial text not null default ''::text,
    printed_at timestamp with time zone,
    registered_at timestamp with time zone,
    licence bytea,
    constraint print_orders_pkey PRIMARY KEY (application_id),
    constraint print_orders_application_id_fkey FOREIGN KEY (application_id) REFERENCES applications(id),
    constraint print_orders_sealed CHECK ((COALESCE(get_byte(licence, 0), 1) = 1))
);

create unlogged table rate_limits (
    key text not null,
    window_start timestamp with time zone not null,
    hits integer not null,
    constraint rate_limits_pkey PRIMARY KEY (key, window_start)
);

create table residents (
    id uuid not null,
    issuer text not null,
    subject text not null,
    full_name text not null,
    sex text not null,
    level smallint not null,
    created_at timestamp with time zone not null,
    updated_at timestamp with time zone not null,
    personal_number bytea not null,
    birth_date bytea,
    address bytea,
    phone bytea,
    person_hash bytea not null,
    constraint residents_pkey PRIMARY KEY (id),
    constraint residents_issuer_subject_key UNIQUE (issuer, subject),
    constraint residents_sealed CHECK (((get_byte(personal_number, 0) = 1) AND (COALESCE(get_byte(birth_date, 0), 1) = 1) AND (COALESCE(get_byte(address, 0), 1) = 1) AND (COALESCE(get_byte(phone, 0), 1) = 1))),
    constraint residents_sex_check CHECK ((sex = ANY (ARRAY[''::text, 'M'::text, 'F'::text])))
);
CREATE INDEX residents_person ON public.residents USING btree (person_hash);

create table retention_acts (
    id bigint not null generated always as identity,
    at timestamp with time zone not null,
    application_id uuid not null,
    act text not null,
    why text not null,
    who text not null default ''::text,
    constraint retention_acts_pkey PRIMARY KEY (id),
    constraint retention_acts_application_id_fkey FOREIGN KEY (application_id) REFERENCES applications(id),
    constraint retention_acts_act_check CHECK ((act = ANY (ARRAY['hold'::text, 'release'::text]))),
    constraint retention_acts_why_check CHECK ((why <> ''::text))
);
CREATE INDEX retention_acts_application ON public.retention_acts USING btree (application_id, id);
CREATE TRIGGER retention_acts_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.retention_acts FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();

create table returned_items (
    application_id uuid not null,
    round integer not null,
    item text not null,
    reason text not null,
    fixed_at timestamp with time zone,
    note bytea,
    constraint returned_items_pkey PRIMARY KEY (application_id, round, item),
    constraint returned_items_application_id_fkey FOREIGN KEY (application_id) REFERENCES applications(id),
    constraint returned_items_item_check CHECK ((item = ANY (ARRAY['portrait'::text, 'health_certificate'::text, 'delivery'::text]))),
    constraint returned_items_sealed CHECK ((COALESCE(get_byte(note, 0), 1) = 1))
);

create table sessions (
    token_hash bytea not null,
    audience text not null,
    resident_id uuid,
    officer_id uuid,
    auth_time timestamp with time zone not null,
    created_at timestamp with time zone not null,
    seen_at timestamp with time zone not null,
    expires_at timestamp with time zone not null,
    portal_sid text not null default ''::text,
    role text,
    acting_for uuid,
    acting_since timestamp with time zone,
    search_purpose text not null default ''::text,
    constraint sessions_pkey PRIMARY KEY (token_hash),
    constraint sessions_acting_for_fkey FOREIGN KEY (acting_for) REFERENCES residents(id),
    constraint sessions_officer_id_fkey FOREIGN KEY (officer_id) REFERENCES officers(id),
    constraint sessions_resident_id_fkey FOREIGN KEY (resident_id) REFERENCES residents(id),
    constraint sessions_acting_check CHECK ((((acting_for IS NULL) = (acting_since IS NULL)) AND ((acting_for IS NULL) OR (role = 'helper'::text)))),
    constraint sessions_audience_check CHECK ((audience = ANY (ARRAY['resident'::text, 'officer'::text]))),
    constraint sessions_check CHECK (((audience = 'resident'::text) = (resident_id IS NOT NULL))),
    constraint sessions_check1 CHECK (((audience = 'officer'::text) = (officer_id IS NOT NULL))),
    constraint sessions_role_check CHECK (((audience = 'officer'::text) = (role IS NOT NULL))),
    constraint sessions_token_hash_check CHECK ((length(token_hash) = 32))
);
CREATE INDEX sessions_expires_at ON public.sessions USING btree (expires_at);
CREATE INDEX sessions_officer ON public.sessions USING btree (officer_id) WHERE (officer_id IS NOT NULL);
CREATE INDEX sessions_resident ON public.sessions USING btree (resident_id) WHERE (resident_id IS NOT NULL);

create table sign_in_attempts (
    state_hash bytea not null,
    browser_hash bytea not null,
    audience text not null,
    nonce text not null,
    verifier text not null,
    next_path text not null,
    created_at timestamp with time zone not null,
    max_age integer not null default 0,
    constraint sign_in_attempts_pkey PRIMARY KEY (state_hash),
    constraint sign_in_attempts_audience_check CHECK ((audience = ANY (ARRAY['resident'::text, 'officer'::text]))),
    constraint sign_in_attempts_browser_hash_check CHECK ((length(browser_hash) = 32)),
    constraint sign_in_attempts_max_age_check CHECK ((max_age >= 0)),
    constraint sign_in_attempts_state_hash_check CHECK ((length(state_hash) = 32))
);

create table staff_acts (
    id bigint not null generated always as identity,
    at timestamp with time zone not null,
    actor uuid not null,
    officer uuid not null,
    act text not null,
    constraint staff_acts_pkey PRIMARY KEY (id),
    constraint staff_acts_actor_fkey FOREIGN KEY (actor) REFERENCES officers(id),
    constraint staff_acts_officer_fkey FOREIGN KEY (officer) REFERENCES officers(id),
    constraint staff_acts_act_check CHECK ((act = ANY (ARRAY['suspend'::text, 'reinstate'::text, 'end_sessions'::text]))),
    constraint staff_acts_check CHECK ((actor <> officer))
);
CREATE INDEX staff_acts_officer ON public.staff_acts USING btree (officer, id);
CREATE TRIGGER staff_acts_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.staff_acts FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();

create table upload_tries (
    owner uuid not null,
    at timestamp with time zone not null,
    constraint upload_tries_owner_fkey FOREIGN KEY (owner) REFERENCES residents(id) ON DELETE CASCADE
);
CREATE INDEX upload_tries_age ON public.upload_tries USING btree (at);
CREATE INDEX upload_tries_owner ON public.upload_tries USING btree (owner, at);

create table uploads (
    id uuid not null,
    owner uuid not null,
    kind text not null,
    object text not null,
    thumbnail text not null,
    sha256 bytea not null,
    bytes bigint not null,
    width integer not null,
    height integer not null,
    verdicts text[] not null,
    created_at timestamp with time zone not null,
    replaced_at timestamp with time zone,
    print text,
    print_sha256 bytea,
    look bit(256),
    taken_by uuid,
    scan text not null default ''::text,
    original text,
    original_sha256 bytea,
    code bytea,
    grain bytea,
    constraint uploads_pkey PRIMARY KEY (id),
    constraint uploads_object_key UNIQUE (object),
    constraint uploads_original_key UNIQUE (original),
    constraint uploads_print_key UNIQUE (print),
    constraint uploads_thumbnail_key UNIQUE (thumbnail),
    constraint uploads_owner_fkey FOREIGN KEY (owner) REFERENCES residents(id),
    constraint uploads_taken_by_fkey FOREIGN KEY (taken_by) REFERENCES officers(id),
    constraint uploads_check CHECK (((print IS NULL) = (print_sha256 IS NULL))),
    constraint uploads_grain_check CHECK ((octet_length(grain) = (32 * 45))),
    constraint uploads_kind_check CHECK ((kind = ANY (ARRAY['portrait'::text, 'health_certificate'::text]))),
    constraint uploads_original CHECK (((original IS NULL) = (original_sha256 IS NULL))),
    constraint uploads_original_sha256_check CHECK ((octet_length(original_sha256) = 32)),
    constraint uploads_print_sha256_check CHECK ((length(print_sha256) = 32)),
    constraint uploads_scan_check CHECK ((scan = ANY (ARRAY[''::text, 'waiting'::text, 'clean'::text, 'infected'::text]))),
    constraint uploads_sealed CHECK ((COALESCE(get_byte(code, 0), 1) = 1)),
    constraint uploads_sha256_check CHECK ((length(sha256) = 32))
);
CREATE INDEX uploads_infected ON public.uploads USING btree (id) WHERE (scan = 'infected'::text);
CREATE INDEX uploads_owner ON public.uploads USING btree (owner, created_at);
CREATE INDEX uploads_unscanned ON public.uploads USING btree (created_at, id) WHERE (scan = 'waiting'::text);

CREATE OR REPLACE FUNCTION public.forbid_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
    raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end
$function$;

CREATE OR REPLACE FUNCTION public.forbid_early_wipe()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
    if not exists (select from applications where id = old.application_id
            and wiped_at >= (select max(at) from application_events where application_id = old.application_id) + interval '17520 hours') then
        raise exception 'words of a case go only when it is wiped in its time' using errcode = 'restrict_violation';
    end if;
    return old;
end
$function$;
