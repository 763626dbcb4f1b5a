package officer

import (
	"encoding/hex"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v3"

	"giahan/licensing"
	"giahan/licensing/desk"
	"giahan/web/page"
	"giahan/web/text"
	"giahan/web/visit"
)

// history shows who did what, with names: officers answer for what they do.
func (h *Handler) history(c fiber.Ctx) error {
	o, err := visit.Officer(c)
	if err != nil {
		return err
	}
	id, err := licensing.ParseApplicationID(c.Params("id"))
	if err != nil {
		return err
	}
	found, err := h.Desk.Open(c.Context(), o.Actor(), id, desk.PageHistory)
	if err != nil {
		return asked(c, id, desk.PageHistory, err)
	}
	r := Review{Case: found, Actor: o.Actor()}
	r.Base = base(c, "", found.Counts, r.tab())
	r.Title = r.T("officer.history.title", codeArg(found.Application))
	r.Desk.Keys = keys(r.P(), []string{"search", "/"})
	return page.Render(c, fiber.StatusOK, HistoryPage(r))
}

func codeArg(a licensing.Application) text.Args { return text.Args{"code": a.Code} }

// reasonWord is a reason in words, of a return or of a refusal; the events say which.
func reasonWord(p *text.Printer, e licensing.Entry) string {
	if e.Reason == "" {
		return ""
	}
	key := "refusal_reason." + e.Reason
	switch e.Event {
	case licensing.Return:
		key = "return_reason." + e.Reason
	case licensing.Reappoint:
		key = "delay_reason." + e.Reason
	}
	if p.Has(key) {
		return p.T(key)
	}
	return e.Reason
}

// originalHref is where an auditor gets the certificate's file that a line names; empty for everybody else, and where the file is gone.
func (r Review) originalHref(e licensing.Entry) string {
	if licensing.MayEver(r.Actor.Role, licensing.Audit) != nil {
		return ""
	}
	for _, p := range r.Pictures {
		if p.Original != nil && *p.Original == *e.Original {
			return r.caseHref() + "/photos/" + p.Upload.String() + "/original"
		}
	}
	return ""
}

// grouped writes a hash so that it can be read out and breaks into lines.
func grouped(sum [32]byte) string {
	var groups []string
	for part := range slices.Chunk(sum[:], 4) {
		groups = append(groups, hex.EncodeToString(part))
	}
	return strings.Join(groups, " ")
}
