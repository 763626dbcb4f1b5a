package sessions

import (
	"net/url"
	"strings"

	"giahan/identity"
)

// maxNext is the longest path to go back to, in bytes.
const maxNext = 512

// home of each audience, where there is no path to go back to.
var home = map[identity.Audience]string{identity.Residents: "/home", identity.Officers: "/"}

// localPath gives a path on our own host, or the audience's home for everything that is not plainly one (RFC 9700 4.11):
// browsers read "//x", "/\x" and paths with control characters as other hosts.
func localPath(audience identity.Audience, next string) string {
	u, err := url.Parse(next)
	switch {
	case err != nil, len(next) > maxNext, !strings.HasPrefix(next, "/"), u.Scheme != "", u.Host != "",
		strings.Contains(u.Path, "//"), strings.Contains(u.Path, "/."), strings.Contains(next, `\`), strings.Contains(u.Path, `\`),
		strings.ContainsFunc(u.Path, func(r rune) bool { return r < 0x20 || r == 0x7f }),
		strings.ContainsFunc(next, func(r rune) bool { return r <= 0x20 || r >= 0x7f }),
		strings.HasPrefix(u.Path, "/sign-"): // would lead in a circle, or out again
		return home[audience]
	}
	return next
}
