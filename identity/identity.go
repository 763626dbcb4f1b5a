// Package identity knows who somebody is and in which role they act: residents who come from the national portal,
// officers of the staff realm, and the service itself.
package identity

import (
	"errors"
	"time"

	"github.com/google/uuid"
)

// ResidentID names a resident in our own records; it is never shown to anybody.
type ResidentID uuid.UUID

// OfficerID names an officer's account in our own records.
type OfficerID uuid.UUID

// PersonID names the person behind an officer's accounts: the first of them that was entered with the personal number. Whoever has two
// accounts is one person, and what two people must do cannot be done with both.
type PersonID uuid.UUID

func (id ResidentID) String() string { return uuid.UUID(id).String() }
func (id OfficerID) String() string  { return uuid.UUID(id).String() }
func (id PersonID) String() string   { return uuid.UUID(id).String() }

// Sex as the identity card states it.
type Sex string

// The two values of the national identity database; empty is unknown.
const (
	Male   Sex = "M"
	Female Sex = "F"
)

// Level is the assurance of an electronic identity (VNeID level 1 or 2; domain.md 4.2). Zero is unknown.
type Level int

// IssuerHelped stands in the place of the portal for people whom a helper entered and who have never signed in themselves. No portal
// has it: issuers are addresses. When they sign in, their row becomes that of their account.
const IssuerHelped = "giahan:helped"

// LevelRequired is the level that full online procedures need.
const LevelRequired Level = 2

// Resident is a person as the national portal vouches for them at sign-in. The key is (Issuer, Subject); the personal
// number must agree too, so that a reused subject never opens somebody else's file.
type Resident struct {
	ID             ResidentID
	Issuer         string
	Subject        string
	PersonalNumber PersonalNumber
	FullName       string // NFC, as the portal spells it
	BirthDate      string // ISO 8601; may be partial ("1956" or "1956-03") for older people
	Sex            Sex
	Address        string // place of residence as the portal gives it; may be empty
	Phone          string // as the portal gives it; may be empty
	Level          Level
	HelpedBy       *Officer // the helper who acts for them in this session; nil where they act themselves
}

// Role is what an officer, a resident or the service itself acts as.
type Role string

// Roles, as they stand in the history of a case.
const (
	RoleResident   Role = "resident"
	RoleIntake     Role = "intake"
	RoleExaminer   Role = "examiner"
	RoleApprover   Role = "approver"
	RoleSupervisor Role = "supervisor"

	RoleHelper        Role = "helper"        // staff of a commune who file for people that come to them
	RoleAuditor       Role = "auditor"       // reads everything of the office and changes nothing
	RoleAdministrator Role = "administrator" // lets staff in and out, and sees no case

	RoleSystem Role = "system"
)

// StaffRoles are the roles that an officer may have.
var StaffRoles = []Role{RoleIntake, RoleExaminer, RoleApprover, RoleSupervisor, RoleHelper, RoleAuditor, RoleAdministrator}

// Officer is an account of a member of staff. Which roles they have is our own record, never a claim of the token.
type Officer struct {
	ID             OfficerID
	Person         PersonID
	Issuer         string
	Subject        string
	FullName       string
	PersonalNumber PersonalNumber // nobody handles their own case
	Roles          []Role         // all that they may act in; the first is the one that they come in with
	Role           Role           // the one of Roles in which they act now
	Office         string         // code of the office, as in the dossier code's prefix
	Area           []string       // codes of the communes whose cases they handle; empty: those of the whole office
	Active         bool           // by the staff file
	Suspended      bool           // shut out by an administrator, whatever the file says
}

// MayComeIn says whether the account opens anything at all.
func (o Officer) MayComeIn() bool { return o.Active && !o.Suspended }

// Actor is who does something, read from the session once per request and handed on as an argument.
type Actor struct {
	Role           Role
	ID             uuid.UUID // ResidentID or OfficerID; zero for the system
	Person         PersonID  // of an officer
	Name           string
	PersonalNumber PersonalNumber
	Office         string
	Area           []string   // of an officer; empty: the whole office
	OnBehalfOf     *uuid.UUID // the resident for whom a helper acts
}

// System is the actor of workers and of automatic steps.
var System = Actor{Role: RoleSystem, Name: "Giahan"}

// Actor of a resident: they themselves, or whoever acts for them in this session.
func (r Resident) Actor() Actor {
	if r.HelpedBy != nil {
		a, id := r.HelpedBy.Actor(), uuid.UUID(r.ID)
		a.OnBehalfOf = &id
		return a
	}
	return Actor{Role: RoleResident, ID: uuid.UUID(r.ID), Name: r.FullName, PersonalNumber: r.PersonalNumber}
}

// Resident is for whom the actor files and sends pictures: themselves, or the person for whom a helper acts; ok is false for everybody else.
func (a Actor) Resident() (id uuid.UUID, ok bool) {
	switch {
	case a.Role == RoleResident:
		return a.ID, true
	case a.Role == RoleHelper && a.OnBehalfOf != nil:
		return *a.OnBehalfOf, true
	}
	return uuid.UUID{}, false
}

// Actor of an officer.
func (o Officer) Actor() Actor {
	return Actor{Role: o.Role, ID: uuid.UUID(o.ID), Person: o.Person, Name: o.FullName, PersonalNumber: o.PersonalNumber, Office: o.Office, Area: o.Area}
}

// Audience is the side of the service that a session belongs to: a resident's cookie opens nothing at the desk.
type Audience string

// The two audiences.
const (
	Residents Audience = "resident"
	Officers  Audience = "officer"
)

// Session is one sign-in in one browser. The cookie holds a random token; only its SHA-256 is stored.
type Session struct {
	TokenHash [32]byte
	Audience  Audience
	Resident  *Resident // set when Audience is Residents, and while an officer acts for somebody
	Officer   *Officer  // set when Audience is Officers
	Acting    time.Time // since when the officer acts for Resident; zero where they act for nobody
	PortalSID string    // the portal's name of its session; set when the session is made
	AuthTime  time.Time // when the portal authenticated the person
	CreatedAt time.Time
	SeenAt    time.Time
	ExpiresAt time.Time // absolute end

	SearchPurpose string // what its officer searched for last: a code of licensing; empty where they did not
}

// Limits of a session (security.md section 2 line 36; NIST SP 800-63B AAL2).
const (
	SessionIdle         = 15 * time.Minute
	ResidentSessionLife = 8 * time.Hour
	OfficerSessionLife  = 12 * time.Hour
	ActingLife          = time.Hour // the person sits there no longer than that
)

// Alive says whether the session may still be used at now.
func (s Session) Alive(now time.Time) bool {
	return now.Before(s.ExpiresAt) && now.Sub(s.SeenAt) < SessionIdle
}

// Fresh says whether the person logged in at the portal not longer ago than limit. What cannot be taken back wants it.
func (s Session) Fresh(now time.Time, limit time.Duration) bool { return now.Sub(s.AuthTime) <= limit }

// Actor is who the session speaks for.
func (s Session) Actor() Actor {
	if s.Resident != nil {
		return s.Resident.Actor()
	}
	return s.Officer.Actor()
}

// ActFor lets the officer of the session act for a resident since a moment, and Rest ends that. What the portal once said of the
// resident is not the helper's to see: they have what stands on the card before them. Their look at it stands for the level of
// assurance that people need who come by themselves (security.md 2): they have seen the person and the card together.
func (s *Session) ActFor(r Resident, since time.Time) {
	r.Address, r.Phone, r.Level, r.HelpedBy = "", "", LevelRequired, s.Officer
	s.Resident, s.Acting = &r, since
}

// Rest ends acting for somebody.
func (s *Session) Rest() { s.Resident, s.Acting = nil, time.Time{} }

// Errors of sign-in and sessions; web/errors.go turns each into a page.
var (
	ErrNoSession    = errors.New("no session")
	ErrExpired      = errors.New("session expired")
	ErrLoginTooOld  = errors.New("login too old for this")
	ErrLevelTooLow  = errors.New("assurance level too low")
	ErrOrganisation = errors.New("account of an organisation")
	ErrNotStaff     = errors.New("not a member of staff")
	ErrSuspended    = errors.New("staff account is suspended")
	ErrSignIn       = errors.New("sign-in refused")
	ErrPortalDown   = errors.New("identity provider does not answer")
	ErrForbidden    = errors.New("role may not do this")

	ErrActsForNobody = errors.New("helper acts for nobody")
)
