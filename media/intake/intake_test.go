package intake

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/jpeg"
	"io"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"giahan/identity"
	"giahan/media"
	"giahan/media/store"
)

func TestTakeAndOpen(t *testing.T) {
	h := newHouse(t)
	u, err := h.Take(t.Context(), h.me, media.Portrait, bytes.NewReader(drawn(t, 600, 800, 0)))
	if err != nil {
		t.Fatal(err)
	}
	if u.Owner != h.me.ID || u.Kind != media.Portrait || u.Width != 600 || u.Height != 800 || !u.CreatedAt.Equal(noon) {
		t.Errorf("upload %+v", u)
	}
	for form, want := range map[media.Form]image.Point{media.Whole: {600, 800}, media.Thumbnail: {240, 320}, media.Print: {600, 800}} {
		got, b, err := h.Open(t.Context(), u.ID, form)
		if err != nil || got.ID != u.ID || got.SHA256 != u.SHA256 || got.Look != u.Look {
			t.Fatalf("%s: %v", form, err)
		}
		cfg, err := jpeg.DecodeConfig(bytes.NewReader(b))
		if err != nil || cfg.Width != want.X || cfg.Height != want.Y {
			t.Errorf("%s: %d x %d, want %v; %v", form, cfg.Width, cfg.Height, want, err)
		}
	}
	if names := h.names(t); len(names) != 3 || strings.Contains(strings.Join(names, " "), h.me.ID.String()) {
		t.Errorf("objects %v", names)
	}
}

func TestOnlyResidentsSendPictures(t *testing.T) {
	h := newHouse(t)
	for _, actor := range []identity.Actor{{}, identity.System, {Role: identity.RoleExaminer, ID: uuid.New()}} {
		if _, err := h.Take(t.Context(), actor, media.Portrait, bytes.NewReader(drawn(t, 400, 400, 0))); !errors.Is(err, identity.ErrForbidden) {
			t.Errorf("%s: %v", actor.Role, err)
		}
	}
	if _, err := h.Take(t.Context(), h.me, "passport", bytes.NewReader(drawn(t, 400, 400, 0))); !errors.Is(err, identity.ErrForbidden) {
		t.Errorf("unknown kind: %v", err)
	}
}

func TestBadPicturesLeaveNothing(t *testing.T) {
	h := newHouse(t)
	cut := errors.New("the phone went away")
	good := drawn(t, 600, 800, 0)
	for name, c := range map[string]struct {
		r    io.Reader
		want error
	}{
		"nothing":       {strings.NewReader(""), media.ErrNoFile},
		"text":          {strings.NewReader("hello"), media.ErrType},
		"half a file":   {bytes.NewReader(good[:len(good)/2]), media.ErrUnreadable},
		"endless":       {endless{}, media.ErrTooBig},
		"too small":     {bytes.NewReader(drawn(t, 200, 200, 0)), media.ErrDimensions},
		"broken stream": {io.MultiReader(bytes.NewReader(good), iotest.ErrReader(cut)), cut},
	} {
		if _, err := h.Take(t.Context(), h.me, media.Portrait, c.r); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if n, names := h.rows(t), h.names(t); n != 0 || len(names) != 0 {
		t.Errorf("left behind: %d rows, objects %v", n, names)
	}
}

// endless never stops sending, as a body of unknown length may.
type endless struct{}

func (endless) Read(b []byte) (int, error) { return len(b), nil }

// The limit itself is allowed, one byte more is not, and not much more than that is read.
func TestReadingStopsAtTheLimit(t *testing.T) {
	in := &counting{r: endless{}}
	if _, err := receive(in); !errors.Is(err, media.ErrTooBig) {
		t.Fatal(err)
	}
	if in.n != media.MaxBytes+1 {
		t.Errorf("%d bytes read, want %d", in.n, media.MaxBytes+1)
	}
	s, err := receive(io.LimitReader(endless{}, media.MaxBytes))
	if err != nil {
		t.Fatalf("exactly the limit: %v", err)
	}
	s.Close()
}

type counting struct {
	r io.Reader
	n int64
}

func (c *counting) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.n += int64(n)
	return n, err
}

func TestSpoolHidesItsContent(t *testing.T) {
	plain := drawn(t, 600, 800, 0)
	s, err := receive(bytes.NewReader(plain))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	onDisk := make([]byte, len(plain))
	if _, err := s.file.ReadAt(onDisk, 0); err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(onDisk[:8], plain[:8]) || bytes.Equal(onDisk, plain) {
		t.Error("the spool holds the picture openly")
	}
	for range 2 {
		if b, err := s.load(); err != nil || !bytes.Equal(b, plain) {
			t.Errorf("load: %v", err)
		}
	}
}

// Slow uploads of several megabytes wait on disk, not in memory.
func TestWaitingUploadsTakeLittleMemory(t *testing.T) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for range 20 {
		s, err := receive(io.LimitReader(endless{}, 8<<20))
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 4<<20 {
		t.Errorf("20 waiting uploads of 8 MB hold %d bytes of memory", grown)
	}
}

func TestQuotaIsPerPersonAndDay(t *testing.T) {
	h := newHouse(t)
	picture := drawn(t, 320, 320, 0)
	for i := range media.PerDayFiles {
		if _, err := h.Take(t.Context(), h.me, media.Portrait, bytes.NewReader(picture)); err != nil {
			t.Fatalf("picture %d: %v", i+1, err)
		}
	}
	untouched := &counting{r: bytes.NewReader(picture)}
	if _, err := h.Take(t.Context(), h.me, media.Portrait, untouched); !errors.Is(err, media.ErrQuota) || untouched.n != 0 {
		t.Errorf("over the quota: %v after %d bytes", err, untouched.n)
	}
	if _, err := h.Take(t.Context(), h.resident(t), media.Portrait, bytes.NewReader(picture)); err != nil {
		t.Errorf("another person: %v", err)
	}
	h.now = noon.Add(quotaWindow + time.Second)
	if _, err := h.Take(t.Context(), h.me, media.Portrait, bytes.NewReader(picture)); err != nil {
		t.Errorf("the next day: %v", err)
	}
}

// Eight pictures arrive at their last step together, with room for two.
func TestQuotaHoldsForPicturesSentAtOnce(t *testing.T) {
	h := newHouse(t)
	picture := drawn(t, 320, 320, 0)
	for range media.PerDayFiles - 2 {
		if _, err := h.Take(t.Context(), h.me, media.Portrait, bytes.NewReader(picture)); err != nil {
			t.Fatal(err)
		}
	}
	const many = 8
	start := &together{Pool: h.pool}
	start.missing.Add(many)
	h.Service.Pool = start
	var wg sync.WaitGroup
	for range many {
		wg.Go(func() {
			_, err := h.Take(context.WithValue(t.Context(), begun{}, new(int)), h.me, media.Portrait, bytes.NewReader(picture))
			if err != nil && !errors.Is(err, media.ErrQuota) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n, names := h.rows(t), h.names(t); n != media.PerDayFiles || len(names) != 3*n {
		t.Errorf("%d rows and %d objects, want %d and three times that", n, len(names), media.PerDayFiles)
	}
}

// together lets the second transactions, which write the rows, begin only when all who are expected have come.
type together struct {
	Pool
	missing sync.WaitGroup
}

// begun counts in a context how many transactions somebody has begun.
type begun struct{}

func (p *together) Begin(ctx context.Context) (pgx.Tx, error) {
	tx, err := p.Pool.Begin(ctx)
	n := ctx.Value(begun{}).(*int)
	if *n++; *n < 2 {
		return tx, err
	}
	p.missing.Done()
	p.missing.Wait()
	return tx, err
}

func TestOpenNoticesDamage(t *testing.T) {
	h := newHouse(t)
	u, err := h.Take(t.Context(), h.me, media.Portrait, bytes.NewReader(drawn(t, 400, 400, 0)))
	if err != nil {
		t.Fatal(err)
	}
	// Somebody with the keys puts another picture in its place.
	if err := h.blob.Delete(t.Context(), u.Object); err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.Open(t.Context(), u.ID, media.Whole); !errors.Is(err, media.ErrDamaged) || errors.Is(err, media.ErrNotFound) {
		t.Errorf("object missing: %v", err)
	}
	if err := h.blob.Put(t.Context(), u.Object, drawn(t, 400, 400, 9)); err != nil {
		t.Fatal(err)
	}
	if _, b, err := h.Open(t.Context(), u.ID, media.Whole); !errors.Is(err, media.ErrDamaged) || b != nil {
		t.Errorf("another picture: %v", err)
	}
	if found, err := h.Find(t.Context(), u.ID); err != nil || found.Owner != h.me.ID || found.Object != u.Object {
		t.Errorf("find without the object: %+v, %v", found, err)
	}
	if _, err := h.Find(t.Context(), media.UploadID(uuid.New())); !errors.Is(err, media.ErrNotFound) {
		t.Errorf("find nothing: %v", err)
	}
	if _, _, err := h.Open(t.Context(), media.UploadID(uuid.New()), media.Whole); !errors.Is(err, media.ErrNotFound) {
		t.Errorf("unknown id: %v", err)
	}
}

// broken is the real store with one call that fails.
type broken struct {
	Blob
	puts   int // fail at this put, counted from 1
	delete bool
}

func (b *broken) Put(ctx context.Context, name string, plain []byte) error {
	if b.puts--; b.puts == 0 {
		return media.ErrStoreDown
	}
	return b.Blob.Put(ctx, name, plain)
}

func (b *broken) Delete(ctx context.Context, name string) error {
	if b.delete {
		return media.ErrStoreDown
	}
	return b.Blob.Delete(ctx, name)
}

func TestStoreDownLeavesNoHalfPicture(t *testing.T) {
	for _, at := range []int{1, 2} {
		h := newHouse(t)
		h.Service.Blob = &broken{Blob: h.blob, puts: at}
		_, err := h.Take(t.Context(), h.me, media.Portrait, bytes.NewReader(drawn(t, 400, 400, 0)))
		if !errors.Is(err, media.ErrStoreDown) {
			t.Errorf("put %d: %v", at, err)
		}
		if n, names := h.rows(t), h.names(t); n != 0 || len(names) != 0 {
			t.Errorf("put %d left %d rows and objects %v", at, n, names)
		}
	}
}

// The database refuses the row (a trigger for this one person), and the objects go again.
func TestRowRefusedRemovesObjects(t *testing.T) {
	h := newHouse(t)
	_, err := h.pool.Exec(t.Context(), `
		create function refuse() returns trigger language plpgsql as $$ begin raise exception 'refused by the test'; end $$;
		create trigger refuse before insert on uploads for each row execute function refuse()`)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Take(t.Context(), h.me, media.Portrait, bytes.NewReader(drawn(t, 400, 400, 0))); err == nil {
		t.Fatal("taken")
	}
	if names := h.names(t); len(names) != 0 {
		t.Errorf("objects left: %v", names)
	}
}

// The commit succeeds and its answer is lost: the row stands, so its objects must stay.
func TestLostCommitKeepsObjects(t *testing.T) {
	h := newHouse(t)
	h.Service.Pool = &lostCommit{Pool: h.pool}
	if _, err := h.Take(t.Context(), h.me, media.Portrait, bytes.NewReader(drawn(t, 400, 400, 0))); err == nil {
		t.Fatal("the answer was not lost")
	}
	if n, names := h.rows(t), h.names(t); n != 1 || len(names) != 3 {
		t.Errorf("%d rows, objects %v; want one picture whole", n, names)
	}
}

// lostCommit loses the answer to all commits but the first, which notes the try.
type lostCommit struct {
	Pool
	begun int
}

func (p *lostCommit) Begin(ctx context.Context) (pgx.Tx, error) {
	tx, err := p.Pool.Begin(ctx)
	if p.begun++; p.begun == 1 {
		return tx, err
	}
	return lostTx{tx}, err
}

type lostTx struct{ pgx.Tx }

func (tx lostTx) Commit(ctx context.Context) error {
	return errors.Join(tx.Tx.Commit(ctx), errors.New("answer to commit was lost"))
}

func TestRequestThatEndsIsCleanedUp(t *testing.T) {
	h := newHouse(t)
	ctx, cancel := context.WithCancel(t.Context())
	h.Service.Blob = &leaving{Blob: h.blob, cancel: cancel}
	if _, err := h.Take(ctx, h.me, media.Portrait, bytes.NewReader(drawn(t, 400, 400, 0))); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if n, names := h.rows(t), h.names(t); n != 0 || len(names) != 0 {
		t.Errorf("%d rows, objects %v", n, names)
	}
}

// leaving is the real store, after whose first put the person closes the browser.
type leaving struct {
	Blob
	cancel context.CancelFunc
}

func (l *leaving) Put(ctx context.Context, name string, plain []byte) error {
	defer l.cancel()
	return l.Blob.Put(ctx, name, plain)
}

func BenchmarkTake(b *testing.B) {
	h := newHouse(b)
	picture := drawn(b, 2000, 1500, 0)
	b.SetBytes(int64(len(picture)))
	for i := 0; b.Loop(); i++ {
		h.now = h.now.Add(quotaWindow / (media.PerDayFiles - 1))
		if _, err := h.Take(b.Context(), h.me, media.Portrait, bytes.NewReader(picture)); err != nil {
			b.Fatal(err)
		}
	}
}

var _ store.Querier = Pool(nil)

// What is refused costs as much as what is kept, so it counts; a day later it is forgotten.
func TestTriesAreCounted(t *testing.T) {
	h := newHouse(t)
	try := func() error {
		_, err := h.Take(t.Context(), h.me, media.Portrait, strings.NewReader("this is no picture"))
		return err
	}
	for i := range triesPerDay {
		if err := try(); !errors.Is(err, media.ErrType) {
			t.Fatalf("try %d: %v", i+1, err)
		}
	}
	if err := try(); !errors.Is(err, media.ErrQuota) {
		t.Errorf("one more: %v", err)
	}
	h.now = noon.Add(quotaWindow + time.Second)
	if err := try(); !errors.Is(err, media.ErrType) {
		t.Errorf("a day later: %v", err)
	}
	if _, err := h.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	var n int
	if err := h.pool.QueryRow(t.Context(), `select count(*) from upload_tries`).Scan(&n); err != nil || n != 1 {
		t.Errorf("%d tries are kept, %v", n, err)
	}
}
