package audit_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"giahan/licensing"
	"giahan/licensing/audit"
)

// An honest database has no problem, also with lines that no head covers yet; and the numbers are those of the database.
func TestHonest(t *testing.T) {
	w := newWorld(t, 6)
	w.clock.Add(time.Hour)
	w.step(w.cases[4], licensing.Accept)
	var lines, decisions int
	err := w.pool.QueryRow(t.Context(), `select (select count(*) from application_events), (select count(*) from decision_signatures)`).Scan(&lines, &decisions)
	if err != nil {
		t.Fatal(err)
	}
	p := w.published()
	r := w.verify(p)
	if len(r.Problems) > 0 || r.Lines != lines || r.Listed != int64(lines-1) || r.Decisions != decisions || r.Cases != 6 || decisions != 9 {
		t.Errorf("%+v; the database has %d lines and %d decisions", r, lines, decisions)
	}
	if len(p.Heads) != 2 || p.Heads[0].Size == 0 || p.Heads[0].Size >= p.Heads[1].Size || p.Heads[0].Office != "H27.12" {
		t.Errorf("heads %+v", p.Heads)
	}
	w.extend() // the same day: nothing new is made
	if again := w.published(); len(again.Heads) != 2 {
		t.Errorf("%d heads after a second time on one day", len(again.Heads))
	}
	if r := w.verify(audit.Published{}); len(r.Problems) > 0 || r.Listed != 0 {
		t.Errorf("without a published list: %+v", r)
	}
}

// What is published can be had piece by piece, tells nothing of anybody, and is refused where it is not whole.
func TestPublished(t *testing.T) {
	w := newWorld(t, 3)
	text := string(w.text())
	for _, id := range w.cases {
		if strings.Contains(text, id.String()) {
			t.Error("a case's number is published")
		}
	}
	p := w.published()
	later, next, err := w.audit.Publish(t.Context(), p.Heads[0].Size)
	if err != nil || next != p.Heads[1].Size || !strings.HasSuffix(text, string(later)) || len(later) == 0 {
		t.Errorf("from the first head on: to %d, %v", next, err)
	}
	lines := strings.SplitAfter(text, "\n")
	join := func(l ...string) string { return strings.Join(l, "") }
	for name, bad := range map[string]string{
		"a line less":        join(lines[1:]...),
		"two lines swapped":  join(append([]string{lines[1], lines[0]}, lines[2:]...)...),
		"a line more":        text + lines[0],
		"an unknown word":    text + "tail x\n",
		"a head of another":  strings.Replace(text, "head e", "head f", 1),
		"a head twice":       text + lines[len(lines)-2],
		"a short hash":       "line AAAA\n" + text,
		"an endless line":    "line " + strings.Repeat("A", 1<<20) + "\n" + text,
		"a head cut off":     join(lines[:len(lines)-2]...),
		"the second as only": join(append(lines[:1:1], lines[len(lines)-2])...),
	} {
		if _, err := audit.ReadPublished(strings.NewReader(bad), w.audit.Keys); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, err := audit.ReadPublished(strings.NewReader(text), audit.Keys{}); err == nil {
		t.Error("accepted under no key")
	}
}

func key(t *testing.T) []byte {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}

// A new key signs from its day on; what the old one signed stays good as long as its public half is known.
func TestKeyRotation(t *testing.T) {
	w := newWorld(t, 5)
	old, err := w.audit.Keys.PEM()
	if err != nil {
		t.Fatal(err)
	}
	w.audit.Signer, w.audit.Keys, err = audit.ParseKeys(append(key(t), old...))
	if err != nil || len(w.audit.Keys) != 2 {
		t.Fatalf("%d keys: %v", len(w.audit.Keys), err)
	}
	w.clerk.Signer = w.audit
	w.clock.Add(24 * time.Hour)
	w.step(w.cases[3], licensing.Approve)
	w.step(w.cases[4], licensing.RefuseIntake)
	w.extend()
	if r := w.verify(w.published()); len(r.Problems) > 0 {
		t.Errorf("after the rotation: %s", words(r))
	}
	_, without, err := audit.ParseKeys(key(t))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := audit.ReadPublished(bytes.NewReader(w.text()), without); err == nil {
		t.Error("another office's key opens our heads")
	}
}

func TestParseKeys(t *testing.T) {
	good := key(t)
	for name, bad := range map[string][]byte{
		"nothing": nil, "text": []byte("secret"), "two private keys": append(key(t), good...), "text behind": append(key(t), "secret"...),
		"a certificate": pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("x")}),
		"damaged":       pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("x")}),
	} {
		if _, _, err := audit.ParseKeys(bad); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if signer, keys, err := audit.ParseKeys(good); signer == nil || len(keys) != 1 || err != nil {
		t.Errorf("a good one: %v", err)
	}
}

// A signature stands for one kind of thing, under one key, byte for byte.
func TestSignature(t *testing.T) {
	signer, keys, err := audit.ParseKeys(key(t))
	if err != nil {
		t.Fatal(err)
	}
	token, err := signer.Sign("giahan-head", []byte(`{"size":1}`))
	if err != nil {
		t.Fatal(err)
	}
	if said, err := keys.Open("giahan-head", token); err != nil || string(said) != `{"size":1}` {
		t.Errorf("%s, %v", said, err)
	}
	parts := strings.Split(token, ".")
	_, other, _ := audit.ParseKeys(key(t))
	for name, open := range map[string]func() ([]byte, error){
		"another kind": func() ([]byte, error) { return keys.Open("giahan-decision", token) },
		"another key":  func() ([]byte, error) { return other.Open("giahan-head", token) },
		"no signature": func() ([]byte, error) { return keys.Open("giahan-head", parts[0]+"."+parts[1]+".") },
		"changed":      func() ([]byte, error) { return keys.Open("giahan-head", parts[0]+".e30."+parts[2]) },
		"padding":      func() ([]byte, error) { return keys.Open("giahan-head", parts[0]+"=."+parts[1]+"."+parts[2]) },
		"nothing":      func() ([]byte, error) { return keys.Open("giahan-head", "") },
	} {
		if said, err := open(); err == nil {
			t.Errorf("%s: says %s", name, said)
		}
	}
}

// Nobody can have a changed list signed: the next head is refused.
func TestExtendRefusesAChangedList(t *testing.T) {
	for name, change := range map[string]string{
		"a line changed":  `update audit_list set line = sha256('x') where index = 1`,
		"the end cut off": `delete from audit_list where index >= 5`,
		"a line added":    `insert into audit_list select max(index) + 1, gen_random_uuid(), 1, sha256('x') from audit_list`,
		"the heads gone":  `delete from audit_heads`,
	} {
		w := newWorld(t, 2)
		w.exec(`set session_replication_role = replica; ` + change + `; reset session_replication_role`)
		w.clock.Add(24 * time.Hour)
		if err := w.audit.Extend(t.Context()); err == nil {
			t.Errorf("%s: signed", name)
		}
	}
}

// wipe does by hand what retention does (store.Wipe) as far as the history sees it, but writes a moment of its choice.
func wipe(ctx context.Context, tx pgx.Tx, id licensing.ApplicationID, at time.Time) error {
	if _, err := tx.Exec(ctx, `alter table applications drop constraint applications_content`); err != nil { // an open case cannot be wiped
		return err
	}
	_, err := tx.Exec(ctx, `update applications set wiped_at = $2, resident_id = null, applicant = null, licence = null, decision = null where id = $1`, uuid.UUID(id), at)
	if err == nil {
		_, err = tx.Exec(ctx, `delete from application_event_words where application_id = $1`, uuid.UUID(id))
	}
	return err
}

// A case counts as wiped only where its last line ended it long enough before, and not in time to come. Whoever writes another
// moment beside missing words is found, and the trigger lets nobody take the words of a case that has not ended long enough.
func TestWipedBeforeItsTime(t *testing.T) {
	w := newWorld(t, 6)
	p := w.published()
	closed, open := w.cases[2], w.cases[4]
	var last time.Time
	err := w.pool.QueryRow(t.Context(), `select max(at) from application_events where application_id = any($1)`, []uuid.UUID{uuid.UUID(closed), uuid.UUID(open)}).Scan(&last)
	if err != nil {
		t.Fatal(err)
	}
	end := last.Add(licensing.LeastKept)
	for name, try := range map[string]struct {
		id      licensing.ApplicationID
		at, now time.Time
		refused bool // by the trigger
		what    string
	}{
		"in its time":      {id: closed, at: end, now: end},
		"long after":       {id: closed, at: end.AddDate(20, 0, 0), now: end.AddDate(30, 0, 0)},
		"at once":          {id: closed, at: last, now: end.AddDate(1, 0, 0), refused: true, what: audit.Words},
		"too early":        {id: closed, at: end.Add(-time.Microsecond), now: end, refused: true, what: audit.Words},
		"in time to come":  {id: closed, at: end, now: end.Add(-time.Microsecond), what: audit.Words},
		"an open case":     {id: open, at: end, now: end, what: audit.Words},
		"only the content": {id: closed, at: last, now: end, refused: true, what: audit.Early},
	} {
		_ = w.still(t.Context(), func(tx pgx.Tx) error {
			var pg *pgconn.PgError
			if err := wipe(t.Context(), tx, try.id, try.at); errors.As(err, &pg) != try.refused || try.refused && pg.Code != "23001" {
				t.Errorf("%s: the trigger says %v", name, err)
			}
			return nil
		})
		err := w.still(t.Context(), func(tx pgx.Tx) error {
			_, err := tx.Exec(t.Context(), `set local session_replication_role = replica; create temporary table kept on commit drop as table application_event_words`)
			if err == nil {
				err = wipe(t.Context(), tx, try.id, try.at)
			}
			if err == nil && try.what == audit.Early {
				_, err = tx.Exec(t.Context(), `insert into application_event_words select * from kept on conflict do nothing`)
			}
			if err != nil {
				return err
			}
			r, err := audit.Verify(t.Context(), tx, p, w.audit.Keys, try.now)
			if (try.what == "") != (len(r.Problems) == 0) || try.what != "" && r.Problems[0].What != try.what {
				t.Errorf("%s: want %q, got %s", name, try.what, words(r))
			}
			return err
		})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A hash of another length than a hash's is a changed one, and ends no check.
func TestHashOfAnotherLength(t *testing.T) {
	w := newWorld(t, 2)
	p := w.published()
	for _, column := range []string{"hash", "prev_hash", "words_hash"} {
		for _, value := range []string{`substr(%s, 1, 31)`, `%s || '\x00'`, `''::bytea`} {
			w.tampered(p, audit.Changed, fmt.Sprintf(`alter table application_events drop constraint application_events_%[1]s_check;
				update application_events set %[1]s = `+strings.ReplaceAll(value, "%s", "%[1]s")+` where seq = 1 and application_id = '%[2]s'`, column, w.cases[0]))
		}
	}
	for _, value := range []string{`substr(salt, 1, 15)`, `salt || '\x00'`} {
		w.tampered(p, audit.Changed, fmt.Sprintf(`alter table application_event_words drop constraint application_event_words_salt_check;
			update application_event_words set salt = %s where seq = 1 and application_id = '%s'`, value, w.cases[0]))
	}
	for _, value := range []string{`substr(line, 1, 31)`, `line || '\x00'`} {
		w.exec(`set session_replication_role = replica; alter table audit_list drop constraint if exists audit_list_line_check;
			update audit_list set line = ` + value + ` where index = 1; reset session_replication_role`)
		if _, _, err := w.audit.Publish(t.Context(), 0); err == nil {
			t.Errorf("line = %s: published", value)
		}
		w.exec(`set session_replication_role = replica; update audit_list l set line = hash from application_events e
			where index = 1 and e.application_id = l.application_id and e.seq = l.seq; reset session_replication_role`)
	}
}

// tampered says what the check finds after a change, which it undoes.
func (w *world) tampered(p audit.Published, what, sql string) {
	w.t.Helper()
	err := w.still(w.t.Context(), func(tx pgx.Tx) error {
		if _, err := tx.Exec(w.t.Context(), `set local session_replication_role = replica; `+sql); err != nil {
			return err
		}
		r, err := audit.Verify(w.t.Context(), tx, p, w.audit.Keys, w.clock.Now())
		if len(r.Problems) == 0 || r.Problems[0].What != what {
			w.t.Errorf("%s: got %s", sql, words(r))
		}
		return err
	})
	if err != nil {
		w.t.Error(err)
	}
}

func (w *world) exec(sql string) {
	w.t.Helper()
	if _, err := w.pool.Exec(w.t.Context(), sql); err != nil {
		w.t.Fatal(err)
	}
}

// A case whose history is broken holds up no other: the head is made without it, and the error names it.
func TestExtendNamesABrokenCase(t *testing.T) {
	w := newWorld(t, 5)
	w.clock.Add(24 * time.Hour)
	w.step(w.cases[3], licensing.Approve)
	w.step(w.cases[4], licensing.RefuseIntake)
	w.exec(`set session_replication_role = replica; update application_events set note = 'x' where seq = 2 and application_id = '` + w.cases[3].String() + `'; reset session_replication_role`)
	before := w.published().Heads
	err := w.audit.Extend(t.Context())
	if err == nil || !strings.Contains(err.Error(), w.cases[3].String()) || strings.Contains(err.Error(), w.cases[4].String()) {
		t.Errorf("got %v", err)
	}
	if after := w.published().Heads; len(after) != len(before)+1 || after[len(after)-1].Size != before[len(before)-1].Size+1 {
		t.Errorf("heads %d, then %d", len(before), len(after))
	}
}
