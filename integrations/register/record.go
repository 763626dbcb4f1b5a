package register

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"giahan/integrations/outbound"
	"giahan/licensing"
)

var (
	errDate       = errors.New("date cannot be read")
	errIncomplete = errors.New("licence without number, date of issue or class")
)

type entry struct {
	PersonalNumber string     `json:"personal_number"`
	Number         string     `json:"number"`
	HolderName     string     `json:"holder_name"`
	HolderBirth    string     `json:"holder_birth"`
	HolderAddress  string     `json:"holder_address"`
	Issuer         string     `json:"issuer"`
	IssuedOn       string     `json:"issued_on"`
	Serial         string     `json:"serial"`
	Classes        []newClass `json:"classes"`
}

type newClass struct {
	Class           string `json:"class"`
	PassedOn        string `json:"passed_on"`
	Expires         string `json:"expires"`
	RestrictionCode string `json:"restriction_code,omitempty"`
	RestrictionText string `json:"restriction_text,omitempty"`
}

// Record enters the new licence in place of the old one of the same number; the register keeps the points itself. The same
// key records once.
func (c *Client) Record(ctx context.Context, key string, e licensing.RegisterEntry) error {
	w := entry{PersonalNumber: e.PersonalNumber.Reveal(), Number: e.Licence.Number, HolderName: e.Applicant.FullName, HolderBirth: e.Applicant.BirthDate,
		HolderAddress: e.Applicant.Address, Issuer: e.Office, IssuedOn: e.Licence.IssuedOn.String(), Serial: e.Serial}
	for _, n := range e.Licence.Classes {
		h := newClass{Class: string(n.Class), PassedOn: n.PassedOn.String(), Expires: n.Expires.String()}
		if n.Restriction != nil {
			h.RestrictionCode, h.RestrictionText = n.Restriction.Code, n.Restriction.Text
		}
		w.Classes = append(w.Classes, h)
	}
	call := outbound.Call{Operation: "record licence", Method: http.MethodPost, Path: "/licences/record", Key: key, Body: w}
	if err := c.out.Do(ctx, call, nil); err != nil {
		return fmt.Errorf("record licence: %w", err)
	}
	return nil
}
