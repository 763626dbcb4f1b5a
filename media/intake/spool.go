package intake

import (
	"bufio"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"io"
	"os"

	"giahan/media"
)

// spool keeps a picture while it comes in: a slow phone needs a minute for it, and a hundred of them at once must not
// hold a gigabyte of memory. It is a file without a name, encrypted under a key that exists in memory only, so neither a
// crash nor the disk's next owner finds a picture in it.
type spool struct {
	file  *os.File
	block cipher.Block
	iv    [aes.BlockSize]byte
	size  int64
}

// receive reads r to its end. Errors: media.ErrTooBig as soon as there is one byte too many, media.ErrNoFile if there is
// none, an error of r as it is. The caller closes the spool.
func receive(r io.Reader) (*spool, error) {
	s, err := newSpool()
	if err != nil {
		return nil, err
	}
	// The buffer is the memory that a slow upload holds.
	out := bufio.NewWriterSize(cipher.StreamWriter{S: cipher.NewCTR(s.block, s.iv[:]), W: s.file}, 64<<10)
	s.size, err = io.Copy(out, io.LimitReader(r, media.MaxBytes+1))
	if err == nil {
		err = out.Flush()
	}
	switch {
	case err != nil:
		err = fmt.Errorf("receive picture: %w", err)
	case s.size > media.MaxBytes:
		err = media.ErrTooBig
	case s.size == 0:
		err = media.ErrNoFile
	}
	if err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func newSpool() (*spool, error) {
	key := make([]byte, 32)
	rand.Read(key) // never fails (crypto/rand)
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	s := &spool{block: block}
	if s.file, err = os.CreateTemp("", "giahan-upload-"); err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	if err := os.Remove(s.file.Name()); err != nil {
		s.Close()
		return nil, fmt.Errorf("spool: %w", err)
	}
	return s, nil
}

// head gives the first bytes, by which a type is known; fewer where there are fewer.
func (s *spool) head() []byte {
	b := make([]byte, min(s.size, 12))
	n, _ := s.file.ReadAt(b, 0)
	cipher.NewCTR(s.block, s.iv[:]).XORKeyStream(b, b[:n])
	return b[:n]
}

// load gives the whole content, once it is this picture's turn.
func (s *spool) load() ([]byte, error) {
	b := make([]byte, s.size)
	if _, err := s.file.ReadAt(b, 0); err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	cipher.NewCTR(s.block, s.iv[:]).XORKeyStream(b, b)
	return b, nil
}

// content reads the whole, a piece at a time.
func (s *spool) content() io.Reader {
	return cipher.StreamReader{S: cipher.NewCTR(s.block, s.iv[:]), R: io.NewSectionReader(s.file, 0, s.size)}
}

// sum is the SHA-256 of the content.
func (s *spool) sum() (sum [32]byte, err error) {
	h := sha256.New()
	if _, err := io.Copy(h, s.content()); err != nil {
		return sum, fmt.Errorf("spool: %w", err)
	}
	return [32]byte(h.Sum(nil)), nil
}

// Close gives the file's space back; it has no name any more.
func (s *spool) Close() error { return s.file.Close() }
