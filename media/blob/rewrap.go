package blob

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"github.com/minio/minio-go/v7"

	"giahan/media"
)

// Rewrap brings an object from an old master key under the current one: its own key is wrapped anew, its content stays as it is.
// changed is false where it is under the current key already. The write is one atomic replacement, tied to what was read, so an
// object that somebody removes meanwhile does not come back. Errors: media.ErrNotFound, media.ErrDamaged, media.ErrStoreDown.
func (s *Store) Rewrap(ctx context.Context, name string) (changed bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	body, info, _, err := s.client.GetObject(ctx, s.bucket, name, minio.GetObjectOptions{})
	if err != nil {
		return false, fmt.Errorf("rewrap object: %w", translate(err))
	}
	defer body.Close()
	head := make([]byte, headerSize)
	if _, err := io.ReadFull(body, head); err != nil {
		return false, fmt.Errorf("rewrap object: %w: no header", media.ErrDamaged)
	}
	if s.keys.isCurrent(head) {
		return false, nil
	}
	rest, err := io.ReadAll(io.LimitReader(body, int64(sealedSize(maxContent))))
	if err != nil {
		return false, fmt.Errorf("rewrap object: %w", translate(err))
	}
	sealed, err := s.keys.rewrap(name, append(head, rest...))
	if err != nil {
		return false, fmt.Errorf("rewrap object: %w", err)
	}
	opts := putOptions(sealed)
	opts.SetMatchETag(info.ETag)
	if _, err := s.client.PutObject(ctx, s.bucket, name, bytes.NewReader(sealed), int64(len(sealed)), "", hexSum(sealed), opts); err != nil {
		return false, fmt.Errorf("rewrap object: %w", translate(err))
	}
	return true, nil
}

func (k *keyring) isCurrent(header []byte) bool {
	return string(header[:len(magic)]) == magic && [idSize]byte(header[len(magic):]) == k.current.id
}

// rewrap gives the same object under the current master key. It opens the whole of it first: what is damaged is not made to look
// fresh.
func (k *keyring) rewrap(name string, sealed []byte) ([]byte, error) {
	if _, err := k.open(name, sealed); err != nil {
		return nil, err
	}
	key, err := k.unwrapKey(name, sealed)
	if err != nil {
		return nil, err
	}
	return append(k.header(name, key), sealed[headerSize:]...), nil
}
