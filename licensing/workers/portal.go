package workers

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/jobs"
	"giahan/licensing/store"
)

// syncPortal tells the national portal every line of a case's history that it has not been told, oldest first. Two jobs of
// one case may run at once: both push in order and the keys are the lines' own, so the portal hears each line once.
func syncPortal(ctx context.Context, d Deps, args jobs.SyncPortal) error {
	id := licensing.ApplicationID(args.Application)
	a, err := store.ByID(ctx, d.Pool, id)
	if err != nil {
		return missing(err)
	}
	lines, err := store.Unsynced(ctx, d.Pool, id, args.Seq)
	if err != nil {
		return err
	}
	for _, e := range lines {
		if e.To.National() != 0 {
			if err := d.Portal.Push(ctx, fmt.Sprintf("sync/%s/%d", id, e.Seq), d.progress(a, e)); err != nil {
				return fmt.Errorf("tell portal line %d: %w", e.Seq, err)
			}
		}
		err := begin(ctx, d, func(tx pgx.Tx) error { return store.Synced(ctx, tx, id, e.Seq, d.Now()) })
		if err != nil {
			return err
		}
	}
	return nil
}

// offices are the titles under which the portal shows who acted; a person's name is never sent.
var offices = map[identity.Role]string{
	identity.RoleResident:   "Người làm hồ sơ",
	identity.RoleIntake:     "Bộ phận tiếp nhận",
	identity.RoleExaminer:   "Cán bộ thẩm định",
	identity.RoleApprover:   "Người phê duyệt",
	identity.RoleSupervisor: "Người phụ trách",
	identity.RoleHelper:     "Cán bộ hỗ trợ tại xã, phường",
	identity.RoleSystem:     "Giahan",
}

func (d Deps) progress(a licensing.Application, e licensing.Entry) licensing.Progress {
	p := licensing.Progress{Case: a.Code, Seq: e.Seq, Status: e.To.National(), At: e.At, By: offices[e.Role],
		Content: licensing.NationalNames[e.To.National()]}
	if a.SubmittedAt != nil {
		p.SubmittedAt = *a.SubmittedAt
		row, _ := d.Clerk.Rules().ProcedureOn(a.Procedure(), licensing.DateOf(*a.SubmittedAt))
		p.Procedure = row.Code
	}
	if a.DueAt != nil {
		p.DueAt = *a.DueAt
	}
	return p
}
