-- +goose Up

-- The clock: a state in which the office that issued the licence is asked, and the new appointment as a part of the history.

alter table applications drop constraint applications_state_check;
alter table applications add constraint applications_state_check check (state in (
    'draft', 'submitted', 'payment_due', 'payment_pending', 'accepted', 'in_review', 'verifying', 'returned', 'resubmitted',
    'proposed_approval', 'proposed_refusal', 'approved', 'printing', 'ready_for_pickup', 'in_post', 'parcel_returned',
    'delivered', 'refused_at_intake', 'refused', 'withdrawn', 'closed_no_reply', 'closed_unpaid'));

alter table application_events add column promised_at timestamptz;  -- the new promised moment
alter table application_events add constraint application_events_promise check ((event = 'reappoint') = (promised_at is not null));

-- A case gets at most one new appointment (ND 61/2018 Art. 19), whatever else happens.
create unique index application_events_one_appointment on application_events (application_id) where event = 'reappoint';
