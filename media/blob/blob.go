// Package blob keeps content in an S3 store, encrypted before it leaves the process: the store, its operators and its
// backups see neither pictures nor whose they are. Only minio-go speaks S3, and only here.
package blob

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"giahan/media"
)

// Limits of one call. The library's own are ten tries, 30 s to connect and 60 s for an answer's header: a person would
// wait minutes for "please try again" (security.md 0.9).
const (
	callTime   = 10 * time.Second
	pingTime   = 3 * time.Second
	listTime   = 60 * time.Second
	tries      = 2
	maxContent = media.MaxBytes
)

// region is what signatures are made for; set, it saves a question to the store before the first call.
const region = "us-east-1"

// ErrExists says that an object of this name is there already, with other content (names are random: it is a defect), or that it is
// no longer what was read.
var ErrExists = errors.New("object exists already")

// Config says where the store is. Endpoint is a URL: http or https, host, no path.
type Config struct {
	Endpoint  string
	AccessKey string
	SecretKey string
	Bucket    string
	Region    string   // empty: us-east-1
	MasterKey []byte   // 32 bytes, wraps the key of each object
	OldKeys   [][]byte // master keys from before a rotation: objects sealed under them still open
}

// Store is an S3 bucket with sealed objects. It is safe for concurrent use.
type Store struct {
	client *minio.Core
	bucket string
	keys   *keyring
}

// New makes a store; it does not call it yet (EnsureBucket and Ping do).
func New(c Config) (*Store, error) {
	u, err := url.Parse(c.Endpoint)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || (u.Path != "" && u.Path != "/") {
		return nil, errors.New("object store: the endpoint must be http://host:port or https://host:port")
	}
	keys, err := newKeyring(c.MasterKey, c.OldKeys)
	if err != nil {
		return nil, fmt.Errorf("object store: %w", err)
	}
	if c.Region == "" {
		c.Region = region
	}
	transport, err := minio.DefaultTransport(u.Scheme == "https")
	if err != nil {
		return nil, fmt.Errorf("object store: %w", err)
	}
	client, err := minio.NewCore(u.Host, &minio.Options{
		Creds:           credentials.NewStaticV4(c.AccessKey, c.SecretKey, ""),
		Secure:          u.Scheme == "https",
		Region:          c.Region,
		BucketLookup:    minio.BucketLookupPath,
		Transport:       transport,
		TrailingHeaders: false, // versitygw refuses them; the checksum goes as a header
		MaxRetries:      tries,
	})
	if err != nil {
		return nil, fmt.Errorf("object store: %w", err)
	}
	return &Store{client: client, bucket: c.Bucket, keys: keys}, nil
}

// Put seals content and stores it under a name that must be new: nothing is ever overwritten. Errors: media.ErrTooBig,
// media.ErrStoreDown, ErrExists.
func (s *Store) Put(ctx context.Context, name string, plain []byte) error {
	if len(plain) > maxContent {
		return fmt.Errorf("put object: %w", media.ErrTooBig)
	}
	sealed, err := s.keys.seal(name, plain)
	if err != nil {
		return fmt.Errorf("put object: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	opts := putOptions(sealed)
	opts.SetMatchETagExcept("*")
	_, err = s.client.PutObject(ctx, s.bucket, name, bytes.NewReader(sealed), int64(len(sealed)), "", hexSum(sealed), opts)
	if minio.ToErrorResponse(err).StatusCode == http.StatusPreconditionFailed {
		return s.ownEarlierTry(ctx, name, base64Sum(sealed))
	}
	if err != nil {
		return fmt.Errorf("put object: %w", translate(err))
	}
	return nil
}

// putOptions let the store check what arrives against the checksum of the whole content.
func putOptions(sealed []byte) minio.PutObjectOptions {
	return minio.PutObjectOptions{
		ContentType:          "application/octet-stream",
		UserMetadata:         map[string]string{"x-amz-checksum-sha256": base64Sum(sealed)},
		DisableContentSha256: true, // no chunked signature: hexSum signs the whole content
	}
}

func base64Sum(b []byte) string {
	sum := sha256.Sum256(b)
	return base64.StdEncoding.EncodeToString(sum[:])
}

func hexSum(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// ownEarlierTry: when the answer to a first try was lost, the second finds the object there. Equal checksums of sealed
// content mean that it is ours, for its key is random.
func (s *Store) ownEarlierTry(ctx context.Context, name, checksum string) error {
	info, err := s.client.StatObject(ctx, s.bucket, name, minio.StatObjectOptions{Checksum: true})
	if err != nil {
		return fmt.Errorf("put object: %w", translate(err))
	}
	if info.ChecksumSHA256 != checksum {
		return fmt.Errorf("put object: %w", ErrExists)
	}
	return nil
}

// Get gives the content of an object. Errors: media.ErrNotFound, media.ErrDamaged (nothing is returned then),
// media.ErrStoreDown.
func (s *Store) Get(ctx context.Context, name string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	body, _, _, err := s.client.GetObject(ctx, s.bucket, name, minio.GetObjectOptions{})
	if err != nil {
		return nil, fmt.Errorf("get object: %w", translate(err))
	}
	defer body.Close()
	limit := int64(sealedSize(maxContent))
	sealed, err := io.ReadAll(io.LimitReader(body, limit+1))
	if err != nil {
		return nil, fmt.Errorf("get object: %w", translate(err))
	}
	if int64(len(sealed)) > limit {
		return nil, fmt.Errorf("get object: %w: larger than anything that was put", media.ErrDamaged)
	}
	plain, err := s.keys.open(name, sealed)
	if err != nil {
		return nil, fmt.Errorf("get object: %w", err)
	}
	return plain, nil
}

// Delete removes an object; one that is not there is no error. Error: media.ErrStoreDown.
func (s *Store) Delete(ctx context.Context, name string) error {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	err := s.client.RemoveObject(ctx, s.bucket, name, minio.RemoveObjectOptions{})
	if err = translate(err); err != nil && !errors.Is(err, media.ErrNotFound) {
		return fmt.Errorf("delete object: %w", err)
	}
	return nil
}

// List calls visit with each name that begins with prefix. The sweeper uses it to find objects that no row names.
func (s *Store) List(ctx context.Context, prefix string, visit func(name string) error) error {
	ctx, cancel := context.WithTimeout(ctx, listTime)
	defer cancel()
	for o := range s.client.Client.ListObjects(ctx, s.bucket, minio.ListObjectsOptions{Prefix: prefix, Recursive: true}) {
		if o.Err != nil {
			return fmt.Errorf("list objects: %w", translate(o.Err))
		}
		if err := visit(o.Key); err != nil {
			return err
		}
	}
	return nil
}

// EnsureBucket makes the bucket where it is missing.
func (s *Store) EnsureBucket(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	err := s.client.MakeBucket(ctx, s.bucket, minio.MakeBucketOptions{})
	switch minio.ToErrorResponse(err).Code {
	case "BucketAlreadyOwnedByYou", "BucketAlreadyExists":
		return s.Ping(ctx)
	}
	if err != nil {
		return fmt.Errorf("make bucket: %w", translate(err))
	}
	return nil
}

// Ping asks whether the store answers and the bucket is ours; readiness asks it often, so it is quick to give up.
func (s *Store) Ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, pingTime)
	defer cancel()
	ok, err := s.client.BucketExists(ctx, s.bucket)
	if err != nil {
		return fmt.Errorf("ping object store: %w", translate(err))
	}
	if !ok {
		return fmt.Errorf("ping object store: %w: bucket is missing", media.ErrStoreDown)
	}
	return nil
}

// translate turns the library's errors into ours. Whatever is not a clear "no such object" means that the store cannot
// be used now, and that nothing may be concluded about the object. The library's text may hold the object's address:
// only its code is kept.
func translate(err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, context.Canceled) {
		return context.Canceled // the caller went away, the store is not to blame
	}
	answer := minio.ToErrorResponse(err)
	switch answer.Code {
	case "NoSuchKey":
		return media.ErrNotFound
	case "PreconditionFailed":
		return ErrExists
	case "":
		return fmt.Errorf("%w: %T", media.ErrStoreDown, err)
	default:
		return fmt.Errorf("%w: %s (%d)", media.ErrStoreDown, answer.Code, answer.StatusCode)
	}
}
