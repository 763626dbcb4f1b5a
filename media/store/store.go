// Package store holds the SQL of uploads. Writes take a transaction, so that writing outside of one does not compile.
package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"giahan/identity/vault"
	"giahan/media"
)

// Querier is what reading needs: a pool, a connection or a transaction.
type Querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// ErrInUse says that an application refers to the upload, so it stays.
var ErrInUse = errors.New("upload is in use")

// uploadCode is sealed: a code on a certificate holds what stands on it.
const uploadCode vault.Column = "uploads.code"

// Sealed is how uploads are brought under another master key.
var Sealed = []vault.Table{{Columns: []vault.Column{uploadCode},
	Read:  `select ctid::text, id, code from uploads where id > $1 and substring(code for 9) <> $3 order by id limit $2 for update`,
	Write: `update uploads set code = $2 where ctid = $1::tid`}}

// Insert writes a new upload.
func Insert(ctx context.Context, tx pgx.Tx, u media.Upload) error {
	_, err := tx.Exec(ctx, `
		insert into uploads (id, owner, kind, object, thumbnail, print, original, sha256, print_sha256, original_sha256, look, bytes, width, height, verdicts, created_at, taken_by, scan, code, grain)
		values ($1, $2, $3, $4, $5, nullif($6, ''), nullif($7, ''), $8, case when $6 <> '' then $9::bytea end, case when $7 <> '' then $10::bytea end,
			$11, $12, $13, $14, $15, $16, $17, $18, $19, $20)`,
		uuid.UUID(u.ID), u.Owner, string(u.Kind), u.Object, u.Thumbnail, u.Print, u.Original, u.SHA256[:], u.PrintSum[:], u.OriginalSum[:],
		pgtype.Bits{Bytes: u.Look[:], Len: int32(8 * len(u.Look)), Valid: u.Look != media.Look{}}, u.Bytes, u.Width, u.Height,
		words(u.Verdicts), u.CreatedAt, u.TakenBy, u.Scan, uploadCode.Text(uuid.UUID(u.ID), u.Code), []byte(u.Grain))
	if err != nil {
		return fmt.Errorf("insert upload %s: %w", u.ID, err)
	}
	return nil
}

// ByID reads one upload. Error: media.ErrNotFound.
func ByID(ctx context.Context, q Querier, id media.UploadID) (media.Upload, error) {
	u, err := scan(q.QueryRow(ctx, `
		select id, owner, kind, object, thumbnail, print, original, sha256, print_sha256, original_sha256, look, bytes, width, height, verdicts, created_at, replaced_at, taken_by, scan, code, grain
		from uploads where id = $1`, uuid.UUID(id)))
	if errors.Is(err, pgx.ErrNoRows) {
		return media.Upload{}, media.ErrNotFound
	}
	if err != nil {
		return media.Upload{}, fmt.Errorf("read upload %s: %w", id, err)
	}
	return u, nil
}

// WaitingForScan gives at most limit pictures that the scanner has not seen, in the order of their ids, from behind one.
func WaitingForScan(ctx context.Context, q Querier, after uuid.UUID, limit int) ([]media.Upload, error) {
	return list(ctx, q, `
		select id, owner, kind, object, thumbnail, print, original, sha256, print_sha256, original_sha256, look, bytes, width, height, verdicts, created_at, replaced_at, taken_by, scan, code, grain
		from uploads where scan = 'waiting' and id > $1 order by id limit $2`, after, limit)
}

// Scanned notes what the scanner said of a picture that waited.
func Scanned(ctx context.Context, tx pgx.Tx, id media.UploadID, said media.Scan) error {
	if _, err := tx.Exec(ctx, `update uploads set scan = $2 where id = $1 and scan = 'waiting'`, uuid.UUID(id), said); err != nil {
		return fmt.Errorf("note scan of upload %s: %w", id, err)
	}
	return nil
}

// Replace notes since when another picture stands in an upload's place; the first time counts. Nothing is removed here:
// the sweeper does that when no application refers to it any more. Error: media.ErrNotFound.
func Replace(ctx context.Context, tx pgx.Tx, id media.UploadID, at time.Time) error {
	tag, err := tx.Exec(ctx, `update uploads set replaced_at = coalesce(replaced_at, $2) where id = $1`, uuid.UUID(id), at)
	if err != nil {
		return fmt.Errorf("replace upload %s: %w", id, err)
	}
	if tag.RowsAffected() == 0 {
		return media.ErrNotFound
	}
	return nil
}

// CountToday counts what a person has sent at or after since, kept or not.
func CountToday(ctx context.Context, q Querier, owner uuid.UUID, since time.Time) (n int, err error) {
	err = q.QueryRow(ctx, `select count(*) from uploads where owner = $1 and created_at >= $2`, owner, since).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count uploads of %s: %w", owner, err)
	}
	return n, nil
}

// LockOwner makes a person's uploads wait for each other until the transaction ends, so that counting and inserting are
// one step. The lock's class keeps it apart from other advisory locks.
func LockOwner(ctx context.Context, tx pgx.Tx, owner uuid.UUID) error {
	const class = 0x75706c64 // "upld"
	_, err := tx.Exec(ctx, `select pg_advisory_xact_lock($1::int, hashtext($2::text))`, class, owner.String())
	if err != nil {
		return fmt.Errorf("lock uploads of %s: %w", owner, err)
	}
	return nil
}

// Orphans gives at most limit uploads that no application refers to, not even as one from before, made (or replaced, if they were) before a time;
// the oldest first.
func Orphans(ctx context.Context, q Querier, before time.Time, limit int) ([]media.Upload, error) {
	return list(ctx, q, `
		select id, owner, kind, object, thumbnail, print, original, sha256, print_sha256, original_sha256, look, bytes, width, height, verdicts, created_at, replaced_at, taken_by, scan, code, grain
		from uploads u
		where coalesce(replaced_at, created_at) < $1
		  and not exists (select 1 from applications where portrait_upload = u.id)
		  and not exists (select 1 from applications where health_upload = u.id)
		  and not exists (select 1 from former_pictures where upload = u.id)
		order by created_at, id
		limit $2`, before, limit)
}

// After gives at most limit uploads in the order of their ids, from behind one.
func After(ctx context.Context, q Querier, id uuid.UUID, limit int) ([]media.Upload, error) {
	return list(ctx, q, `
		select id, owner, kind, object, thumbnail, print, original, sha256, print_sha256, original_sha256, look, bytes, width, height, verdicts, created_at, replaced_at, taken_by, scan, code, grain
		from uploads where id > $1 order by id limit $2`, id, limit)
}

// MadeBetween gives the uploads of a span of time, its end not included.
func MadeBetween(ctx context.Context, q Querier, from, to time.Time) ([]media.Upload, error) {
	return list(ctx, q, `
		select id, owner, kind, object, thumbnail, print, original, sha256, print_sha256, original_sha256, look, bytes, width, height, verdicts, created_at, replaced_at, taken_by, scan, code, grain
		from uploads where created_at >= $1 and created_at < $2`, from, to)
}

// First gives when the oldest upload was made; zero where there is none.
func First(ctx context.Context, q Querier) (time.Time, error) {
	var at *time.Time
	if err := q.QueryRow(ctx, `select min(created_at) from uploads`).Scan(&at); err != nil {
		return time.Time{}, fmt.Errorf("oldest upload: %w", err)
	}
	if at == nil {
		return time.Time{}, nil
	}
	return *at, nil
}

func list(ctx context.Context, q Querier, sql string, args ...any) ([]media.Upload, error) {
	rows, err := q.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("list uploads: %w", err)
	}
	uploads, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (media.Upload, error) { return scan(row) })
	if err != nil {
		return nil, fmt.Errorf("list uploads: %w", err)
	}
	return uploads, nil
}

// ReleaseFormer lets go of the pictures from before of cases that ended before a time and are not held: the sweeper takes them then.
func ReleaseFormer(ctx context.Context, tx pgx.Tx, before time.Time) error {
	_, err := tx.Exec(ctx, `
		delete from former_pictures f using applications a
		where a.id = f.application_id and a.updated_at < $1
		  and (select act from retention_acts r where r.application_id = a.id order by id desc limit 1) is distinct from 'hold'
		  and a.state in ('delivered', 'refused_at_intake', 'refused', 'withdrawn', 'closed_no_reply', 'closed_unpaid')`, before)
	if err != nil {
		return fmt.Errorf("release former pictures: %w", err)
	}
	return nil
}

// Delete removes a row, unless an application refers to it (ErrInUse; the transaction is over then). The foreign key
// decides, so an application that takes up the picture at this very moment wins or waits. Error: media.ErrNotFound.
func Delete(ctx context.Context, tx pgx.Tx, id media.UploadID) error {
	const foreignKeyViolation = "23503"
	tag, err := tx.Exec(ctx, `delete from uploads where id = $1`, uuid.UUID(id))
	var refused *pgconn.PgError
	if errors.As(err, &refused) && refused.Code == foreignKeyViolation {
		return ErrInUse
	}
	if err != nil {
		return fmt.Errorf("delete upload %s: %w", id, err)
	}
	if tag.RowsAffected() == 0 {
		return media.ErrNotFound
	}
	return nil
}

// Unknown gives those of the objects' names that no row mentions.
func Unknown(ctx context.Context, q Querier, names []string) ([]string, error) {
	rows, err := q.Query(ctx, `
		select name from unnest($1::text[]) as given (name)
		where not exists (select 1 from uploads where object = name)
		  and not exists (select 1 from uploads where thumbnail = name)
		  and not exists (select 1 from uploads where print = name)
		  and not exists (select 1 from uploads where original = name)
		  and not exists (select 1 from partial_uploads where parts @> array[name])`, names)
	if err != nil {
		return nil, fmt.Errorf("look up objects: %w", err)
	}
	unknown, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("look up objects: %w", err)
	}
	return unknown, nil
}

// scan reads the columns in the order in which ByID and Orphans list them.
func scan(row pgx.Row) (media.Upload, error) {
	var u media.Upload
	var id uuid.UUID
	var kind string
	var print, original *string
	var sum, printSum, originalSum []byte
	var look pgtype.Bits
	var verdicts []string
	err := row.Scan(&id, &u.Owner, &kind, &u.Object, &u.Thumbnail, &print, &original, &sum, &printSum, &originalSum, &look, &u.Bytes, &u.Width, &u.Height,
		&verdicts, &u.CreatedAt, &u.ReplacedAt, &u.TakenBy, &u.Scan, vault.Into(uploadCode, &id, &u.Code), (*[]byte)(&u.Grain))
	if err != nil {
		return media.Upload{}, err
	}
	u.ID, u.Kind = media.UploadID(id), media.Kind(kind)
	if print != nil {
		u.Print = *print
	}
	if original != nil {
		u.Original = *original
	}
	copy(u.SHA256[:], sum) // the table checks its length
	copy(u.PrintSum[:], printSum)
	copy(u.OriginalSum[:], originalSum)
	copy(u.Look[:], look.Bytes)
	u.Verdicts = make([]media.Verdict, len(verdicts))
	for i, v := range verdicts {
		u.Verdicts[i] = media.Verdict(v)
	}
	return u, nil
}

func words(verdicts []media.Verdict) []string {
	w := make([]string, len(verdicts))
	for i, v := range verdicts {
		w[i] = string(v)
	}
	return w
}
