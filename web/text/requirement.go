package text

import (
	"strconv"

	"giahan/licensing"
)

// Requirement says one requirement: its title, how things stand, and what the person can do (empty for nothing). The domain gives
// raw values (ISO dates, keys); here they become words.
func (p *Printer) Requirement(r licensing.Requirement) (title, sentence, next string) {
	key := "requirement." + r.Key + "."
	args := Args{}
	for k, v := range r.Args {
		args[k] = p.requirementValue(k, v)
	}
	if r.Next != licensing.NextNone {
		next = p.T("next."+string(r.Next), args)
	}
	return p.T(key+"title", args), p.T(key+string(r.Answer)+variant(r), args), next
}

// variant picks another sentence for the same answer: "valid" reads differently for a licence for life and for one that ended within
// the days of grace, and "not handled online" names the reason.
func variant(r licensing.Requirement) string {
	switch r.Key {
	case licensing.ReqIdentity:
		return flag(r, "counter")
	case licensing.ReqGround:
		return flag(r, "early")
	case licensing.ReqClass:
		return flag(r, "none")
	case licensing.ReqHealthFor:
		return flag(r, "part")
	case licensing.ReqHealthAge:
		return flag(r, "future")
	case licensing.ReqAge:
		if r.Answer != licensing.Met {
			return flag(r, "max")
		}
	case licensing.ReqOnline:
		if why := r.Args["why"]; why != "" {
			return "_" + why
		}
		return flag(r, "counter")
	case licensing.ReqValid:
		return validity(r)
	}
	return ""
}

func flag(r licensing.Requirement, name string) string {
	if r.Args[name] == "" {
		return ""
	}
	return "_" + name
}

func validity(r licensing.Requirement) string {
	if r.Answer != licensing.Met {
		return ""
	}
	if v := flag(r, "lifetime") + flag(r, "prevented"); v != "" {
		return v
	}
	if days, err := strconv.Atoi(r.Args["days"]); err == nil && days < 0 {
		return "_overdue"
	}
	return ""
}

func (p *Printer) requirementValue(key, value string) any {
	switch key {
	case "date", "from":
		if d, err := licensing.ParseDate(value); err == nil {
			return d
		}
	case "ground", "test":
		if p.Has(key + "." + value) {
			return p.T(key + "." + value)
		}
	case "months", "age", "days", "max", "level":
		if n, err := strconv.Atoi(value); err == nil {
			return n
		}
	}
	return value
}

// State is the word for a state as the audience ("resident" or "officer") sees it.
func (p *Printer) State(s licensing.State, audience string) string {
	return p.T("state." + string(s) + "." + audience)
}
