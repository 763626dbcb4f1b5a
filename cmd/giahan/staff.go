package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"giahan/identity"
	identitystore "giahan/identity/store"
	"giahan/licensing"
)

// member is one line of a staff file.
type member struct {
	Subject        string        `json:"subject"` // of the staff realm's tokens
	FullName       string        `json:"full_name"`
	PersonalNumber string        `json:"personal_number"`
	Role           identity.Role `json:"role"`
	Office         string        `json:"office"`           // empty: the configured one
	Active         *bool         `json:"active,omitempty"` // false: has left, or must not come in for now; without it true
}

// staffRoles are the roles that a person may have.
var staffRoles = []identity.Role{identity.RoleIntake, identity.RoleExaminer, identity.RoleApprover, identity.RoleSupervisor}

// seed writes the staff of a file: who is new comes in, who is there takes the file's name, role, office and right to come in.
// Who is not in the file stays as they are: nobody is locked out by a short file. All lines are written or none.
func seed(ctx context.Context, cfg config, file string) error {
	staff, err := readStaff(file)
	if err != nil {
		return fmt.Errorf("staff file: %w", err)
	}
	officers, err := officersOf(staff, cfg)
	if err != nil {
		return fmt.Errorf("staff file, %w", err)
	}
	pool, err := openPool(ctx, cfg)
	if err != nil {
		return err
	}
	defer pool.Close()
	return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		for i, o := range officers {
			if err := enterOfficer(ctx, tx, o); err != nil {
				return fmt.Errorf("staff file, entry %d: %w", i+1, err)
			}
		}
		return nil
	})
}

// officersOf checks the lines. An error names the line by its place: a file of staff is personal data too.
func officersOf(staff []member, cfg config) (out []identity.Officer, err error) {
	seen := map[string]bool{}
	for i, m := range staff {
		number, wrongNumber := licensing.ReadPersonalNumber(m.PersonalNumber)
		name, wrongName := licensing.ReadName(m.FullName)
		switch {
		case wrongNumber != nil || wrongName != nil || m.Subject == "":
			return nil, fmt.Errorf("entry %d: subject, full_name (letters only) and a personal_number of 12 digits are needed", i+1)
		case !slices.Contains(staffRoles, m.Role):
			return nil, fmt.Errorf("entry %d: role is one of %s", i+1, staffRoles)
		case seen[m.Subject]:
			return nil, fmt.Errorf("entry %d: the same subject stands above", i+1)
		}
		seen[m.Subject] = true
		if m.Office == "" {
			m.Office = cfg.OfficeCode
		}
		out = append(out, identity.Officer{ID: identity.OfficerID(uuid.New()), Issuer: cfg.Staff.Issuer, Subject: m.Subject, FullName: name,
			PersonalNumber: number, Role: m.Role, Office: m.Office, Active: m.Active == nil || *m.Active})
	}
	return out, nil
}

// errOtherPerson: the number tells whose own case nobody may decide, so an account is never handed on to somebody else.
var errOtherPerson = errors.New("this account belongs to another personal_number; a new person needs an account of their own")

// enterOfficer writes one officer. The sessions end of who may not come in any more, and of whose role or office is another now:
// what is open in their browser was shown to somebody with other rights.
func enterOfficer(ctx context.Context, tx pgx.Tx, o identity.Officer) error {
	if err := identitystore.InsertOfficer(ctx, tx, o, time.Now()); err != nil {
		return err
	}
	old, err := identitystore.OfficerBySubject(ctx, tx, o.Issuer, o.Subject)
	if err != nil {
		return err
	}
	if old.PersonalNumber != o.PersonalNumber {
		return errOtherPerson
	}
	if o.ID = old.ID; o == old {
		return nil
	}
	if err := identitystore.UpdateOfficer(ctx, tx, o); err != nil {
		return err
	}
	if o.Active && o.Role == old.Role && o.Office == old.Office {
		return nil
	}
	_, err = identitystore.DeleteSessionsOf(ctx, tx, uuid.UUID(o.ID))
	return err
}

func readStaff(file string) (staff []member, err error) {
	in := io.Reader(os.Stdin)
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	d := json.NewDecoder(in)
	d.DisallowUnknownFields()
	return staff, d.Decode(&staff)
}
