package visit

import "github.com/gofiber/fiber/v3"

// picturePolicy is the policy of a picture's own answer: whatever the bytes are, nothing in them runs.
const picturePolicy = "default-src 'none'; sandbox; frame-ancestors 'none'"

// Foreign says that a page of another host asks, also one under our own domain: it must neither show a person's picture nor make
// it count as opened. A browser too old to say is served; its cookie is SameSite.
func Foreign(c fiber.Ctx) bool {
	switch c.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
		return false
	}
	return true
}

// SendOriginal sends a file as a resident sent it: to be kept on disk and compared, never to be shown or run by the browser.
func SendOriginal(c fiber.Ctx, name string, b []byte) error {
	c.Set(fiber.HeaderContentType, fiber.MIMEOctetStream)
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+name+`"`)
	return send(c, b)
}

// SendJPEG sends bytes that came from a resident: as a picture and as nothing else, and no cache keeps it.
func SendJPEG(c fiber.Ctx, jpeg []byte) error {
	c.Set(fiber.HeaderContentType, "image/jpeg")
	c.Set(fiber.HeaderContentDisposition, "inline")
	return send(c, jpeg)
}

func send(c fiber.Ctx, b []byte) error {
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	c.Set(fiber.HeaderContentSecurityPolicy, picturePolicy)
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set("Cross-Origin-Resource-Policy", "same-origin")
	return c.Send(b)
}
