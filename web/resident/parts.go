package resident

import (
	"errors"
	"io"
	"strconv"

	"github.com/gofiber/fiber/v3"

	"giahan/identity"
	"giahan/media"
	"giahan/web/form"
	"giahan/web/visit"
)

// A picture may come in parts, so that a broken line costs a part and not the whole. The protocol is tus 1.0 (tus.io): core, creation,
// expiration, and the method override, for a proxy on the way may know GET and POST only, and so do our own walls. Its few headers are read
// here and not by tusd: that is a server of its own beside ours, with its locks, its logging of ids and its store, and every request has to
// pass our session, token, limits and log all the same. The client is the page's script (static/send.js), for the one that is made for
// the protocol weighs more than all our pages' scripts and styles together.
const (
	tusVersion  = "1.0.0"
	tusPart     = "application/offset+octet-stream"
	tusTime     = "Mon, 02 Jan 2006 15:04:05 GMT" // RFC 9110 5.6.7
	hdrTus      = "Tus-Resumable"
	hdrVersions = "Tus-Version"
	hdrOffset   = "Upload-Offset"
	hdrLength   = "Upload-Length"
	hdrExpires  = "Upload-Expires"
	hdrToken    = "X-CSRF-Token"
)

// beginParts makes room for a picture.
func (h *Handler) beginParts(c fiber.Ctx) error {
	actor, err := h.sender(c)
	if err != nil {
		return err
	}
	length, err := number(c, hdrLength)
	if err != nil {
		return err
	}
	p, err := h.Intake.Begin(c.Context(), actor, length)
	if err != nil {
		return partError(err)
	}
	c.Set(fiber.HeaderLocation, "/uploads/"+p.ID.String())
	return h.stands(c, p, fiber.StatusCreated)
}

// partsSoFar says how much is there.
func (h *Handler) partsSoFar(c fiber.Ctx) error {
	r, err := visit.Resident(c)
	if err != nil {
		return err
	}
	p, err := h.partial(c, r.Actor())
	if err != nil {
		return err
	}
	c.Set(hdrLength, strconv.FormatInt(p.Length, 10))
	return h.stands(c, p, fiber.StatusOK)
}

// addPart takes the next part. What came before the line broke is kept: the length of the body was announced, so it is the beginning of it.
func (h *Handler) addPart(c fiber.Ctx) error {
	actor, err := h.sender(c)
	if err != nil {
		return err
	}
	if c.Get("X-HTTP-Method-Override") != fiber.MethodPatch {
		return fiber.ErrMethodNotAllowed
	}
	if c.Get(fiber.HeaderContentType) != tusPart {
		return fiber.ErrUnsupportedMediaType
	}
	p, err := h.partial(c, actor)
	if err != nil {
		return err
	}
	offset, err := number(c, hdrOffset)
	if err != nil {
		return err
	}
	if offset != p.Received {
		return fiber.ErrConflict // before the body is read
	}
	if c.Request().Header.ContentLength() < 0 {
		return fiber.ErrLengthRequired
	}
	part, broken := io.ReadAll(io.LimitReader(form.Body(c), media.PartBytes+1))
	if p, err = h.Intake.Append(c.Context(), actor, p.ID, offset, part); err != nil {
		return partError(err)
	}
	if broken != nil || len(part) != c.Request().Header.ContentLength() {
		c.Response().SetConnectionClose()
		return fiber.ErrBadRequest
	}
	return h.stands(c, p, fiber.StatusNoContent)
}

// sender is who sends, if the page's token came with it: what is no form carries the token in a header, which no other site can set.
func (h *Handler) sender(c fiber.Ctx) (identity.Actor, error) {
	if visit.Of(c).Session != nil {
		if err := visit.CheckCSRF(c, c.Get(hdrToken)); err != nil {
			return identity.Actor{}, err
		}
	}
	r, err := visit.Resident(c)
	if err != nil {
		return identity.Actor{}, err
	}
	return r.Actor(), spoken(c)
}

// spoken refuses another version of the protocol, as it demands.
func spoken(c fiber.Ctx) error {
	if c.Get(hdrTus) != tusVersion {
		c.Set(hdrVersions, tusVersion)
		return fiber.ErrPreconditionFailed
	}
	return nil
}

func (h *Handler) partial(c fiber.Ctx, actor identity.Actor) (media.Partial, error) {
	if err := spoken(c); err != nil {
		return media.Partial{}, err
	}
	id, err := media.ParsePartialID(c.Params("part"))
	if err != nil {
		return media.Partial{}, media.ErrNotFound
	}
	return h.Intake.Partial(c.Context(), actor, id)
}

// stands answers with how much is there. A body would be of no use to anybody.
func (h *Handler) stands(c fiber.Ctx, p media.Partial, status int) error {
	c.Set(hdrTus, tusVersion)
	c.Set(hdrOffset, strconv.FormatInt(p.Received, 10))
	c.Set(hdrExpires, p.CreatedAt.Add(media.PartialLife).UTC().Format(tusTime))
	return c.SendStatus(status)
}

func number(c fiber.Ctx, name string) (int64, error) {
	n, err := strconv.ParseInt(c.Get(name), 10, 64)
	if err != nil || n < 0 {
		return 0, form.ErrMalformed
	}
	return n, nil
}

// partError gives the statuses of the protocol to what can be wrong with a part.
func partError(err error) error {
	for _, e := range []struct{ is, status error }{
		{media.ErrOffset, fiber.ErrConflict}, {media.ErrTooBig, fiber.ErrRequestEntityTooLarge}, {media.ErrNoFile, form.ErrMalformed}, {media.ErrQuota, fiber.ErrTooManyRequests},
	} {
		if errors.Is(err, e.is) {
			return e.status
		}
	}
	return err
}
