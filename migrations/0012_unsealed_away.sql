-- +goose Up

-- The plain values go, and with them the constraints that read them. Whoever reads a row finds the sealed value under the old name.
-- NULL is a value that was never given, or has been wiped.

alter table residents drop column personal_number, drop column birth_date, drop column address, drop column phone;
alter table residents rename column new_personal_number to personal_number;
alter table residents rename column new_birth_date to birth_date;
alter table residents rename column new_address to address;
alter table residents rename column new_phone to phone;
alter table residents alter column personal_number set not null, alter column person_hash set not null;
create index residents_person on residents (person_hash);

alter table officers drop column personal_number;
alter table officers rename column new_personal_number to personal_number;
alter table officers alter column personal_number set not null, alter column person_hash set not null;
create unique index officers_person on officers (person_hash) where person = id;

alter table applications drop column applicant, drop column licence, drop column phone, drop column street, drop column health_number,
    drop column health_signed_on, drop column decision;
alter table applications rename column new_applicant to applicant;
alter table applications rename column new_licence to licence;
alter table applications rename column new_phone to phone;
alter table applications rename column new_street to street;
alter table applications rename column new_health_number to health_number;
alter table applications rename column new_health_signed_on to health_signed_on;
alter table applications rename column new_decision to decision;
alter table applications add column wiped_at timestamptz;  -- when retention took the content away
alter table applications
    add constraint applications_submitted check (state = 'draft' or (code is not null and submitted_at is not null)),
    add constraint applications_content check (
        case when wiped_at is null
        then applicant is not null and licence is not null and (state = 'draft' or decision is not null)
        else num_nonnulls(applicant, person_hash, licence, phone, street, health_number, health_signed_on, decision) = 0 end);
create index applications_person on applications (person_hash);

alter table returned_items drop column note;
alter table returned_items rename column new_note to note;

alter table print_orders drop column licence;
alter table print_orders rename column new_licence to licence;

-- Every sealed value begins with the version of the seal, which no text, number or JSON does: a value that somebody writes plain
-- is refused.
alter table residents add constraint residents_sealed check (
    get_byte(personal_number, 0) = 1 and coalesce(get_byte(birth_date, 0), 1) = 1 and coalesce(get_byte(address, 0), 1) = 1
    and coalesce(get_byte(phone, 0), 1) = 1);
alter table officers add constraint officers_sealed check (get_byte(personal_number, 0) = 1);
alter table applications add constraint applications_sealed check (
    coalesce(get_byte(applicant, 0), 1) = 1 and coalesce(get_byte(licence, 0), 1) = 1 and coalesce(get_byte(phone, 0), 1) = 1
    and coalesce(get_byte(street, 0), 1) = 1 and coalesce(get_byte(health_number, 0), 1) = 1
    and coalesce(get_byte(health_signed_on, 0), 1) = 1 and coalesce(get_byte(decision, 0), 1) = 1);
alter table returned_items add constraint returned_items_sealed check (coalesce(get_byte(note, 0), 1) = 1);
alter table print_orders add constraint print_orders_sealed check (coalesce(get_byte(licence, 0), 1) = 1);

-- A dropped column and the old version of an updated row stay in the table's files. Written anew they are gone.
cluster residents using residents_pkey;
cluster officers using officers_pkey;
cluster applications using applications_pkey;
cluster returned_items using returned_items_pkey;
cluster print_orders using print_orders_pkey;
alter table residents set without cluster;
alter table officers set without cluster;
alter table applications set without cluster;
alter table returned_items set without cluster;
alter table print_orders set without cluster;
