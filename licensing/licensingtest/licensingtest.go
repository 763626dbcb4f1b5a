// Package licensingtest makes the things that tests of licensing need, each the least that is valid: a resident, an officer, a
// licence, a picture's row and a complete draft, on a real database and with a clock that stands still. Everybody in it
// is invented.
package licensingtest

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"giahan/identity"
	identitystore "giahan/identity/store"
	"giahan/licensing"
	"giahan/licensing/audit"
	"giahan/licensing/casework"
	"giahan/licensing/jobs"
	"giahan/licensing/rules"
	"giahan/licensing/store"
	"giahan/media"
	mediastore "giahan/media/store"
)

// Office is the code of the office of everything made here.
const Office = "H27.12"

// Today is the day on which a new Clock stands: a Monday without a holiday near it.
var Today = licensing.Date{Year: 2026, Month: 11, Day: 23}

// Clock stands still until it is told to move. Several goroutines may read it.
type Clock struct {
	mu sync.Mutex
	at time.Time
}

// NewClock stands at nine in the morning of Today.
func NewClock() *Clock { return &Clock{at: Today.Time().Add(9 * time.Hour)} }

// Now is the moment at which the clock stands.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

// Add moves the clock.
func (c *Clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// last numbers people, so that each is somebody else.
var last atomic.Int64

// In runs f in a transaction and commits it.
func In(t testing.TB, pool *pgxpool.Pool, f func(tx pgx.Tx) error) {
	t.Helper()
	if err := pgx.BeginFunc(context.Background(), pool, f); err != nil {
		t.Fatal(err)
	}
}

// Resident writes a resident of level 2 and gives it.
func Resident(t testing.TB, pool *pgxpool.Pool, change ...func(*identity.Resident)) identity.Resident {
	t.Helper()
	n := last.Add(1)
	r := identity.Resident{ID: identity.ResidentID(uuid.New()), Issuer: "https://portal.test", Subject: fmt.Sprintf("resident-%d", n),
		PersonalNumber: identity.PersonalNumber(fmt.Sprintf("042176%06d", n)), FullName: "Trần Thị Hòa", BirthDate: "1976-08-12",
		Sex: identity.Female, Address: "Xã Thiên Cầm, Tỉnh Hà Tĩnh", Phone: "0912345678", Level: identity.LevelRequired}
	for _, c := range change {
		c(&r)
	}
	In(t, pool, func(tx pgx.Tx) (err error) {
		r, err = identitystore.UpsertResident(context.Background(), tx, r, NewClock().Now())
		return err
	})
	return r
}

// Officer writes an officer of Office and gives it.
func Officer(t testing.TB, pool *pgxpool.Pool, role identity.Role, change ...func(*identity.Officer)) identity.Officer {
	t.Helper()
	n := last.Add(1)
	o := identity.Officer{ID: identity.OfficerID(uuid.New()), Issuer: "https://staff.test", Subject: fmt.Sprintf("officer-%d", n),
		FullName: "Nguyễn Minh Đức", PersonalNumber: identity.PersonalNumber(fmt.Sprintf("042085%06d", n)), Roles: []identity.Role{role}, Office: Office, Active: true}
	for _, c := range change {
		c(&o)
	}
	In(t, pool, func(tx pgx.Tx) (err error) {
		if err = identitystore.InsertOfficer(context.Background(), tx, o, NewClock().Now()); err == nil {
			o, err = identitystore.OfficerBySubject(context.Background(), tx, o.Issuer, o.Subject)
		}
		return err
	})
	return o
}

// MayLook lets an officer see a case that is not theirs to work on, for as long as a test takes: they are signed in and have named a
// purpose.
func MayLook(t testing.TB, pool *pgxpool.Pool, officer uuid.UUID, ids ...licensing.ApplicationID) {
	t.Helper()
	SignedIn(t, pool, officer)
	In(t, pool, func(tx pgx.Tx) error {
		for _, id := range ids {
			if err := store.NamePurpose(context.Background(), tx, identity.OfficerID(officer), id, licensing.PurposeQuality, NewClock().Now().AddDate(10, 0, 0)); err != nil {
				return err
			}
		}
		return nil
	})
}

// SignedIn gives an officer the row of a session, where they have none, in the first of their roles.
func SignedIn(t testing.TB, pool *pgxpool.Pool, officer uuid.UUID) {
	t.Helper()
	id, now := identity.OfficerID(officer), NewClock().Now()
	var (
		there bool
		role  identity.Role
	)
	if err := pool.QueryRow(context.Background(), `select exists (select from sessions where officer_id = $1), (select roles[1] from officers where id = $1)`,
		officer).Scan(&there, &role); err != nil {
		t.Fatal(err)
	}
	if there {
		return
	}
	In(t, pool, func(tx pgx.Tx) error {
		return identitystore.CreateSession(context.Background(), tx, identity.Session{TokenHash: sha256.Sum256(officer[:]), Audience: identity.Officers,
			Officer: &identity.Officer{ID: id, Role: role}, AuthTime: now, CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(time.Hour)})
	})
}

// Licence is a plastic B2 of the old scheme that ends a month after Today.
func Licence(change ...func(*licensing.Licence)) licensing.Licence {
	l := licensing.Licence{Number: "421160045213", Card: licensing.CardPlastic, Issuer: "Sở GTVT Hà Tĩnh", IssuedOn: licensing.Date{Year: 2016, Month: 12, Day: 23},
		HolderName: "Trần Thị Hòa", HolderBirth: "1976-08-12", Points: 12,
		Classes: []licensing.HeldClass{{Class: "B2", PassedOn: licensing.Date{Year: 2016, Month: 12, Day: 1}, Expires: Today.AddMonths(1)}}}
	for _, c := range change {
		c(&l)
	}
	return l
}

// Upload writes the row of a picture; there is no object behind it.
func Upload(t testing.TB, pool *pgxpool.Pool, owner identity.ResidentID, kind media.Kind) media.UploadID {
	t.Helper()
	u := media.Upload{ID: media.UploadID(uuid.New()), Owner: uuid.UUID(owner), Kind: kind, Object: uuid.NewString(), Thumbnail: uuid.NewString(),
		SHA256: [32]byte{1}, Bytes: 1000, Width: 800, Height: 1200, CreatedAt: NewClock().Now()}
	if kind.KeepsOriginal() {
		u.Original, u.OriginalSum = uuid.NewString(), [32]byte{2}
	}
	In(t, pool, func(tx pgx.Tx) error { return mediastore.Insert(context.Background(), tx, u) })
	return u.ID
}

// Draft writes a draft of r that lacks nothing: class B, certificate, portrait and delivery by post.
func Draft(t testing.TB, pool *pgxpool.Pool, r identity.Resident, change ...func(*licensing.Application)) licensing.Application {
	t.Helper()
	health, portrait := Upload(t, pool, r.ID, media.HealthCertificate), Upload(t, pool, r.ID, media.Portrait)
	now := NewClock().Now()
	a := licensing.Application{ID: licensing.ApplicationID(uuid.New()), Resident: r.ID, Office: Office, State: licensing.Draft, Version: 1,
		Ground: licensing.Expiring, Choice: "B", Licence: Licence(), CreatedAt: now, UpdatedAt: now,
		Applicant: licensing.Applicant{PersonalNumber: r.PersonalNumber, FullName: r.FullName, BirthDate: r.BirthDate, Sex: string(r.Sex),
			Address: r.Address, Level: int(r.Level)},
		Contact: licensing.Contact{Phone: "+84912345678", Delivery: licensing.ByPost, Street: "Thôn Tân Phú", Commune: "18676"},
		Health:  licensing.Health{Number: "00001/GKSKLX/42001/26", SignedOn: Today.AddDays(-10), Class: "B2", Upload: &health}, Portrait: &portrait}
	for _, c := range change {
		c(&a)
	}
	In(t, pool, func(tx pgx.Tx) error {
		if err := store.Insert(context.Background(), tx, a); err != nil {
			return err
		}
		return store.Update(context.Background(), tx, &a)
	})
	return a
}

// Jobs is the real inserter of jobs: a client that works none.
func Jobs(t testing.TB, pool *pgxpool.Pool) *river.Client[pgx.Tx] {
	t.Helper()
	c, err := river.NewClient(riverpgxv5.New(pool), &river.Config{Schema: jobs.Schema})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Clerk moves cases by the embedded rule book, and signs with a key of this process.
func Clerk(t testing.TB, pool *pgxpool.Pool) casework.Clerk {
	t.Helper()
	return casework.Clerk{Jobs: Jobs(t, pool), Rules: rules.Embedded, Signer: Audit(t, pool)}
}

// officeKey is the office's key of this process, as its file would be.
var officeKey = sync.OnceValue(func() []byte {
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		panic(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
})

// Audit signs and keeps the list of histories.
func Audit(t testing.TB, pool *pgxpool.Pool) *audit.Service {
	t.Helper()
	signer, keys, err := audit.ParseKeys(officeKey())
	if err != nil {
		t.Fatal(err)
	}
	return &audit.Service{Pool: pool, Signer: signer, Keys: keys, Office: Office, Now: NewClock().Now}
}

// Read gives a case as the database has it.
func Read(t testing.TB, pool *pgxpool.Pool, id licensing.ApplicationID) licensing.Application {
	t.Helper()
	a, err := store.ByID(context.Background(), pool, id)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// History gives the history of a case, verified.
func History(t testing.TB, pool *pgxpool.Pool, id licensing.ApplicationID) []licensing.Entry {
	t.Helper()
	es, err := store.History(context.Background(), pool, id)
	if err != nil {
		t.Fatal(err)
	}
	if err := licensing.VerifyHistory(es); err != nil {
		t.Fatal(err)
	}
	return es
}

// Paid writes a case that is submitted and whose fee is paid: it waits for the first check.
func Paid(t testing.TB, pool *pgxpool.Pool, r identity.Resident, change ...func(*licensing.Application)) licensing.Application {
	t.Helper()
	a, clerk, now := Draft(t, pool, r, change...), Clerk(t, pool), NewClock().Now()
	ctx, payment := context.Background(), uuid.New()
	In(t, pool, func(tx pgx.Tx) error {
		n, err := store.NextNumber(ctx, tx, a.Office, Today)
		if err != nil {
			return err
		}
		d := clerk.Rules().Decide(licensing.Request{Procedure: licensing.Exchange, Applicant: a.Applicant, Licence: a.Licence, Ground: a.Ground, Choice: a.Choice, On: Today})
		a.Decision, a.Fee, a.SubmittedAt, a.Area = &d, d.Fee, &now, a.Contact.Commune
		if a.Code, err = licensing.NewCode(a.Office, Today, n, licensing.CodeWidth); err != nil {
			return err
		}
		if err := store.InsertPayment(ctx, tx, store.Payment{ID: payment, Application: a.ID, Amount: a.Fee, CreatedAt: now}); err != nil {
			return err
		}
		if err := store.SettlePayment(ctx, tx, payment, store.PaymentPaid, payment.String(), now); err != nil {
			return err
		}
		for _, s := range []casework.Step{{Actor: r.Actor(), Event: licensing.Submit}, {Actor: identity.System, Event: licensing.RequestFee},
			{Actor: r.Actor(), Event: licensing.StartPayment}, {Actor: identity.System, Event: licensing.ConfirmPayment}} {
			if s.Event == licensing.Submit && a.Health.Upload != nil {
				u, err := mediastore.ByID(ctx, tx, *a.Health.Upload)
				if err != nil {
					return err
				}
				s.Original = &u.OriginalSum
			}
			if s.At = now; s.Event == licensing.ConfirmPayment {
				a.PaidAt, a.ReplyBy = &now, licensing.Date{}
			}
			if _, err := clerk.Move(ctx, tx, &a, s); err != nil {
				return err
			}
		}
		return nil
	})
	return Read(t, pool, a.ID)
}
