// Package resident has the pages of a resident behind the sign-in: their licences, the check, the application step by step, the
// fee, and where the case stands. A page answers with HTML alone; script only adds comfort.
package resident

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v3"

	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/renewal"
	"giahan/media"
	"giahan/web/form"
	"giahan/web/page"
	"giahan/web/visit"
)

// Intake takes pictures in and gives them out: *intake.Service.
type Intake interface {
	Take(ctx context.Context, actor identity.Actor, kind media.Kind, r io.Reader) (media.Upload, error)
	Begin(ctx context.Context, actor identity.Actor, length int64) (media.Partial, error)
	Partial(ctx context.Context, actor identity.Actor, id media.PartialID) (media.Partial, error)
	Append(ctx context.Context, actor identity.Actor, id media.PartialID, offset int64, part []byte) (media.Partial, error)
	TakeParts(ctx context.Context, actor identity.Actor, kind media.Kind, id media.PartialID) (media.Upload, error)
	Find(ctx context.Context, id media.UploadID) (media.Upload, error)
	Open(ctx context.Context, id media.UploadID, form media.Form) (media.Upload, []byte, error)
	OpenMarked(ctx context.Context, id media.UploadID, form media.Form, lines ...string) (media.Upload, []byte, error)
}

// Handler serves the pages. Every field is required.
type Handler struct {
	Renewal    renewal.Service
	Intake     Intake
	Now        func() time.Time
	Sessions   Sessions      // for HandoverRoutes
	PDF        bool          // certificates are taken as PDF too
	FreshLogin time.Duration // how old the login may be of whoever submits a case; 0 takes any
	Log        *slog.Logger
}

// Routes mounts the pages at the root of the residents' host. The caller has put the visit into the request and has checked
// the token of every form that is not an upload.
func (h *Handler) Routes(r fiber.Router) {
	r.Get("/home", h.home)
	r.Get("/my-data", h.data)
	r.Post("/my-data", h.download)
	r.Get("/opened", h.opened)
	r.Get("/check/:n", h.check)
	r.Post("/check/:n", h.start)
	a := r.Group("/applications/:id")
	a.Get("/", h.application)
	a.Get("/class", h.class)
	a.Post("/class", h.saveClass)
	a.Get("/contact", h.contact)
	a.Post("/contact", h.saveContact)
	a.Get("/health", h.health)
	a.Post("/health", h.saveHealth)
	a.Post("/health/certificate", h.useCertificate)
	a.Get("/portrait", h.portrait)
	a.Post("/portrait", h.savePortrait)
	a.Get("/answers", h.answers)
	a.Post("/submit", h.submit)
	a.Get("/received", h.received)
	a.Post("/pay", h.pay)
	a.Get("/paid", h.paid)
	a.Get("/apology", h.apology)
	a.Get("/withdraw", h.withdraw)
	a.Post("/withdraw", h.confirmWithdraw)
	a.Post("/resubmit", h.resubmit)
	a.Post("/discard", h.discard)
	r.Post("/uploads", h.beginParts)
	r.Head("/uploads/:part", h.partsSoFar)
	r.Post("/uploads/:part", h.addPart)
	r.Get("/photos/:upload", h.photo(media.Whole))
	r.Get("/photos/:upload/thumbnail", h.photo(media.Thumbnail))
}

// casePage is what the pages of one case share.
type casePage struct {
	page.Base
	Case renewal.Case
}

// at is the address of a page of the case; empty names the case itself.
func (p casePage) at(name string) string { return at(p.Case.ID, name) }

func at(id licensing.ApplicationID, name string) string {
	return strings.TrimSuffix("/applications/"+id.String()+"/"+name, "/")
}

// open reads the case of the address for whoever is signed in.
func (h *Handler) open(c fiber.Ctx) (identity.Resident, renewal.Case, error) {
	r, err := visit.Resident(c)
	if err != nil {
		return r, renewal.Case{}, err
	}
	id, err := licensing.ParseApplicationID(c.Params("id"))
	if err != nil {
		return r, renewal.Case{}, err
	}
	k, err := h.Renewal.Load(c.Context(), r.Actor(), id)
	return r, k, err
}

// frame is the frame of a page of the case. Its path is that of the page itself, also where a form of another address is
// answered with it: the language switch comes back by GET.
func frame(c fiber.Ctx, k renewal.Case, name, titleKey string) casePage {
	p := casePage{Base: visit.Base(c, ""), Case: k}
	p.Title = p.T(titleKey)
	p.Path, p.Back = p.at(name), p.at("")
	if name == "" {
		p.Back = "/home"
	}
	return p
}

func seeOther(c fiber.Ctx, address string) error {
	return c.Redirect().Status(fiber.StatusSeeOther).To(address)
}

// version reads the version of the page that was sent. A form of ours always has it; without, an old page could overwrite
// what was changed elsewhere.
func version(f *form.Form) (int, error) {
	n, err := strconv.Atoi(f.Value("version"))
	if err != nil || n < 1 {
		return 0, fmt.Errorf("%w: version", form.ErrMalformed)
	}
	return n, nil
}

// stored is the form of an edit page as the case has it.
func stored(k renewal.Case, values map[string]string) *form.Form {
	values["version"] = strconv.Itoa(k.Version)
	return form.New(values)
}

// show renders an edit page with what is typed or stored.
type show func(k renewal.Case, status int, f *form.Form) error

// saved turns the outcome of saving an edit page into its answer: the same page with everything typed and the faults (422), the
// newest version where it changed elsewhere (409), else the case.
func (h *Handler) saved(c fiber.Ctx, k renewal.Case, f *form.Form, err error, again show, newest func(renewal.Case) *form.Form) error {
	fail(f, &err)
	switch {
	case errors.Is(err, licensing.ErrOutdated):
		_, k, err := h.open(c)
		if err != nil {
			return err
		}
		if k.State != licensing.Draft && k.State != licensing.Returned { // nothing below could be saved
			return licensing.ErrNotEditable
		}
		f := newest(k)
		f.Fail("", "page_outdated", nil)
		return again(k, fiber.StatusConflict, f)
	case err != nil:
		return err
	case !f.OK():
		return again(k, fiber.StatusUnprocessableEntity, f)
	}
	return seeOther(c, at(k.ID, ""))
}

// fail moves the faults of a use case into the form; another error stays.
func fail(f *form.Form, err *error) {
	var faults licensing.FieldErrors
	if !errors.As(*err, &faults) {
		return
	}
	for _, e := range faults {
		f.Fail(e.Field, e.Key, e.Args)
	}
	*err = nil
}

// inOrder sorts the faults as the fields stand on the page.
func inOrder(errs licensing.FieldErrors, fields ...string) licensing.FieldErrors {
	sorted := slices.Clone(errs)
	slices.SortStableFunc(sorted, func(a, b licensing.FieldError) int {
		return slices.Index(fields, a.Field) - slices.Index(fields, b.Field)
	})
	return sorted
}
