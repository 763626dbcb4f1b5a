package store

import (
	"crypto/sha256"
	"errors"
	"reflect"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"giahan/media"
	"giahan/migrations/dbtest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

var noon = time.Date(2026, 11, 23, 5, 0, 0, 0, time.UTC)

// resident is the least row that a picture can belong to.
func resident(t *testing.T, pool *pgxpool.Pool) uuid.UUID {
	t.Helper()
	id := uuid.New()
	_, err := pool.Exec(t.Context(), `
		insert into residents (id, issuer, subject, personal_number, person_hash, full_name, sex, level, created_at, updated_at)
		values ($1, 'test', $2, '\x01', '\x01', 'Trần Thị Hòa', 'F', 2, $3, $3)`, id, id.String(), noon)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// draft is the least application; its pictures may be nil.
func draft(t *testing.T, pool *pgxpool.Pool, owner uuid.UUID, portrait, health *media.UploadID) {
	t.Helper()
	_, err := pool.Exec(t.Context(), `
		insert into applications (id, resident_id, office, state, version, ground, applicant, licence, choice, delivery,
			commune, health_upload, portrait_upload, created_at, updated_at)
		values ($1, $2, 'H27.12', 'draft', 1, 'expiring', '\x01', '\x01', '', '', '', $3, $4, $5, $5)`,
		uuid.New(), owner, (*uuid.UUID)(health), (*uuid.UUID)(portrait), noon)
	if err != nil {
		t.Fatal(err)
	}
}

func upload(owner uuid.UUID, at time.Time) media.Upload {
	id := uuid.New()
	return media.Upload{
		ID: media.UploadID(id), Owner: owner, Kind: media.Portrait, Object: "o/" + id.String(), Thumbnail: "t/" + id.String(), Print: "p/" + id.String(),
		PrintSum: sha256.Sum256([]byte("print")), Original: "r/" + id.String(), OriginalSum: sha256.Sum256([]byte("original")), Code: "what stands on it", Look: media.Look{1, 2, 3, 0xff},
		SHA256: sha256.Sum256(id[:]), Bytes: 123456, Width: 1200, Height: 1600,
		Verdicts: []media.Verdict{media.Blurred, media.WrongBackground}, CreatedAt: at,
	}
}

func write(t *testing.T, pool *pgxpool.Pool, do func(pgx.Tx) error) {
	t.Helper()
	if err := pgx.BeginFunc(t.Context(), pool, do); err != nil {
		t.Fatal(err)
	}
}

func insert(t *testing.T, pool *pgxpool.Pool, u media.Upload) {
	t.Helper()
	write(t, pool, func(tx pgx.Tx) error { return Insert(t.Context(), tx, u) })
}

func TestThereAndBack(t *testing.T) {
	pool := dbtest.New(t)
	want := upload(resident(t, pool), noon)
	insert(t, pool, want)
	got, err := ByID(t.Context(), pool, want.ID)
	if err != nil {
		t.Fatal(err)
	}
	got.CreatedAt = got.CreatedAt.UTC()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if _, err := ByID(t.Context(), pool, media.UploadID(uuid.New())); !errors.Is(err, media.ErrNotFound) {
		t.Errorf("unknown id: %v", err)
	}
}

func TestNoVerdictsIsAnEmptyList(t *testing.T) {
	pool := dbtest.New(t)
	u := upload(resident(t, pool), noon)
	u.Verdicts = nil
	insert(t, pool, u)
	if got, err := ByID(t.Context(), pool, u.ID); err != nil || len(got.Verdicts) != 0 {
		t.Errorf("%v, %v", got.Verdicts, err)
	}
}

func TestReplaceKeepsTheFirstTime(t *testing.T) {
	pool := dbtest.New(t)
	u := upload(resident(t, pool), noon)
	insert(t, pool, u)
	for _, at := range []time.Time{noon.Add(time.Hour), noon.Add(2 * time.Hour)} {
		write(t, pool, func(tx pgx.Tx) error { return Replace(t.Context(), tx, u.ID, at) })
	}
	got, err := ByID(t.Context(), pool, u.ID)
	if err != nil || got.ReplacedAt == nil || !got.ReplacedAt.Equal(noon.Add(time.Hour)) {
		t.Errorf("%v, %v", got.ReplacedAt, err)
	}
	err = pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
		return Replace(t.Context(), tx, media.UploadID(uuid.New()), noon)
	})
	if !errors.Is(err, media.ErrNotFound) {
		t.Errorf("unknown id: %v", err)
	}
}

func TestCountTodayIsPerPersonAndTime(t *testing.T) {
	pool := dbtest.New(t)
	me, other := resident(t, pool), resident(t, pool)
	for _, u := range []media.Upload{upload(me, noon), upload(me, noon.Add(-time.Hour)), upload(me, noon.Add(-time.Hour-time.Second)), upload(other, noon)} {
		insert(t, pool, u)
	}
	if n, err := CountToday(t.Context(), pool, me, noon.Add(-time.Hour)); err != nil || n != 2 {
		t.Errorf("%d, %v; want 2", n, err)
	}
}

func TestOrphansAreOldAndUnreferenced(t *testing.T) {
	pool := dbtest.New(t)
	me, other := resident(t, pool), resident(t, pool)
	old := noon.Add(-48 * time.Hour)
	lonely, young, portrait, health, replacedLong, replacedJustNow := upload(me, old), upload(me, noon), upload(me, old), upload(other, old), upload(me, old.Add(time.Second)), upload(me, old)
	for _, u := range []media.Upload{lonely, young, portrait, health, replacedLong, replacedJustNow} {
		insert(t, pool, u)
	}
	write(t, pool, func(tx pgx.Tx) error { return Replace(t.Context(), tx, replacedLong.ID, old.Add(time.Hour)) })
	write(t, pool, func(tx pgx.Tx) error { return Replace(t.Context(), tx, replacedJustNow.ID, noon) })
	draft(t, pool, me, &portrait.ID, nil)
	draft(t, pool, other, nil, &health.ID)
	got, err := Orphans(t.Context(), pool, noon.Add(-24*time.Hour), 10)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got[0].ID != lonely.ID || got[1].ID != replacedLong.ID {
		t.Errorf("orphans %v, want %s and %s", got, lonely.ID, replacedLong.ID)
	}
	if got, err := Orphans(t.Context(), pool, noon.Add(-24*time.Hour), 1); err != nil || len(got) != 1 {
		t.Errorf("limit of one: %d, %v", len(got), err)
	}
}

func TestDeleteLeavesWhatACaseRefersTo(t *testing.T) {
	pool := dbtest.New(t)
	me := resident(t, pool)
	used, unused := upload(me, noon), upload(me, noon)
	insert(t, pool, used)
	insert(t, pool, unused)
	draft(t, pool, me, &used.ID, nil)
	remove := func(id media.UploadID) error {
		return pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error { return Delete(t.Context(), tx, id) })
	}
	if err := remove(used.ID); !errors.Is(err, ErrInUse) {
		t.Errorf("used: %v", err)
	}
	if err := remove(unused.ID); err != nil {
		t.Errorf("unused: %v", err)
	}
	if err := remove(unused.ID); !errors.Is(err, media.ErrNotFound) {
		t.Errorf("twice: %v", err)
	}
	if _, err := ByID(t.Context(), pool, used.ID); err != nil {
		t.Errorf("the used picture: %v", err)
	}
}

func TestUnknownNames(t *testing.T) {
	pool := dbtest.New(t)
	u := upload(resident(t, pool), noon)
	insert(t, pool, u)
	got, err := Unknown(t.Context(), pool, []string{u.Object, "stray", u.Thumbnail})
	if err != nil || !reflect.DeepEqual(got, []string{"stray"}) {
		t.Errorf("%v, %v", got, err)
	}
	if got, err := Unknown(t.Context(), pool, nil); err != nil || len(got) != 0 {
		t.Errorf("no names: %v, %v", got, err)
	}
}

// Without the lock, transactions that count and then insert all see the same count.
func TestLockOwnerMakesCountingAndInsertingOneStep(t *testing.T) {
	pool := dbtest.New(t)
	me := resident(t, pool)
	var kept atomic.Int32
	var wg sync.WaitGroup
	for range 12 {
		wg.Go(func() {
			err := pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
				if err := LockOwner(t.Context(), tx, me); err != nil {
					return err
				}
				n, err := CountToday(t.Context(), tx, me, noon)
				if err != nil || n >= 5 {
					return err
				}
				kept.Add(1)
				return Insert(t.Context(), tx, upload(me, noon))
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if kept.Load() != 5 {
		t.Errorf("%d kept, want 5", kept.Load())
	}
}

// A picture from before is nobody's orphan while its case is open, and for a while after.
func TestFormerPicturesStayWithTheirCase(t *testing.T) {
	pool := dbtest.New(t)
	me := resident(t, pool)
	former, now := upload(me, noon), upload(me, noon)
	insert(t, pool, former)
	insert(t, pool, now)
	draft(t, pool, me, &now.ID, nil)
	write(t, pool, func(tx pgx.Tx) error {
		_, err := tx.Exec(t.Context(), `insert into former_pictures (upload, application_id, item, replaced_at) select $1, id, 'portrait', $2 from applications`, uuid.UUID(former.ID), noon)
		return err
	})
	orphans := func() int {
		o, err := Orphans(t.Context(), pool, noon.AddDate(1, 0, 0), 10)
		if err != nil {
			t.Fatal(err)
		}
		return len(o)
	}
	release := func() {
		write(t, pool, func(tx pgx.Tx) error { return ReleaseFormer(t.Context(), tx, noon.Add(time.Hour)) })
	}
	release()
	if n := orphans(); n != 0 {
		t.Errorf("%d orphans while the case is open", n)
	}
	if err := pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error { return Delete(t.Context(), tx, former.ID) }); !errors.Is(err, ErrInUse) {
		t.Errorf("deleted: %v", err)
	}
	for _, at := range []time.Time{noon.Add(2 * time.Hour), noon} {
		write(t, pool, func(tx pgx.Tx) error {
			_, err := tx.Exec(t.Context(), `update applications set state = 'refused', code = 'H27-1', submitted_at = $1, decision = '\x01', updated_at = $1`, at)
			return err
		})
		release()
		if n, want := orphans(), map[bool]int{true: 0, false: 1}[at.After(noon)]; n != want {
			t.Errorf("case ended at %s: %d orphans, want %d", at, n, want)
		}
	}
}

func TestListsOfUploads(t *testing.T) {
	pool := dbtest.New(t)
	if at, err := First(t.Context(), pool); err != nil || !at.IsZero() {
		t.Errorf("the first of none: %v, %v", at, err)
	}
	me := resident(t, pool)
	for day := range 5 {
		insert(t, pool, upload(me, noon.AddDate(0, 0, day)))
	}
	var after uuid.UUID
	seen := 0
	for {
		some, err := After(t.Context(), pool, after, 2)
		if err != nil {
			t.Fatal(err)
		}
		if seen += len(some); len(some) < 2 {
			break
		}
		after = uuid.UUID(some[1].ID)
	}
	between, err := MadeBetween(t.Context(), pool, noon.AddDate(0, 0, 1), noon.AddDate(0, 0, 3))
	first, errFirst := First(t.Context(), pool)
	if seen != 5 || len(between) != 2 || err != nil || errFirst != nil || !first.Equal(noon) {
		t.Errorf("%d in all, %d between, first %v; %v %v", seen, len(between), first, err, errFirst)
	}
}
