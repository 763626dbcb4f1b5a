package resident

import (
	"archive/zip"
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/gofiber/fiber/v3"

	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/renewal"
	"giahan/media"
	"giahan/web/page"
	"giahan/web/text"
	"giahan/web/visit"
)

// dataPage says what is kept about the person, why and until when.
type dataPage struct {
	page.Base
	Stored renewal.Stored
}

func (h *Handler) data(c fiber.Ctx) error {
	r, err := visit.Resident(c)
	if err != nil {
		return err
	}
	stored, err := h.Renewal.Stored(c.Context(), r)
	if err != nil {
		return err
	}
	p := dataPage{Base: visit.Base(c, ""), Stored: stored}
	p.Title, p.Path, p.Back = p.T("my_data.title"), "/my-data", "/home"
	return page.Render(c, fiber.StatusOK, dataView(p))
}

// cases are the person's cases with the last day of each.
func (p dataPage) cases() []page.SummaryRow {
	var rows []page.SummaryRow
	for _, k := range p.Stored.Cases {
		row := page.SummaryRow{Key: p.T("my_data.draft"), Value: p.T("my_data.open")}
		if k.Code != "" {
			row.Key = k.Code
		}
		if !k.Until.IsZero() {
			row.Value = p.T("my_data.until", text.Args{"date": p.P().Date(k.Until)})
		}
		rows = append(rows, row)
	}
	return rows
}

// PackTime bounds the writing of one download: within what the server gives an answer.
const PackTime = 50 * time.Second

// download answers everything in one ZIP. It takes a login of the last minutes: on a shared phone nobody carries away a file that
// somebody else left open.
func (h *Handler) download(c fiber.Ctx) error {
	r, err := visit.Resident(c)
	if err != nil {
		return err
	}
	if err := visit.Fresh(c, h.Now(), h.FreshLogin); errors.Is(err, identity.ErrLoginTooOld) {
		return seeOther(c, "/sign-in?fresh=1&next=%2Fmy-data")
	} else if err != nil {
		return err
	}
	stored, err := h.Renewal.Export(c.Context(), r)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set(fiber.HeaderContentType, "application/zip")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="du-lieu.zip"`)
	ctx := context.WithoutCancel(c.Context()) // the body is written after the handler has returned
	return c.SendStreamWriter(func(w *bufio.Writer) {
		ctx, cancel := context.WithTimeout(ctx, PackTime)
		defer cancel()
		// A ZIP that is cut off does not open: the browser says so. The writer runs where no middleware catches a panic.
		defer func() {
			if p := recover(); p != nil {
				h.Log.Error("panic", "panic", fmt.Sprintf("%T", p), "stack", string(debug.Stack()))
			}
		}()
		if err := h.pack(ctx, w, stored); err != nil {
			h.Log.Warn("download cut off", "error", err)
		}
	})
}

// pack writes the data and the pictures, one at a time.
func (h *Handler) pack(ctx context.Context, w *bufio.Writer, stored renewal.Stored) error {
	z := zip.NewWriter(w)
	out, err := z.Create("du-lieu.json")
	if err != nil {
		return err
	}
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	if err := e.Encode(exported(stored)); err != nil {
		return err
	}
	for _, k := range stored.Cases {
		for _, id := range k.Pictures {
			if err := h.packPicture(ctx, z, id); err != nil {
				return err
			}
		}
	}
	return z.Close()
}

func (h *Handler) packPicture(ctx context.Context, z *zip.Writer, id media.UploadID) error {
	u, jpeg, err := h.Intake.Open(ctx, id, media.Whole)
	if errors.Is(err, media.ErrDamaged) || errors.Is(err, media.ErrNotFound) {
		return nil // what the store lost does not keep the rest; giahan doctor names it
	}
	if err != nil {
		return err
	}
	out, err := z.CreateHeader(&zip.FileHeader{Name: "anh/" + string(u.Kind) + "-" + id.String() + ".jpg", Method: zip.Store, Modified: u.CreatedAt})
	if err != nil {
		return err
	}
	_, err = out.Write(jpeg)
	return err
}

// object is a part of the exported data. Its keys are the Vietnamese words for what they hold, without marks.
type object map[string]any

// exported names every value for its owner. What prints as nothing elsewhere is revealed here, and only here.
func exported(s renewal.Stored) object {
	r := s.Resident
	cases := []object{}
	for _, k := range s.Cases {
		cases = append(cases, exportedCase(k))
	}
	return object{
		"lap_luc": s.Now,
		"nguoi": object{"so_dinh_danh": r.PersonalNumber.Reveal(), "ho_ten": r.FullName, "ngay_sinh": r.BirthDate, "gioi_tinh": r.Sex,
			"dia_chi": r.Address, "dien_thoai": r.Phone, "muc_dinh_danh": r.Level, "tai_khoan": object{"noi_cap": r.Issuer, "ma": r.Subject}},
		"ho_so": cases,
	}
}

func exportedCase(k renewal.StoredCase) object {
	a := k.Applicant
	history, opened, returned, payments := []object{}, []object{}, []object{}, []object{}
	for _, e := range k.History {
		history = append(history, object{"luc": e.At, "vai_tro": e.Role, "viec": e.Event, "tu": e.From, "den": e.To, "ly_do": e.Reason})
	}
	for _, o := range k.Opened {
		opened = append(opened, object{"luc": o.At, "vai_tro": o.Role, "muc": o.Kind(), "de_lam_gi": o.Purpose})
	}
	for _, i := range k.Returned {
		returned = append(returned, object{"lan": i.Round, "muc": i.Item, "ly_do": i.Reason, "loi_nhan": i.Note, "sua_luc": i.FixedAt})
	}
	for _, p := range k.Payments {
		payments = append(payments, object{"so_tien_dong": p.Amount, "trang_thai": p.State, "ma_tham_chieu": p.Reference, "bat_dau": p.CreatedAt, "ket_thuc": p.SettledAt})
	}
	return object{
		"ma": k.Code, "trang_thai": k.State, "ly_do_doi": k.Ground, "hang_chon": k.Choice, "lap_luc": k.CreatedAt, "nop_luc": k.SubmittedAt,
		"hen_tra": k.DueAt, "giu_den_het": k.Until.String(), "le_phi_dong": k.Fee, "nop_phi_luc": k.PaidAt,
		"nguoi_nop": object{"so_dinh_danh": a.PersonalNumber.Reveal(), "ho_ten": a.FullName, "ngay_sinh": a.BirthDate, "gioi_tinh": a.Sex, "dia_chi": a.Address},
		"bang_lai":  k.Licence, "giay_kham": object{"so": k.Health.Number, "ngay_ky": k.Health.SignedOn.String(), "hang": k.Health.Class, "noi_kham_gui": told(k.Health)},
		"nhan_the":  object{"cach": k.Contact.Delivery, "dien_thoai": k.Contact.Phone, "dia_chi": k.Contact.Street, "xa_phuong": k.Contact.Commune},
		"xet_duyet": k.Decision, "can_sua": returned, "thanh_toan": payments, "the_moi": k.Order, "buu_gui": k.Parcel,
		"lich_su": history, "ai_da_mo": opened,
	}
}

// told is what the health register said of a certificate; nil where the person typed it.
func told(h licensing.Health) any {
	if c := h.Register; c != nil {
		return object{"noi_kham": c.Facility, "ho_ten": c.FullName, "ngay_sinh": c.BirthDate, "tra_luc": h.LookedUp}
	}
	return nil
}
