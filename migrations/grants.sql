-- The rights of the application's role, given anew after every migration. Roles belong to the whole server, so another database may
-- have made it already. The service never works as the owner of the tables: who owns a table can switch its triggers off.
do $$
begin
    if not exists (select from pg_roles where rolname = 'giahan_app') then
        create role giahan_app nologin;
    end if;
exception when duplicate_object or unique_violation then
    null; -- another node or database was faster
end
$$;
grant usage on schema public, jobs to giahan_app;
grant select, insert, update, delete on all tables in schema public, jobs to giahan_app;
grant usage, select on all sequences in schema public, jobs to giahan_app;
-- History only grows.
revoke update, delete on application_events, access_log, audit_list, audit_heads, decision_signatures, staff_acts, retention_acts from giahan_app;
-- The personal words of its lines go when retention wipes a case.
revoke update on application_event_words from giahan_app;
revoke insert, update, delete on goose_db_version from giahan_app;
revoke insert, update, delete on jobs.river_migration from giahan_app;
