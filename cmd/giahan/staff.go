package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"giahan/identity"
	identitystore "giahan/identity/store"
	"giahan/licensing"
)

// member is one line of a staff file.
type member struct {
	Subject        string          `json:"subject"` // of the staff realm's tokens
	FullName       string          `json:"full_name"`
	PersonalNumber string          `json:"personal_number"`
	Roles          []identity.Role `json:"roles"`            // the first is the one with which they come in
	Office         string          `json:"office"`           // empty: the configured one
	Area           []string        `json:"area,omitempty"`   // codes of communes; without it the whole office
	Active         *bool           `json:"active,omitempty"` // false: has left, or must not come in for now; without it true
}

// seed writes the staff of a file: who is new comes in, who is there takes the file's name, roles, office, area and right to come in.
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
		case !rolesGood(m.Roles):
			return nil, fmt.Errorf("entry %d: roles is a list of at least one of %s, each once", i+1, identity.StaffRoles)
		case !areaGood(m.Area):
			return nil, fmt.Errorf("entry %d: area is a list of codes of communes, each of 5 digits, or is left out", i+1)
		case seen[m.Subject]:
			return nil, fmt.Errorf("entry %d: the same subject stands above", i+1)
		}
		seen[m.Subject] = true
		if m.Office == "" {
			m.Office = cfg.OfficeCode
		}
		out = append(out, identity.Officer{ID: identity.OfficerID(uuid.New()), Issuer: cfg.Staff.Issuer, Subject: m.Subject, FullName: name,
			PersonalNumber: number, Roles: m.Roles, Role: m.Roles[0], Office: m.Office, Area: m.Area, Active: m.Active == nil || *m.Active})
	}
	return out, nil
}

func rolesGood(roles []identity.Role) bool {
	seen := map[identity.Role]bool{}
	for _, r := range roles {
		if seen[r] || !slices.Contains(identity.StaffRoles, r) {
			return false
		}
		seen[r] = true
	}
	return len(roles) > 0
}

// areaGood looks at the form alone: a commune that ends keeps its old cases, and a new one may be named before it begins.
func areaGood(area []string) bool {
	return !slices.ContainsFunc(area, func(code string) bool { return len(code) != 5 || strings.Trim(code, "0123456789") != "" })
}

// errOtherPerson: the number tells whose own case nobody may decide, so an account is never handed on to somebody else.
var errOtherPerson = errors.New("this account belongs to another personal_number; a new person needs an account of their own")

// enterOfficer writes one officer. The sessions end of who may not come in any more, and of whose roles, office or area are others now:
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
	o.ID = old.ID
	same := slices.Equal(o.Roles, old.Roles) && o.Office == old.Office && slices.Equal(o.Area, old.Area)
	if same && o.FullName == old.FullName && o.Active == old.Active {
		return nil
	}
	if err := identitystore.UpdateOfficer(ctx, tx, o); err != nil {
		return err
	}
	if o.Active && same {
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
