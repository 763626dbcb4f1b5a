package desk

import "giahan/licensing"

// byTheBook fills in what the rules of today say of a case: the licence that it yields, which is what was ordered once it is approved,
// else what would be issued if it were approved today (a card runs from its day of issue, so the dates decided on the day of
// submission are not those that will be printed); the grounds of a refusal; the commune where the card goes.
func (s Service) byTheBook(c *Case) {
	book, today := s.Clerk.Rules(), licensing.DateOf(c.Now)
	c.Refusals = book.RefusalsOn(today)
	c.Commune, _ = book.CommuneName(c.Contact.Commune, today)
	if c.Print != nil {
		c.Issue = c.Print.Licence
		return
	}
	c.Issue = book.Issue(c.Application, today)
}
