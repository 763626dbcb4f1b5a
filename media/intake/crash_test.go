package intake

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"giahan/identity"
	"giahan/media"
	"giahan/media/blob"
	"giahan/media/photo"
	"giahan/media/store"
	"giahan/migrations/dbtest"
)

// So many times the process is killed; GIAHAN_TEST_CRASHES asks for more (a hundred take two minutes).
const crashes = 8

// sender is what the process that is killed needs to know.
type sender struct {
	Database, Endpoint, AccessKey, SecretKey, Bucket string
	Resident, Application                            uuid.UUID
	Now                                              time.Time
}

const senderVariable = "GIAHAN_TEST_SENDER"

// A process that sends pictures and attaches them to a case is killed at any moment, again and again. Whatever it was doing, the
// case refers to a whole picture, and after the sweep nothing lies in the store that no row names.
func TestKilledAtAnyMoment(t *testing.T) {
	rounds := crashes
	_, _ = fmt.Sscan(os.Getenv("GIAHAN_TEST_CRASHES"), &rounds)
	h := newHouse(t)
	h.attach(t, h.take(t).ID)
	c := h.pool.Config().ConnConfig
	s := sender{Database: fmt.Sprintf("host='%s' port=%d user='%s' password='%s' dbname='%s'", c.Host, c.Port, c.User, c.Password, c.Database),
		Endpoint: objects.Endpoint(), AccessKey: objects.AccessKey(), SecretKey: objects.SecretKey(),
		Bucket: h.bucket, Resident: h.me.ID, Now: noon}
	if err := h.pool.QueryRow(t.Context(), `select id from applications`).Scan(&s.Application); err != nil {
		t.Fatal(err)
	}
	for range rounds {
		killed(t, s)
		if _, err := h.pool.Exec(t.Context(), `update uploads set created_at = created_at - interval '2 days' where id not in (select portrait_upload from applications)
			and id not in (select health_upload from applications where health_upload is not null)`); err != nil {
			t.Fatal(err) // or the day's quota ends the test
		}
		var current uuid.UUID
		var certificate *uuid.UUID
		if err := h.pool.QueryRow(t.Context(), `select portrait_upload, health_upload from applications`).Scan(&current, &certificate); err != nil {
			t.Fatal(err)
		}
		if certificate != nil {
			if _, _, err := h.OpenOriginal(t.Context(), media.UploadID(*certificate)); err != nil {
				t.Errorf("the case refers to a certificate whose original cannot be opened: %v", err)
			}
		}
		for _, form := range []media.Form{media.Whole, media.Thumbnail, media.Print} {
			if _, _, err := h.Open(t.Context(), media.UploadID(current), form); err != nil {
				t.Errorf("the case refers to a picture whose %s cannot be opened: %v", form, err)
			}
		}
	}
	before := len(h.names(t))
	h.now = noon.Add(3 * 24 * time.Hour)
	done, err := h.Sweep(t.Context())
	if err != nil || len(done.Missing) != 0 {
		t.Errorf("%+v, %v", done, err)
	}
	if done.Uploads == 0 {
		t.Error("the sender never came to send anything")
	}
	var left []string
	uploads, err := store.After(t.Context(), h.pool, uuid.UUID{}, 1000)
	for _, u := range uploads {
		left = append(left, u.Objects()...)
	}
	if names := h.names(t); err != nil || !sameSet(names, left) || len(uploads) > 2 {
		t.Errorf("%d rows and %d objects are left, %v", len(uploads), len(names), err)
	}
	t.Logf("%d kills: of %d objects the sweep removed %d pictures with their rows and %d strays", rounds, before, done.Uploads, done.Strays)
}

// killed starts a sender and kills it at a random moment while it works.
func killed(t *testing.T, s sender) {
	t.Helper()
	work, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0], "-test.run", "^$")
	cmd.Env = append(os.Environ(), senderVariable+"="+string(work))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "sending\n" {
		t.Errorf("the sender says %q, %v", line, err)
	}
	time.Sleep(time.Duration(rand.IntN(400)) * time.Millisecond) // the one place where a moment must be arbitrary
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
}

// send takes pictures in and attaches each, until somebody kills it.
func send(work string) error {
	var s sender
	if err := json.Unmarshal([]byte(work), &s); err != nil {
		return err
	}
	ctx := context.Background()
	config, err := pgxpool.ParseConfig(s.Database)
	if err != nil {
		return err
	}
	config.AfterConnect = func(_ context.Context, conn *pgx.Conn) error { dbtest.Keys.Teach(conn.TypeMap()); return nil }
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return err
	}
	b, err := blob.New(blob.Config{Endpoint: s.Endpoint, AccessKey: s.AccessKey, SecretKey: s.SecretKey, Bucket: s.Bucket, MasterKey: bytes.Repeat([]byte{7}, 32)})
	if err != nil {
		return err
	}
	service := &Service{Pool: pool, Blob: b, Gate: photo.NewGate(1), Now: func() time.Time { return s.Now }, NewID: uuid.New}
	actor := identity.Resident{ID: identity.ResidentID(s.Resident)}.Actor()
	picture := drawn(nil, 320, 320, 0)
	fmt.Println("sending")
	for {
		for kind, attach := range map[media.Kind]string{media.Portrait: `update applications set portrait_upload = $1 where id = $2`,
			media.HealthCertificate: `update applications set health_upload = $1 where id = $2`} {
			u, err := service.Take(ctx, actor, kind, bytes.NewReader(picture))
			if err != nil {
				return err
			}
			err = pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
				_, err := tx.Exec(ctx, attach, uuid.UUID(u.ID), s.Application)
				return err
			})
			if err != nil {
				return err
			}
		}
	}
}

// sendInstead says whether this process is a sender.
func sendInstead() bool {
	work := os.Getenv(senderVariable)
	if work == "" {
		return false
	}
	if err := send(work); err != nil {
		fmt.Fprintln(os.Stderr, "sender:", err)
	}
	return true
}
