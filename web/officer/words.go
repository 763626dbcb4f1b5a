package officer

import (
	"errors"
	"unicode"
	"unicode/utf8"

	"github.com/gofiber/fiber/v3"

	"giahan/licensing"
	"giahan/web/page"
	"giahan/web/text"
)

func isNotFound(err error) bool { return errors.Is(err, licensing.ErrNotFound) }

func seeOther(c fiber.Ctx, to string) error {
	return c.Redirect().Status(fiber.StatusSeeOther).To(to)
}

// capital begins a cell with a capital letter: weekdays are small inside sentences.
func capital(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:]
}

// newClasses are the classes of a case as decided at submission: for a line of the queue, which names no dates.
func newClasses(a licensing.Application) []licensing.NewClass {
	if a.Decision == nil {
		return nil
	}
	return a.Decision.Classes
}

// nothing is what an empty list says.
func (q Queue) nothing() string {
	if q.Sought != "" {
		return q.T("officer.queue.not_found")
	}
	return q.T("officer.queue.empty." + string(q.Tab))
}

// waits says for whom or what a case without a running clock waits.
func waits(b page.Base, a licensing.Application) string {
	switch {
	case a.State == licensing.Returned:
		return b.T("officer.due.reply", text.Args{"date": b.P().ShortDay(a.ReplyBy)})
	case a.State == licensing.Verifying:
		return b.T("officer.due.issuer")
	case a.State == licensing.PaymentDue || a.State == licensing.PaymentPending:
		return b.T("officer.due.fee")
	}
	return ""
}
