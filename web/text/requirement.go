package text

import (
	"strconv"

	"giahan/licensing"
)

// Requirement says one requirement: its title, and the sentence for its answer. The domain gives raw values (ISO dates, keys);
// here they become words.
func (p *Printer) Requirement(r licensing.Requirement) (title, sentence string) {
	key := "requirement." + r.Key + "."
	args := Args{}
	for k, v := range r.Args {
		args[k] = p.requirementValue(k, v)
	}
	return p.T(key + "title"), p.T(key+string(r.Answer)+variant(r), args)
}

// variant: "valid" reads differently for a licence for life and for one that ended within the days of grace, and "the reason fits"
// for a licence that ends in years.
func variant(r licensing.Requirement) string {
	switch {
	case r.Key == licensing.ReqGround && r.Args["early"] != "":
		return "_early"
	case r.Key != licensing.ReqValid || r.Answer != licensing.Met:
		return ""
	case r.Args["lifetime"] != "":
		return "_lifetime"
	}
	if days, err := strconv.Atoi(r.Args["days"]); err == nil && days < 0 {
		return "_overdue"
	}
	return ""
}

func (p *Printer) requirementValue(key, value string) any {
	switch key {
	case "date":
		if d, err := licensing.ParseDate(value); err == nil {
			return d
		}
	case "ground", "test":
		if p.Has(key + "." + value) {
			return p.T(key + "." + value)
		}
	case "months", "age", "days":
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
