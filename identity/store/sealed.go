package store

import "giahan/identity/vault"

// The sealed columns of people. Names stay readable: they stand in every list at the desk.
const (
	residentNumber  vault.Column = "residents.personal_number"
	residentBirth   vault.Column = "residents.birth_date"
	residentAddress vault.Column = "residents.address"
	residentPhone   vault.Column = "residents.phone"
	officerNumber   vault.Column = "officers.personal_number"

	// Hashes of the number, by which a person is found: officers of one number are one person.
	residentPerson vault.Column = "residents.person_hash"
	officerPerson  vault.Column = "officers.person_hash"
)

// Sealed is how they are brought under another master key.
var Sealed = []vault.Table{
	{Columns: []vault.Column{residentNumber, residentBirth, residentAddress, residentPhone},
		Read: `select ctid::text, id, personal_number, birth_date, address, phone from residents
			where id > $1 and not (substring(personal_number for 9) = $3 and coalesce(substring(birth_date for 9) = $3, true)
				and coalesce(substring(address for 9) = $3, true) and coalesce(substring(phone for 9) = $3, true))
			order by id limit $2 for update`,
		Write:  `update residents set personal_number = $2, birth_date = $3, address = $4, phone = $5, person_hash = $6 where ctid = $1::tid`,
		Beside: func(texts []string) ([]any, error) { return []any{residentPerson.Hash(texts[0])}, nil }},
	{Columns: []vault.Column{officerNumber},
		Read: `select ctid::text, id, personal_number from officers where id > $1 and substring(personal_number for 9) <> $3
			order by id limit $2 for update`,
		Write:  `update officers set personal_number = $2, person_hash = $3 where ctid = $1::tid`,
		Beside: func(texts []string) ([]any, error) { return []any{officerPerson.Hash(texts[0])}, nil }},
}
