package identity

import "time"

// StaffAct is what an administrator does with an account.
type StaffAct string

// The acts.
const (
	Suspend     StaffAct = "suspend"
	Reinstate   StaffAct = "reinstate"
	EndSessions StaffAct = "end_sessions"
)

// StaffActs is every act.
var StaffActs = []StaffAct{Suspend, Reinstate, EndSessions}

// StaffMember is an account as an administrator sees it: without the personal number.
type StaffMember struct {
	ID        OfficerID
	FullName  string
	Roles     []Role
	Area      []string
	Active    bool // by the staff file
	Suspended bool
	LastAct   StaffAct // of an administrator; empty for none
	At        *time.Time
	By        string
}

// State is a word for the account's state: active, suspended, or left by the staff file.
func (m StaffMember) State() string {
	switch {
	case !m.Active:
		return "left"
	case m.Suspended:
		return "suspended"
	}
	return "active"
}

// Possible are the acts that make a difference.
func (m StaffMember) Possible() []StaffAct {
	switch m.State() {
	case "active":
		return []StaffAct{Suspend, EndSessions}
	case "suspended":
		return []StaffAct{Reinstate}
	}
	return nil
}
