package desk

import (
	"context"
	"strconv"

	"github.com/jackc/pgx/v5"

	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/store"
)

// Show is what of the reading log is listed, where it is not asked by officer, code or person.
type Show string

// What can be listed.
const (
	ShowAll        Show = ""
	ShowUnassigned Show = "unassigned" // looks at cases with which the reader had nothing to do
	ShowStaff      Show = "staff"      // looks at the reader's own file or a colleague's
	ShowBusy       Show = "busy"       // days with many more files than usual
)

// Shows in the order of the page.
var Shows = []Show{ShowAll, ShowUnassigned, ShowStaff, ShowBusy}

// BusyDay is a day on which somebody was shown many more files than usual; Place is where a page of the log begins.
type (
	BusyDay = store.BusyDay
	Place   = store.ReadsCursor
)

// ReadsQuestion is what an auditor asks the reading log. A number or a code comes before an officer, and that before Show.
type ReadsQuestion struct {
	Officer     *identity.OfficerID
	Code        string // of a dossier
	Number      identity.PersonalNumber
	Purpose     licensing.Purpose
	From, Until licensing.Date // both count
	Show        Show
	After       Place // zero: from the newest on
}

// kind is what was asked by, as the log itself tells it; never what was asked.
func (q ReadsQuestion) kind() string {
	switch {
	case q.Number != "":
		return "number"
	case q.Code != "":
		return "code"
	case q.Officer != nil:
		return "officer"
	}
	return "office"
}

// ReadsPage is a page of the reading log.
type ReadsPage struct {
	Looks    []licensing.Reading
	Busy     []BusyDay
	Officers map[identity.OfficerID]string
	Next     *Place // nil on the last page
}

// ReadsSize is how many lines of the log a page holds.
const ReadsSize = 50

// Reads answers an auditor's question to the reading log of their office, and records the question like every other look: at the cases
// that it was about, else at none. Nobody else asks: a supervisor's own looks are in it.
func (s Service) Reads(ctx context.Context, actor identity.Actor, q ReadsQuestion) (ReadsPage, error) {
	var out ReadsPage
	if err := licensing.MayEver(actor.Role, licensing.Audit); err != nil {
		return out, err
	}
	err := pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) (err error) {
		var cases []licensing.ApplicationID
		if q.Code != "" || q.Number != "" {
			if cases, err = store.CasesOf(ctx, tx, store.ScopeOf(actor), q.Code, q.Number); err != nil {
				return err
			}
		}
		if err := s.ask(ctx, tx, actor, q, cases, &out); err != nil {
			return err
		}
		if out.Officers, err = store.OfficerNames(ctx, tx, actor.Office); err != nil {
			return err
		}
		return s.logReads(ctx, tx, actor, q, cases, len(out.Looks)+len(out.Busy))
	})
	return out, err
}

func (s Service) ask(ctx context.Context, tx pgx.Tx, actor identity.Actor, q ReadsQuestion, cases []licensing.ApplicationID, out *ReadsPage) (err error) {
	until := q.Until.AddDays(1).Time()
	r := store.Reads{Scope: store.ScopeOf(actor), From: q.From.Time(), Before: q.After, Purpose: q.Purpose, Limit: ReadsSize + 1}
	if r.Before == (store.ReadsCursor{}) {
		r.Before.At = until
	}
	switch {
	case q.Code != "" || q.Number != "":
		out.Looks, err = store.ReadsOfCases(ctx, tx, r, cases)
	case q.Officer != nil:
		out.Looks, err = store.ReadsOfOfficer(ctx, tx, r, *q.Officer)
	case q.Show == ShowBusy:
		out.Busy, err = store.BusyDays(ctx, tx, store.ScopeOf(actor), q.From.Time(), until)
	case q.Show == ShowStaff:
		out.Looks, err = store.ReadsAboutStaff(ctx, tx, r)
	case q.Show == ShowUnassigned || q.Purpose != "" && !q.Purpose.Assigned():
		out.Looks, err = store.ReadsUnassigned(ctx, tx, r)
	default:
		out.Looks, err = store.ReadsOfOffice(ctx, tx, r)
	}
	if len(out.Looks) > ReadsSize {
		out.Looks = out.Looks[:ReadsSize]
		last := out.Looks[ReadsSize-1]
		out.Next = &store.ReadsCursor{At: last.At, ID: last.ID}
	}
	return err
}

func (s Service) logReads(ctx context.Context, tx pgx.Tx, actor identity.Actor, q ReadsQuestion, cases []licensing.ApplicationID, hits int) error {
	l := licensing.Reading{At: s.Now(), What: "reads:" + q.kind() + ":" + strconv.Itoa(hits), Purpose: licensing.PurposeAudit}
	if len(cases) == 0 {
		return store.LogAccess(ctx, tx, actor, l)
	}
	for _, id := range cases {
		l.Case = &id
		if err := store.LogAccess(ctx, tx, actor, l); err != nil {
			return err
		}
	}
	return nil
}
