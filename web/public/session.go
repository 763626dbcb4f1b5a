package public

import "giahan/web/page"

// Session is the page about being signed in: until when, how to stay, and how to leave on every device.
type Session struct {
	page.Base
	Until  string // when the session ends if nothing is done, as a time of day
	Latest string // when it ends in any case
}
