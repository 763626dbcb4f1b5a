-- +goose Up

-- The applicant's name as it is searched: written with the case by licensing.SearchKey, which alone says what the form is. Cases
-- from before get it here once, in the same form for every Vietnamese name.
alter table applications add column search_name text not null default '';

update applications set search_name = btrim(regexp_replace(translate(lower(regexp_replace(
    normalize(coalesce(applicant->>'full_name', ''), NFD), '[\u0300-\u036f''’]', '', 'g')), 'ĐđÐð', 'dddd'), '\s+', ' ', 'g'));
