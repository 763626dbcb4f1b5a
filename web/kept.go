package web

import (
	"bytes"
	"compress/flate"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/gofiber/fiber/v3"

	"giahan/identity"
	"giahan/web/form"
	"giahan/web/page"
	"giahan/web/public"
	"giahan/web/visit"
)

// A form that comes after its session has ended, or wants a fresher login, is kept in the browser that sent it, sealed with a key of ours for the person
// whose session it was: no row of ours holds what nobody submitted, and the next user of a shared phone can read nothing. It is
// shown again after the same person has signed in, and sent only when they press the button.
const (
	keptLife   = 15 * time.Minute
	maxForm    = 8 << 10
	maxKept    = 3800 // of the cookie; browsers keep 4,096 bytes with its name and attributes
	keptPacked = 64 << 10
)

// lateForm is what is kept.
type lateForm struct {
	Path   string     `json:"p"`
	Values url.Values `json:"v"`
	At     time.Time  `json:"t"`
}

// keep seals the form of the request for the owner of the session that ended or is too old for it. It must carry that session's
// token and come from our own page: nobody can make a person find a form that they have not filled in.
func (s *server) keep(c fiber.Ctx, v *visit.Visit, session *identity.Session) {
	own := c.Get("Origin") != "" || c.Get("Sec-Fetch-Site") == "same-origin" // guard has refused every other value
	card := c.Path() == "/help"                                              // what stands on somebody's card is never kept
	if session == nil || !own || card || len(c.Request().Body()) > maxForm {
		return
	}
	f, err := form.Read(c)
	if err != nil || !s.Sessions.CheckCSRF(*session, f.Value("csrf")) {
		return
	}
	values, err := url.ParseQuery(string(c.Request().Body()))
	if err != nil {
		return
	}
	values.Del("csrf")
	sealed, err := s.seal(lateForm{Path: c.Path(), Values: values, At: s.Now()}, *session)
	if err != nil || len(sealed) > maxKept {
		return
	}
	setCookie(c, keptCookie, sealed, keptLife)
	v.Kept = true
}

// kept shows the form again. Somebody else's, an old one or none leads to the start.
func (s *server) kept(c fiber.Ctx) error {
	v := visit.Of(c)
	if v.Session == nil {
		if v.Expired {
			return identity.ErrExpired
		}
		return identity.ErrNoSession
	}
	late, err := s.unseal(c.Cookies(keptCookie), *v.Session)
	if err != nil || s.Now().Sub(late.At) > keptLife {
		setCookie(c, keptCookie, "", 0)
		to := "/home"
		if v.Audience == identity.Officers {
			to = "/"
		}
		return c.Redirect().Status(fiber.StatusSeeOther).To(to)
	}
	b := visit.Base(c, "")
	b.Title = b.T("fault.kept_title")
	if v.Audience == identity.Officers {
		b.Desk = &page.Desk{}
	}
	return page.Render(c, fiber.StatusOK, public.KeptPage(public.Kept{Base: b, Action: late.Path, Values: late.Values, Drop: pageOf(late.Path)}))
}

// seal packs and encrypts a form; only unseal with the same person's session opens it.
func (s *server) seal(f lateForm, session identity.Session) (string, error) {
	box, err := s.keptBox()
	if err != nil {
		return "", err
	}
	plain, err := json.Marshal(f)
	if err != nil {
		return "", err
	}
	var packed bytes.Buffer
	w, err := flate.NewWriter(&packed, flate.BestCompression)
	if err != nil {
		return "", err
	}
	_, _ = w.Write(plain) // a bytes.Buffer takes everything
	_ = w.Close()
	nonce := make([]byte, box.NonceSize())
	if _, err := io.ReadFull(s.Random, nonce); err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(box.Seal(nonce, nonce, packed.Bytes(), ownerOf(session))), nil
}

var errNothingKept = errors.New("no form is kept")

func (s *server) unseal(sealed string, session identity.Session) (f lateForm, err error) {
	box, err := s.keptBox()
	if err != nil {
		return f, err
	}
	b, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil || len(b) < box.NonceSize() {
		return f, errNothingKept
	}
	packed, err := box.Open(nil, b[:box.NonceSize()], b[box.NonceSize():], ownerOf(session))
	if err != nil {
		return f, errNothingKept
	}
	plain, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(packed)), keptPacked))
	if err != nil {
		return f, err
	}
	return f, json.Unmarshal(plain, &f)
}

func (s *server) keptBox() (cipher.AEAD, error) {
	key, err := hkdf.Key(sha256.New, s.Sessions.CSRFKey, nil, "giahan kept form 1", 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// ownerOf is whom a form is sealed for: the person, not the session; of a helper also whom they act for.
func ownerOf(s identity.Session) []byte {
	a := s.Actor()
	owner := string(s.Audience) + "/" + a.ID.String()
	if a.OnBehalfOf != nil {
		owner += "/" + a.OnBehalfOf.String()
	}
	return []byte(owner)
}

// pageOf is the page that a form stands on.
func pageOf(path string) string {
	for _, act := range []string{"/submit", "/pay", "/resubmit", "/discard", "/certificate", "/handover", "/claim", "/release", "/take-over", "/accept", "/refuse-intake", "/return",
		"/done", "/propose", "/decide", "/hand-over", "/offer-again", "/reappoint", "/ask-issuer", "/issuer-answer"} {
		path = strings.TrimSuffix(path, act)
	}
	if path == "/next" || path == "/search" || path == "/sign-out" || path == "/role" || path == "" {
		return "/"
	}
	return path
}
