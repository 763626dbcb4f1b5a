package resident

import (
	"errors"
	"io"

	"github.com/gofiber/fiber/v3"
	"github.com/google/uuid"

	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/renewal"
	"giahan/media"
	"giahan/web/form"
	"giahan/web/page"
	"giahan/web/text"
	"giahan/web/visit"
)

// upload is what came in on a page with a picture.
type upload struct {
	Resident identity.Resident
	Case     renewal.Case
	Form     *form.Form
	Picture  *media.Upload // nil where none came, or where it has a fault
	Status   int           // of the answer where something is wrong
}

// receive reads an upload page: first who it is and whether the picture would be kept, then the picture. A fault of the picture
// is recorded at the field "photo"; every other error is returned, after what is left of the body has been read.
func (h *Handler) receive(c fiber.Ctx, item licensing.Item, kind media.Kind) (up upload, err error) {
	defer func() {
		if err != nil {
			form.Drain(c)
		}
	}()
	up.Status = fiber.StatusUnprocessableEntity
	if up.Resident, err = visit.Resident(c); err != nil {
		return up, err
	}
	fields, file, err := form.Upload(c, media.MaxBytes)
	if err != nil && !errors.Is(err, media.ErrNoFile) {
		return up, err
	}
	if err := visit.CheckCSRF(c, fields["csrf"]); err != nil {
		return up, err
	}
	id, err := licensing.ParseApplicationID(c.Params("id"))
	if err != nil {
		return up, err
	}
	if err := h.Renewal.MayChange(c.Context(), up.Resident.Actor(), id, item); err != nil {
		return up, err
	}
	if up.Case, err = h.Renewal.Load(c.Context(), up.Resident.Actor(), id); err != nil {
		return up, err
	}
	up.Form = form.New(fields)
	switch {
	case file != nil:
		return up, h.takeWhole(c, up.Resident.Actor(), &up, kind, file)
	case fields["parts"] != "":
		picture, err := h.takeParts(c, up.Resident.Actor(), kind, fields["parts"])
		return up, h.take(c, &up, picture, err)
	}
	up.Picture = h.newest(c, up.Case, item, h.kept(c, up.Resident.Actor(), kind, fields["kept"]))
	return up, nil
}

// takeWhole takes in a picture that comes as one file.
func (h *Handler) takeWhole(c fiber.Ctx, actor identity.Actor, up *upload, kind media.Kind, file io.Reader) error {
	picture, err := h.Intake.Take(c.Context(), actor, kind, file)
	return h.take(c, up, picture, err)
}

// takeParts takes in a picture whose parts came before. One that is not whole, or not there any more, has to be sent anew.
func (h *Handler) takeParts(c fiber.Ctx, actor identity.Actor, kind media.Kind, name string) (media.Upload, error) {
	id, err := media.ParsePartialID(name)
	if err != nil {
		return media.Upload{}, media.ErrNoFile
	}
	u, err := h.Intake.TakeParts(c.Context(), actor, kind, id)
	if errors.Is(err, media.ErrNotFound) || errors.Is(err, media.ErrUnfinished) {
		err = media.ErrNoFile
	}
	return u, err
}

// take keeps the picture, or records its fault.
func (h *Handler) take(c fiber.Ctx, up *upload, picture media.Upload, err error) error {
	if err == nil {
		up.Picture = &picture
		return nil
	}
	for _, f := range pictureFaults {
		if errors.Is(err, f.err) {
			form.Drain(c)
			up.Status = f.status
			up.Form.Fail("photo", f.key, f.args(visit.Of(c).Lang))
			return nil
		}
	}
	return err
}

// pictureFaults are the faults of a picture that its own page answers, with everything typed kept.
var pictureFaults = []struct {
	err    error
	key    string
	status int
	args   func(text.Lang) map[string]any
}{
	{media.ErrTooBig, "upload_too_big", fiber.StatusRequestEntityTooLarge, sizeArgs},
	{media.ErrType, "error_file_type", fiber.StatusUnprocessableEntity, noArgs},
	{media.ErrHEIC, "error_file_heic", fiber.StatusUnprocessableEntity, noArgs},
	{media.ErrInfected, "error_file_infected", fiber.StatusUnprocessableEntity, noArgs},
	{media.ErrUnreadable, "error_file_type", fiber.StatusUnprocessableEntity, noArgs},
	{media.ErrDimensions, "error_file_dimensions", fiber.StatusUnprocessableEntity, noArgs},
	{media.ErrNoFile, "error_no_file", fiber.StatusUnprocessableEntity, noArgs},
	{media.ErrQuota, "error_file_quota", fiber.StatusUnprocessableEntity, quotaArgs},
	{media.ErrStoreDown, "error_file_store", fiber.StatusServiceUnavailable, noArgs},
}

func noArgs(text.Lang) map[string]any    { return nil }
func quotaArgs(text.Lang) map[string]any { return map[string]any{"n": media.PerDayFiles} }
func sizeArgs(l text.Lang) map[string]any {
	return map[string]any{"max": text.For(l).Megabytes(media.MaxBytes)}
}

// kept is the picture of an earlier try whose other answers had a fault: the person does not send it again. It counts only
// where it is their own and of this kind.
func (h *Handler) kept(c fiber.Ctx, actor identity.Actor, kind media.Kind, name string) *media.Upload {
	id, err := media.ParseUploadID(name)
	if err != nil {
		return nil
	}
	u, err := h.Intake.Find(c.Context(), id)
	if err != nil || u.Kind != kind || h.Renewal.MaySee(actor, u) != nil {
		return nil
	}
	return &u
}

// photoPage is a page that takes a picture.
type photoPage struct {
	casePage
	Item   licensing.Item
	Photo  *media.Upload // what is stored; nil where there is none yet
	Kept   bool          // Photo is stored but not part of the case yet
	Months int           // for which a health certificate counts
	Known  knownCertificate

	Handover handoverCard
	PDF      bool // a scan may come as PDF
}

// advice are the hints about the stored picture. While an officer has asked for a new one, the officer's words count.
func (p photoPage) advice() []string {
	if _, open := p.asked(p.Item); p.Photo == nil || open {
		return nil
	}
	var hints []string
	for _, v := range p.Photo.Verdicts {
		hints = append(hints, p.hintOf(v))
	}
	if p.Item == licensing.ItemHealth && !p.Kept {
		for _, d := range p.Case.Book.CodeDoubts(p.Case.Health, p.Photo.Code, licensing.DateOf(p.Case.Now)) {
			hints = append(hints, p.T("health_page."+d.Key, d.Args))
		}
	}
	return hints
}

// hintOf says what to do better. Glare on a face is another thing than glare on paper.
func (p photoPage) hintOf(v media.Verdict) string {
	if key := "hint_portrait_" + string(v); p.Item == licensing.ItemPortrait && p.P().Has(key) {
		return p.T(key)
	}
	return p.T("hint_" + string(v))
}

// replaced says that an officer has asked for another picture than the stored one.
func (p photoPage) replaced() bool {
	_, open := p.asked(p.Item)
	return open && !p.Kept
}

func (p photoPage) capture() page.Field {
	name := map[licensing.Item]string{licensing.ItemHealth: "health_page.photo", licensing.ItemPortrait: "portrait_page.photo"}[p.Item]
	f := page.Field{Name: "photo", Label: p.T(name), Hint: p.T(name+"_hint", text.Args{"max": p.P().Megabytes(media.MaxBytes)})}
	if p.PDF {
		f.Hint, f.Accept = p.T(name+"_hint_pdf", text.Args{"max": p.P().Megabytes(media.MaxBytes)}), "image/*,application/pdf"
	}
	if p.Photo != nil {
		f.Label = p.T(name + "_again")
	}
	f.Judge = p.judge()
	return f
}

func (p photoPage) alt() string {
	if p.Item == licensing.ItemHealth {
		return p.T("resident.photo_alt_health")
	}
	return p.T("resident.photo_alt_portrait")
}

// look reads the size and the verdicts of the stored picture; the page does without where they cannot be read.
func (h *Handler) look(c fiber.Ctx, k renewal.Case, id *media.UploadID) *media.Upload {
	if id == nil {
		return nil
	}
	u, err := h.Intake.Find(c.Context(), *id)
	if err != nil || u.Owner != uuid.UUID(k.Resident) {
		return &media.Upload{ID: *id}
	}
	return &u
}
