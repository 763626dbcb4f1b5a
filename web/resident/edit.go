package resident

import (
	"strings"

	"github.com/gofiber/fiber/v3"

	"giahan/licensing"
	"giahan/licensing/renewal"
	"giahan/web/form"
	"giahan/web/page"
	"giahan/web/text"
)

// Longest answers, in characters.
const (
	maxPhone  = 30
	maxStreet = 120
)

func (h *Handler) class(c fiber.Ctx) error {
	_, k, err := h.open(c)
	if err != nil {
		return err
	}
	if k.State != licensing.Draft || len(k.Choices) == 0 {
		return seeOther(c, at(k.ID, ""))
	}
	return showClass(c)(k, fiber.StatusOK, storedClass(k))
}

func storedClass(k renewal.Case) *form.Form {
	return stored(k, map[string]string{"class": string(k.Choice)})
}

func showClass(c fiber.Ctx) show {
	return func(k renewal.Case, status int, f *form.Form) error {
		p := frame(c, k, "class", "class_page.title")
		p.Values, p.Errors = f, f.Errors
		return page.Render(c, status, classView(p))
	}
}

func (h *Handler) saveClass(c fiber.Ctx) error {
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
	err = h.Renewal.SaveClass(c.Context(), r.Actor(), k.ID, v, licensing.Class(f.Optional("class", 8)))
	return h.saved(c, k, f, err, showClass(c), storedClass)
}

// classChoice offers the classes in plain words.
func (p casePage) classChoice() page.Choice {
	choice := page.Choice{Name: "class", Label: p.T("class_page.label")}
	for _, class := range p.Case.Choices {
		choice.Options = append(choice.Options, page.Option{Value: string(class), Label: p.T("resident.new_class",
			text.Args{"class": string(class), "meaning": p.P().Class(p.Case.Book, licensing.SchemeNew, class, licensing.DateOf(p.Case.Now))})})
	}
	return choice
}

// chosenFrom is the old class between whose successors the person chooses.
func (p casePage) chosenFrom() string {
	for _, c := range p.Case.Preview.Classes {
		for _, choice := range p.Case.Choices {
			if c.Class == choice {
				return string(c.From)
			}
		}
	}
	return ""
}

func (h *Handler) contact(c fiber.Ctx) error {
	_, k, err := h.open(c)
	if err != nil {
		return err
	}
	if !k.Editable(licensing.ItemDelivery) {
		return seeOther(c, at(k.ID, ""))
	}
	return showContact(c)(k, fiber.StatusOK, storedContact(k))
}

func storedContact(k renewal.Case) *form.Form {
	commune, street := k.Contact.Commune, k.Contact.Street
	if k.Contact.Delivery == "" { // nothing answered yet
		commune, street = fromAddress(communesOf(k), k.Applicant.Address)
	}
	return stored(k, map[string]string{"phone": national(k.Contact.Phone), "delivery": string(k.Contact.Delivery), "commune": commune, "street": street})
}

func showContact(c fiber.Ctx) show {
	return func(k renewal.Case, status int, f *form.Form) error {
		p := frame(c, k, "contact", "contact_page.title")
		p.Values, p.Errors = f, inOrder(f.Errors, "phone", "delivery", "commune", "street")
		return page.Render(c, status, contactView(p))
	}
}

func (h *Handler) saveContact(c fiber.Ctx) error {
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
	contact := readContact(f)
	fault := k.Book.CheckContact(contact, licensing.DateOf(k.Now)).Or() // said together with what the form itself found
	if f.OK() && fault == nil {
		fault = h.Renewal.SaveContact(c.Context(), r.Actor(), k.ID, v, contact)
	}
	return h.saved(c, k, f, fault, showContact(c), storedContact)
}

func readContact(f *form.Form) licensing.Contact {
	phone := f.Optional("phone", maxPhone)
	if e164, errs := licensing.ReadMobile(phone); errs == nil {
		phone = e164
	}
	contact := licensing.Contact{Phone: phone, Delivery: licensing.Delivery(f.Optional("delivery", 10))}
	if contact.Delivery == licensing.ByPost {
		contact.Commune, contact.Street = f.Optional("commune", 10), f.Optional("street", maxStreet)
	}
	return contact
}

// national is a number as people write it at home.
func national(e164 string) string {
	if rest, ok := strings.CutPrefix(e164, "+84"); ok {
		return text.Phone("0" + rest)
	}
	return e164
}

func (p casePage) deliveryChoice() page.Choice {
	return page.Choice{Name: "delivery", Label: p.T("contact_page.delivery"), Options: []page.Option{
		{Value: string(licensing.ByPost), Label: p.T("delivery.post"), Hint: p.T("contact_page.post_hint")},
		{Value: string(licensing.Pickup), Label: p.T("delivery.pickup"), Hint: p.T("contact_page.pickup_hint", officeArgs(p.Base))},
	}}
}

func (p casePage) communeChoice() page.Choice {
	choice := page.Choice{Name: "commune", Label: p.T("contact_page.commune")}
	for _, c := range sorted(communesOf(p.Case)) {
		choice.Options = append(choice.Options, page.Option{Value: c.Code, Label: c.Name})
	}
	return choice
}
