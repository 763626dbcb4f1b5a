package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"giahan/licensing"
	"giahan/media"
)

// KeepFormer notes that a picture was replaced after submission: it stays with the case while that is open.
func KeepFormer(ctx context.Context, tx pgx.Tx, id licensing.ApplicationID, item licensing.Item, upload media.UploadID, at time.Time) error {
	_, err := tx.Exec(ctx, `insert into former_pictures (upload, application_id, item, replaced_at) values ($1, $2, $3, $4) on conflict do nothing`,
		uuid.UUID(upload), uuid.UUID(id), item, at)
	return wrap("keep former picture", err)
}

// HasPicture says whether a picture is one of a case's, now or from before. It looks at no other case, unlike Pictures.
func HasPicture(ctx context.Context, q Querier, id licensing.ApplicationID, upload uuid.UUID) (has bool, err error) {
	err = q.QueryRow(ctx, `
		select exists (select 1 from applications where id = $1 and (health_upload = $2 or portrait_upload = $2))
			or exists (select 1 from former_pictures where application_id = $1 and upload = $2)`, uuid.UUID(id), upload).Scan(&has)
	return has, wrap("look for picture", err)
}

// Pictures gives a case's pictures, those that count first, then those from before, the latest first. With each come the cases in scope
// that have nearly the same.
func Pictures(ctx context.Context, q Querier, scope Scope, id licensing.ApplicationID) ([]licensing.CasePicture, error) {
	rows, err := q.Query(ctx, `
		select p.upload, p.item, u.width, u.height, u.verdicts, u.scan, u.created_at, p.replaced_at, u.original_sha256, u.grain, array(
			select a.code from uploads other join applications a on other.id in (a.portrait_upload, a.health_upload)
			where u.kind = 'portrait' and other.kind = u.kind and other.owner <> u.owner and bit_count(other.look # u.look) <= $2
				and a.code is not null and a.office = $3 and ($4::text[] is null or a.area = any ($4))
			order by a.code limit 5)
		from applications own
		join lateral (
			select own.health_upload as upload, 'health_certificate' as item, null::timestamptz as replaced_at where own.health_upload is not null
			union all select own.portrait_upload, 'portrait', null where own.portrait_upload is not null
			union all select f.upload, f.item, f.replaced_at from former_pictures f where f.application_id = own.id) p on true
		join uploads u on u.id = p.upload
		where own.id = $1
		order by p.replaced_at is not null, p.item, p.replaced_at desc`, uuid.UUID(id), media.SameLook,
		scope.Office, scope.communes())
	if err != nil {
		return nil, wrap("read pictures", err)
	}
	var grains []media.Grain // of each picture
	pictures, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (p licensing.CasePicture, err error) {
		var upload uuid.UUID
		var original, grain []byte
		err = row.Scan(&upload, &p.Item, &p.Width, &p.Height, &p.Verdicts, &p.Scan, &p.SentAt, &p.ReplacedAt, &original, &grain, &p.Alike)
		grains = append(grains, grain)
		p.Upload = media.UploadID(upload)
		if len(original) == len(p.Original) {
			p.Original = (*[32]byte)(original)
		}
		return p, err
	})
	for i := 0; i < len(pictures) && err == nil; i++ {
		if p := &pictures[i]; len(grains[i]) > 0 {
			p.Alike, err = alikePapers(ctx, q, scope, p.Upload, grains[i])
		}
	}
	return pictures, wrap("read pictures", err)
}

// alikePapers are the cases in scope with a copy of the paper. The look finds whatever is on the same form, the nearest first; the grain
// tells a copy from another person's.
func alikePapers(ctx context.Context, q Querier, scope Scope, id media.UploadID, own media.Grain) (codes []string, err error) {
	rows, err := q.Query(ctx, `
		select a.code, other.grain from uploads u join uploads other on other.kind = u.kind and other.owner <> u.owner join applications a on a.health_upload = other.id
		where u.id = $1 and other.grain is not null and bit_count(other.look # u.look) <= $2
			and a.code is not null and a.office = $3 and ($4::text[] is null or a.area = any ($4))
		order by bit_count(other.look # u.look), a.code limit 200`, uuid.UUID(id), media.SameLook, scope.Office, scope.communes())
	if err != nil {
		return nil, err
	}
	var code string
	var grain []byte
	_, err = pgx.ForEachRow(rows, []any{&code, &grain}, func() error {
		if own.Same(grain) && len(codes) < 5 {
			codes = append(codes, code)
		}
		return nil
	})
	return codes, err
}

// OtherCasesOfPaper gives the codes of other people's cases in scope that were handed in with a health certificate of the same number.
func OtherCasesOfPaper(ctx context.Context, q Querier, scope Scope, a licensing.Application) ([]string, error) {
	if a.Health.Number == "" {
		return nil, nil
	}
	rows, err := q.Query(ctx, `select code from applications where certificate_hash = any ($1) and resident_id <> $2 and code is not null
		and office = $3 and ($4::text[] is null or area = any ($4)) order by code limit 5`,
		casePaper.Find(a.Health.Number), uuid.UUID(a.Resident), scope.Office, scope.communes())
	if err != nil {
		return nil, wrap("find a certificate's cases", err)
	}
	codes, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return codes, wrap("find a certificate's cases", err)
}
