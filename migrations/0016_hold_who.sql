-- +goose Up

-- Who put a hold on a case or ended it, as they named themselves at the operator's console. Acts from before are nobody's.
alter table retention_acts add column who text not null default '';
