-- +goose Up

-- The last day for the fee is fixed at submission by the rules of that day, as the last day for a correction is when a case is
-- returned. Cases that wait for their fee now were promised ten days.
update applications set reply_by = (submitted_at at time zone interval '7 hours')::date + 10
where state in ('payment_due', 'payment_pending') and reply_by is null;
