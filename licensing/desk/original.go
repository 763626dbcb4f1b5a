package desk

import (
	"context"

	"github.com/google/uuid"

	"giahan/identity"
	"giahan/licensing"
)

// MaySeeOriginal is MaySeePhoto for the file as it came, which is for auditors alone: everybody else judges by the clean picture.
func (s Service) MaySeeOriginal(ctx context.Context, actor identity.Actor, id licensing.ApplicationID, upload uuid.UUID) (code string, err error) {
	if err := licensing.MayEver(actor.Role, licensing.Audit); err != nil {
		return "", err
	}
	return s.MaySeePhoto(ctx, actor, id, upload)
}

// OriginalOpened is PhotoOpened for the file as it came.
func (s Service) OriginalOpened(ctx context.Context, actor identity.Actor, id licensing.ApplicationID, upload uuid.UUID) error {
	if err := licensing.MayEver(actor.Role, licensing.Audit); err != nil {
		return err
	}
	return s.opened(ctx, actor, id, upload, "original:"+upload.String())
}
