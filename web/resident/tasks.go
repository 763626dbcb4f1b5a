package resident

import (
	"errors"

	"github.com/gofiber/fiber/v3"

	"giahan/licensing"
	"giahan/licensing/renewal"
	"giahan/web/page"
	"giahan/web/text"
	"giahan/web/visit"
)

// application is the one address of a case: what is left to do while it is a draft or was returned, else where it stands.
func (h *Handler) application(c fiber.Ctx) error {
	_, k, err := h.open(c)
	if err != nil {
		return err
	}
	return h.showCase(c, k, fiber.StatusOK, nil)
}

func (h *Handler) showCase(c fiber.Ctx, k renewal.Case, status int, faults licensing.FieldErrors) error {
	switch k.State {
	case licensing.Draft:
		p := tasksPage{frame(c, k, "", "page_tasks.title")}
		p.Errors = faults
		return page.Render(c, status, tasksView(p))
	case licensing.Returned:
		p := correctPage{frame(c, k, "", "page_returned.title"), h.Now()}
		p.Errors = faults
		return page.Render(c, status, correctView(p))
	}
	return page.Render(c, status, caseView(h.road(c, k)))
}

// discard removes the draft; what was submitted can only be withdrawn.
func (h *Handler) discard(c fiber.Ctx) error {
	r, err := visit.Resident(c)
	if err != nil {
		return err
	}
	id, err := licensing.ParseApplicationID(c.Params("id"))
	if err != nil {
		return err
	}
	if err := h.Renewal.Discard(c.Context(), r.Actor(), id); err != nil {
		return err
	}
	return seeOther(c, "/home")
}

// resubmit hands the corrected case back.
func (h *Handler) resubmit(c fiber.Ctx) error {
	r, k, err := h.open(c)
	if err != nil {
		return err
	}
	err = h.Renewal.Resubmit(c.Context(), r.Actor(), k.ID)
	switch {
	case errors.Is(err, licensing.ErrIncomplete) && k.State == licensing.Returned:
		p := correctPage{casePage: casePage{Case: k}}
		return h.showCase(c, k, fiber.StatusUnprocessableEntity, licensing.FieldErrors{{Key: "error_unfixed", Args: text.Args{"n": p.left()}}})
	case err != nil && !errors.Is(err, licensing.ErrAlreadySubmitted):
		return err
	}
	return seeOther(c, at(k.ID, ""))
}

// tasksPage is the task list of a draft.
type tasksPage struct{ casePage }

func (p tasksPage) done() int {
	n := 0
	for _, t := range p.Case.Tasks() {
		if t.Done {
			n++
		}
	}
	return n
}

func (p tasksPage) left() int { return len(p.Case.Tasks()) - p.done() }

// next is the first task that is not done; the last step after all.
func (p tasksPage) next() string {
	for _, t := range p.Case.Tasks() {
		if !t.Done {
			return t.Key
		}
	}
	return "answers"
}

func (p tasksPage) heading() string {
	if p.left() == 0 {
		return p.T("tasks.ready")
	}
	return p.T("page_tasks.h1", text.Args{"n": p.left()})
}

func (p tasksPage) button() page.Action {
	next := p.next()
	return page.Action{Label: p.T("resident.next", text.Args{"task": p.T("tasks.short_" + next)}), Href: p.at(next), Icon: "arrow"}
}

// papers are the tasks but the delivery, which has a heading of its own.
func (p tasksPage) papers() []page.Task {
	var out []page.Task
	for _, t := range p.Case.Tasks() {
		if t.Key != "contact" {
			out = append(out, p.task(t))
		}
	}
	return out
}

func (p tasksPage) delivery() []page.Task {
	for _, t := range p.Case.Tasks() {
		if t.Key == "contact" {
			return []page.Task{p.task(t)}
		}
	}
	return nil
}

func (p tasksPage) task(t renewal.Task) page.Task {
	state := page.TaskTodo
	if t.Done {
		state = page.TaskDone
	}
	return page.Task{ID: t.Key, Name: p.T("tasks." + t.Key), Hint: p.hint(t), Href: p.at(t.Key), Mark: page.TaskMark(p.P(), state)}
}

func (p tasksPage) hint(t renewal.Task) string {
	switch {
	case t.Key == "class" && t.Done:
		return p.T("resident.new_class", text.Args{"class": string(p.Case.Choice), "meaning": p.P().Class(p.Case.Book, licensing.SchemeNew, p.Case.Choice, licensing.DateOf(p.Case.Now))})
	case t.Key == "contact" && t.Done:
		return p.deliveryShort()
	case t.Key == "health" && p.Case.Preview.Answer(licensing.ReqHealthFor) == licensing.NotMet:
		return p.T("tasks.health_class")
	case t.Key == "health" && p.Case.Health.Register != nil:
		return p.T("tasks.health_told")
	case t.Key == "health" && !t.Done && p.Case.Health.Number != "":
		return p.T("tasks.health_photo_missing")
	}
	return ""
}

func (p tasksPage) send() []page.Task {
	t := page.Task{ID: "answers", Name: p.T("tasks.answers"), Hint: p.T("tasks.answers_locked"), Mark: page.TaskMark(p.P(), page.TaskLocked)}
	if p.Case.Complete() {
		t.Href, t.Hint, t.Mark = p.at("answers"), "", page.TaskMark(p.P(), page.TaskTodo)
	}
	return []page.Task{t}
}

func (p casePage) deliveryShort() string {
	if p.Case.Contact.Delivery == licensing.Pickup {
		return p.T("resident.pickup_at", officeArgs(p.Base))
	}
	return p.T("resident.by_post_short", text.Args{"commune": p.commune()})
}

func (p casePage) deliveryLine() string {
	if p.Case.Contact.Delivery == licensing.Pickup {
		return p.deliveryShort()
	}
	return p.T("resident.by_post", text.Args{"street": p.Case.Contact.Street, "commune": p.commune(), "province": small(p.Case.Book.ProvinceName(licensing.DateOf(p.Case.Now)))})
}

// commune is the name inside a sentence: xã Thiên Cầm.
func (p casePage) commune() string {
	name, _ := p.Case.Book.CommuneName(p.Case.Contact.Commune, licensing.DateOf(p.Case.Now))
	return small(name)
}

// caption says which of the tasks a page is; in a returned case it is the case's code.
func (p casePage) caption(key string) string {
	tasks := p.Case.Tasks()
	for n, t := range tasks {
		if t.Key == key && p.Case.State == licensing.Draft {
			return p.T("resident.task_caption", text.Args{"i": n + 1, "n": len(tasks)})
		}
	}
	return p.T("resident.case_caption", text.Args{"code": p.Case.Code})
}
