package sessions

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"

	"giahan/identity"
)

const saltSize = 16

// CSRFKey derives the key of CSRF tokens from the service's master key.
func CSRFKey(master []byte) ([]byte, error) {
	if len(master) < 32 {
		return nil, fmt.Errorf("master key has %d bytes, at least 32 are needed", len(master))
	}
	return hkdf.Key(sha256.New, master, nil, "giahan csrf 1", sha256.Size)
}

// CSRFToken gives a token for the forms of a session: a salt and an HMAC over salt and session. The salt makes each page's
// token another text, so that its compressed length tells nothing (BREACH). It stays good as long as the session, so a form
// may be filled in slowly.
func (s *Service) CSRFToken(session identity.Session) string {
	salt := make([]byte, saltSize)
	if _, err := io.ReadFull(s.Random, salt); err != nil {
		return "" // no token is good, so the form is refused: fails closed
	}
	return base64.RawURLEncoding.EncodeToString(s.csrf(salt, session))
}

// CheckCSRF says whether a form's token belongs to the session.
func (s *Service) CheckCSRF(session identity.Session, token string) bool {
	got, err := base64.RawURLEncoding.DecodeString(token)
	return err == nil && len(got) == saltSize+sha256.Size && hmac.Equal(got, s.csrf(got[:saltSize:saltSize], session))
}

func (s *Service) csrf(salt []byte, session identity.Session) []byte {
	mac := hmac.New(sha256.New, s.CSRFKey)
	mac.Write(salt)
	mac.Write(session.TokenHash[:])
	mac.Write([]byte(session.Audience))
	return mac.Sum(salt)
}
