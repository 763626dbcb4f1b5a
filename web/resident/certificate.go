package resident

import (
	"errors"
	"slices"

	"github.com/gofiber/fiber/v3"

	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/renewal"
	"giahan/web/form"
	"giahan/web/page"
	"giahan/web/text"
)

// knownCertificate is what the health register knows, where the person has not said that they have another paper.
type knownCertificate struct {
	renewal.Known
	Used *licensing.Certificate // the one that the case has
}

// show says that there is a certificate for which nothing has to be typed and photographed.
func (k knownCertificate) show() bool { return k.Used != nil || k.Serves != nil }

// certificate is the one to show.
func (k knownCertificate) certificate() *licensing.Certificate {
	if k.Used != nil {
		return k.Used
	}
	return k.Serves
}

// known asks the health register, unless the person types a paper of their own or an officer wants another picture of it.
func (h *Handler) known(c fiber.Ctx, r identity.Resident, k renewal.Case) (out knownCertificate, err error) {
	f, err := form.Query(c)
	if err != nil || f.Value("paper") != "" || k.Health.Upload != nil {
		return out, err
	}
	returned := slices.ContainsFunc(k.Returned, func(i licensing.ReturnedItem) bool { return i.Item == licensing.ItemHealth && i.FixedAt == nil })
	if k.Health.Register != nil && !returned {
		return knownCertificate{Used: k.Health.Register}, nil
	}
	out.Known, err = h.Renewal.KnownCertificate(c.Context(), r, k)
	if used := k.Health.Register; returned && used != nil && out.Serves != nil && out.Serves.Number == used.Number {
		out.Serves = nil // the one that the officer does not want
	}
	return out, err
}

// certificatePage shows a certificate that the health register told.
type certificatePage struct {
	casePage
	Known knownCertificate
}

func showCertificate(c fiber.Ctx, known knownCertificate) show {
	return func(k renewal.Case, status int, f *form.Form) error {
		p := certificatePage{frame(c, k, "health", "health_page.title"), known}
		p.Values, p.Errors = f, f.Errors
		return page.Render(c, status, certificateView(p))
	}
}

// facts are what stands on the certificate.
func (p certificatePage) facts() []page.Fact {
	c := p.Known.certificate()
	return []page.Fact{
		{Label: p.T("certificate.facility"), Value: c.Facility},
		{Label: p.T("health_page.number"), Value: c.Number},
		{Label: p.T("health_page.date"), Value: p.P().Date(c.SignedOn)},
		{Label: p.T("certificate.class"), Value: string(c.Class)},
	}
}

// useCertificate takes the certificate that was shown. Where the register does not answer any more, or another one came meanwhile, the
// page is shown anew; nobody is stuck, for a paper can always be photographed.
func (h *Handler) useCertificate(c fiber.Ctx) error {
	r, k, err := h.open(c)
	if err != nil {
		return err
	}
	f, err := form.Read(c)
	if err != nil {
		return err
	}
	v, err := version(f)
	if err != nil {
		return err
	}
	err = h.Renewal.UseCertificate(c.Context(), r, k.ID, v, f.Optional("number", maxHealthNumber))
	var faults licensing.FieldErrors
	if errors.Is(err, licensing.ErrPartnerDown) || errors.Is(err, licensing.ErrNotFound) || errors.As(err, &faults) {
		again := storedHealth(k)
		again.Fail("", "certificate_gone", nil)
		return h.showHealth(c, nil, knownCertificate{})(k, fiber.StatusUnprocessableEntity, again)
	}
	again := func(k renewal.Case, status int, f *form.Form) error {
		return h.showHealth(c, nil, knownCertificate{})(k, status, f)
	}
	return h.saved(c, k, f, err, again, storedHealth)
}

// unusable says why the certificate that the register knows does not serve.
func (p photoPage) unusable() []string {
	out := []string{p.T("certificate.last", text.Args{"number": p.Known.Last.Number, "date": p.Known.Last.SignedOn})}
	for _, e := range p.Known.Why {
		out = append(out, p.T(e.Key, text.Args(e.Args)))
	}
	return out
}

// classesOnPaper are the classes that may stand on a certificate: those of today, and those of before 2025, whose forms may still be
// used (domain.md 3). The ones that would serve come first.
func (p photoPage) classesOnPaper() page.Choice {
	choice := page.Choice{Name: "class", Label: p.T("health_page.class"), Hint: p.T("health_page.class_hint")}
	var others []page.Option
	for _, class := range p.Case.Book.ClassNames() {
		o := page.Option{Value: string(class), Label: string(class)}
		if p.serves(class) {
			choice.Options = append(choice.Options, o)
		} else {
			others = append(others, o)
		}
	}
	choice.Options = append(choice.Options, others...)
	return choice
}

func (p photoPage) serves(class licensing.Class) bool {
	today := licensing.DateOf(p.Case.Now)
	for _, e := range p.Case.CheckHealth(licensing.Health{Class: class, SignedOn: today}) {
		if e.Field == "class" {
			return false
		}
	}
	return true
}
