package intake

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"giahan/cmd/sandbox/objectstore"
	"giahan/identity"
	"giahan/media"
	"giahan/media/blob"
	"giahan/media/photo"
	"giahan/migrations/dbtest"
)

// One real S3 store for all tests; each test has a bucket and a database of its own.
var objects *objectstore.Store

func TestMain(m *testing.M) {
	objectstore.RunChild()
	if sendInstead() {
		return
	}
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "giahan-intake-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	if objects, err = objectstore.Start(context.Background(), objectstore.Options{Dir: dir}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer objects.Stop(context.Background())
	return dbtest.Run(m)
}

var noon = time.Date(2026, 11, 23, 5, 0, 0, 0, time.UTC)

// house is a service over real stores, with a clock that stands still and a person who sends pictures.
type house struct {
	*Service
	pool   *pgxpool.Pool
	blob   *blob.Store
	bucket string
	me     identity.Actor
	now    time.Time
}

func newHouse(t testing.TB) *house {
	t.Helper()
	bucket := "pictures-" + uuid.NewString()
	b, err := blob.New(blob.Config{
		Endpoint: objects.Endpoint(), AccessKey: objects.AccessKey(), SecretKey: objects.SecretKey(),
		Bucket: bucket, MasterKey: bytes.Repeat([]byte{7}, 32),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.EnsureBucket(t.Context()); err != nil {
		t.Fatal(err)
	}
	h := &house{pool: dbtest.New(t), blob: b, bucket: bucket, now: noon}
	h.Service = &Service{Pool: h.pool, Blob: b, Gate: photo.NewGate(2), Now: func() time.Time { return h.now }, NewID: uuid.New}
	h.me = h.resident(t)
	return h
}

func (h *house) resident(t testing.TB) identity.Actor {
	t.Helper()
	id := uuid.New()
	_, err := h.pool.Exec(t.Context(), `
		insert into residents (id, issuer, subject, personal_number, person_hash, full_name, sex, level, created_at, updated_at)
		values ($1, 'test', $2, '\x01', '\x01', 'Trần Thị Hòa', 'F', 2, $3, $3)`, id, id.String(), noon)
	if err != nil {
		t.Fatal(err)
	}
	return identity.Resident{ID: identity.ResidentID(id), FullName: "Trần Thị Hòa"}.Actor()
}

// attach makes a draft that refers to the picture as its portrait.
func (h *house) attach(t testing.TB, id media.UploadID) {
	t.Helper()
	_, err := h.pool.Exec(t.Context(), `
		insert into applications (id, resident_id, office, state, version, ground, applicant, licence, choice, delivery,
			commune, portrait_upload, created_at, updated_at)
		values ($1, $2, 'H27.12', 'draft', 1, 'expiring', '\x01', '\x01', '', '', '', $3, $4, $4)`,
		uuid.New(), h.me.ID, uuid.UUID(id), noon)
	if err != nil {
		t.Fatal(err)
	}
}

// rows and names are what is kept in all.
func (h *house) rows(t testing.TB) (n int) {
	t.Helper()
	if err := h.pool.QueryRow(t.Context(), `select count(*) from uploads`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func (h *house) names(t testing.TB) (names []string) {
	t.Helper()
	err := h.blob.List(t.Context(), "", func(name string) error { names = append(names, name); return nil })
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// drawn is a JPEG that our own code has drawn; number makes it differ from others.
func drawn(_ testing.TB, w, h, number int) []byte {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.SetRGBA(x, y, color.RGBA{uint8(x), uint8(y + number), uint8((x/8 + y/8) * 40), 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		panic(err) // into memory, of a picture of our own
	}
	return b.Bytes()
}
