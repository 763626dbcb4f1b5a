package desk

import "giahan/licensing"

// issue is the licence that the case yields: what was ordered once it is approved, else what would be issued if it were approved
// today. A card runs from its day of issue, so the dates decided on the day of submission are not those that will be printed.
func (s Service) issue(c Case) licensing.NewLicence {
	if c.Print != nil {
		return c.Print.Licence
	}
	return s.Clerk.Rules.Licence(c.Licence, c.Choice, licensing.DateOf(c.Now))
}
