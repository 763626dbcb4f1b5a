package outbound

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"strconv"
	"time"
)

// Parameters that SignQuery adds.
const (
	QueryTime      = "signed_at" // unix seconds
	QuerySignature = "signature"
)

// SignQuery signs the parameters with which a browser is sent to a partner: HMAC-SHA256 over all of them, sorted by name and
// escaped, so that neither a value nor the border between two values can be changed (domain.md 5).
func SignQuery(secret []byte, q url.Values, now time.Time) url.Values {
	out := url.Values{}
	for name, values := range q {
		out[name] = values
	}
	out.Set(QueryTime, strconv.FormatInt(now.Unix(), 10))
	out.Set(QuerySignature, querySum(secret, out))
	return out
}

// VerifyQuery says whether the parameters are as they were signed, each of them once, no longer than life ago.
func VerifyQuery(secret []byte, q url.Values, life time.Duration, now time.Time) error {
	if q.Get(QuerySignature) == "" {
		return ErrUnsigned
	}
	for _, values := range q {
		if len(values) != 1 {
			return ErrForged
		}
	}
	if len(secret) == 0 || !hmac.Equal([]byte(q.Get(QuerySignature)), []byte(querySum(secret, q))) {
		return ErrForged
	}
	sec, err := strconv.ParseInt(q.Get(QueryTime), 10, 64)
	if at := time.Unix(sec, 0); err != nil || now.Sub(at) > life || at.Sub(now) > MaxSkew {
		return ErrStale
	}
	return nil
}

func querySum(secret []byte, q url.Values) string {
	covered := url.Values{}
	for name, values := range q {
		if name != QuerySignature {
			covered[name] = values
		}
	}
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte("query\n" + covered.Encode()))
	return hex.EncodeToString(mac.Sum(nil))
}
