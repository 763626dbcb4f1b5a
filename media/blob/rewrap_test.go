package blob

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"github.com/google/uuid"

	"giahan/media"
)

// A rotation: the new key seals, the old one still opens, every object is brought over, and then the old key may go.
func TestRewrapAfterRotation(t *testing.T) {
	before := newStore(t)
	name, plain := uuid.NewString(), content(200_000)
	if err := before.Put(t.Context(), name, plain); err != nil {
		t.Fatal(err)
	}
	was := raw(t, before, name)
	fresh := bytes.Repeat([]byte{9}, keySize)
	with := func(key []byte, old ...[]byte) *Store {
		s, err := New(Config{Endpoint: endpoint, AccessKey: accessKey, SecretKey: secretKey, Bucket: before.bucket, MasterKey: key, OldKeys: old})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	rotated, after := with(fresh, secret), with(fresh)
	if _, err := after.Rewrap(t.Context(), name); !errors.Is(err, media.ErrDamaged) {
		t.Errorf("rewrapped without the old key: %v", err)
	}
	if changed, err := rotated.Rewrap(t.Context(), name); err != nil || !changed {
		t.Fatalf("%v, %v", changed, err)
	}
	if got, err := after.Get(t.Context(), name); err != nil || !bytes.Equal(got, plain) {
		t.Errorf("the old key is still needed: %v", err)
	}
	if _, err := before.Get(t.Context(), name); !errors.Is(err, media.ErrDamaged) {
		t.Errorf("the old key still opens it: %v", err)
	}
	if now := raw(t, before, name); !bytes.Equal(now[headerSize:], was[headerSize:]) || bytes.Equal(now, was) {
		t.Error("more than the wrapped key changed")
	}
	if changed, err := rotated.Rewrap(t.Context(), name); err != nil || changed {
		t.Errorf("a second time: %v, %v", changed, err)
	}
	if _, err := rotated.Rewrap(t.Context(), uuid.NewString()); !errors.Is(err, media.ErrNotFound) {
		t.Errorf("nothing there: %v", err)
	}
}

// What is damaged stays visibly damaged.
func TestRewrapLeavesDamageAlone(t *testing.T) {
	ring := testRing(t, 2, 1)
	sealed, err := testRing(t, 1).seal("a", content(100))
	if err != nil {
		t.Fatal(err)
	}
	broken := slices.Clone(sealed)
	broken[len(broken)-1] ^= 1
	if _, err := ring.rewrap("a", broken); !errors.Is(err, media.ErrDamaged) {
		t.Errorf("%v", err)
	}
	if _, err := ring.rewrap("b", sealed); !errors.Is(err, media.ErrDamaged) {
		t.Errorf("under another name: %v", err)
	}
}
