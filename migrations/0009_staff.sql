-- +goose Up

-- An officer may have several roles, of which one is active in a session, and may be limited to communes. person is the first account
-- of the same personal number: what two people must do is not done by two accounts of one.
alter table officers
    add column roles  text[],
    add column area   text[] not null default '{}',
    add column person uuid references officers;
update officers o set roles = array[o.role], person = (
    select f.id from officers f where f.personal_number = o.personal_number order by f.created_at, f.id limit 1);
alter table officers
    alter column roles set not null,
    alter column person set not null,
    add constraint officers_roles_check check (cardinality(roles) > 0
        and roles <@ array['intake', 'examiner', 'approver', 'supervisor', 'helper', 'auditor', 'administrator']),
    drop column role;
create unique index officers_person on officers (personal_number) where person = id;

-- The role in which an officer acts, and the resident for whom a helper acts.
alter table sessions
    add column role         text,
    add column acting_for   uuid references residents,
    add column acting_since timestamptz;
update sessions s set role = o.roles[1] from officers o where o.id = s.officer_id;
alter table sessions
    add constraint sessions_role_check check ((audience = 'officer') = (role is not null)),
    add constraint sessions_acting_check check ((acting_for is null) = (acting_since is null) and (acting_for is null or role = 'helper'));

-- area is the commune whose officers handle the case, decided at submission and kept when the address is corrected; empty for those
-- of the whole office. filed_by, examiners and decided_person are persons (officers.person): who filed the case for the resident,
-- everybody who ever examined it, and who decided it. The last is none of the others, whatever the program believes.
alter table applications
    add column area           text not null default '',
    add column filed_by       uuid references officers,
    add column examiners      uuid[] not null default '{}',
    add column decided_person uuid references officers;
update applications set area = commune where state <> 'draft';
update applications a set examiners = array(
    select distinct o.person from application_events e join officers o on o.id = e.actor_id
    where e.application_id = a.id and e.actor_role = 'examiner')
where a.decided_by is null;
alter table applications
    add constraint applications_four_eyes check (decided_person <> all (examiners) and decided_person <> filed_by),
    add constraint applications_filed_by_check check (filed_by <> all (examiners));
create index applications_filed_by on applications (filed_by) where filed_by is not null;
