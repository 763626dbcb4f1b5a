package licensing_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"giahan/identity"
	"giahan/licensing"
)

// decisionRow is a row of the tables in testdata/decisions: a case as an officer would tell it.
type decisionRow struct {
	file string
	line int

	name, person, licence, asks, on, result, reason string
}

const (
	tableHead = "| Tình huống | Người | Giấy phép | Việc | Ngày | Kết quả | Lý do |"
	tableRule = "|---|---|---|---|---|---|---|"
)

// decisionRows reads every table. A line that looks like a row and is none is an error: a case that nobody runs must not look
// like one that holds.
func decisionRows(t *testing.T) []decisionRow {
	files, err := filepath.Glob("testdata/decisions/*.md")
	if err != nil || len(files) == 0 {
		t.Fatalf("no tables: %v", err)
	}
	var out []decisionRow
	for _, f := range files {
		if filepath.Base(f) == "README.md" {
			continue
		}
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(string(text), "\n")
		if !strings.HasPrefix(lines[0], "# ") || len(lines) < 3 || lines[2] == "" || strings.HasPrefix(lines[2], "|") {
			t.Errorf("%s: wants a heading and a few sentences for the reader", f)
		}
		for i, line := range lines {
			if !strings.HasPrefix(strings.TrimSpace(line), "|") || line == tableHead || line == tableRule {
				continue
			}
			cells := strings.Split(line, "|")
			if len(cells) != 9 || cells[0] != "" || cells[8] != "" {
				t.Errorf("%s:%d: wants seven cells", f, i+1)
				continue
			}
			for j := range cells {
				cells[j] = strings.TrimSpace(cells[j])
			}
			out = append(out, decisionRow{filepath.Base(f), i + 1, cells[1], cells[2], cells[3], cells[4], cells[5], cells[6], cells[7]})
		}
	}
	return out
}

// day reads dd/mm/yyyy.
func readDay(s string) (licensing.Date, error) {
	t, err := time.ParseInLocation("02/01/2006", s, licensing.Zone)
	if err != nil {
		return licensing.Date{}, fmt.Errorf("%q: wants dd/mm/yyyy", s)
	}
	return licensing.DateOf(t), nil
}

var personCell = regexp.MustCompile(`^(nam|nữ|không rõ giới) (\d\d/\d\d/\d{4}|\d\d/\d{4}|\d{4})$`)

// readPerson reads "nữ 12/08/1976; mức 1; nước ngoài".
func readPerson(cell string) (licensing.Applicant, error) {
	a := licensing.Applicant{PersonalNumber: "042176000123", FullName: "Trần Thị Hòa", Level: 2}
	parts := strings.Split(cell, "; ")
	m := personCell.FindStringSubmatch(parts[0])
	if m == nil {
		return a, fmt.Errorf("person %q: wants a sex and a birth date", parts[0])
	}
	a.Sex = map[string]string{"nam": "M", "nữ": "F"}[m[1]]
	birth := strings.Split(m[2], "/")
	slices.Reverse(birth)
	a.BirthDate = strings.Join(birth, "-")
	if len(birth) == 3 {
		if _, err := readDay(m[2]); err != nil {
			return a, err
		}
	}
	for _, p := range parts[1:] {
		switch p {
		case "mức 1":
			a.Level = 1
		case "nước ngoài":
			a.Foreigner = true
		default:
			return a, fmt.Errorf("person: unknown words %q", p)
		}
	}
	return a, nil
}

var (
	issuedPart = regexp.MustCompile(`^cấp (\S+): (.+)$`)
	heldPart   = regexp.MustCompile(`^([A-Z0-9]+)(?: trúng tuyển (\S+))?(?: đến (\S+))?$`)
)

// readLicence reads "cấp 14/12/2016: A1, B2 trúng tuyển 05/12/2016 đến 14/12/2026; giấy bìa".
func readLicence(cell string) (licensing.Licence, error) {
	l := licensing.Licence{Number: "421160045213", Card: licensing.CardPlastic, Points: 12}
	if cell == "không có" {
		return licensing.Licence{}, nil
	}
	parts := strings.Split(cell, "; ")
	m := issuedPart.FindStringSubmatch(parts[0])
	if m == nil {
		return l, fmt.Errorf("licence %q: wants a day of issue and classes", parts[0])
	}
	var err error
	if l.IssuedOn, err = readDay(m[1]); err != nil {
		return l, err
	}
	for _, c := range strings.Split(m[2], ", ") {
		h, err := readHeld(c, l.IssuedOn)
		if err != nil {
			return l, err
		}
		l.Classes = append(l.Classes, h)
	}
	for _, p := range parts[1:] {
		switch p {
		case "giấy bìa":
			l.Card = licensing.CardPaper
		case "vi phạm":
			l.OpenViolation = true
		case "không có trong hệ thống":
			l.Number = ""
		case "nước ngoài", "quân đội", "công an", "tạm thời", "quốc tế":
			l.Origin = map[string]string{"nước ngoài": "foreign", "quân đội": "military", "công an": "police", "tạm thời": "temporary", "quốc tế": "international"}[p]
		default:
			return l, fmt.Errorf("licence: unknown words %q", p)
		}
	}
	return l, nil
}

func readHeld(s string, issued licensing.Date) (licensing.HeldClass, error) {
	m := heldPart.FindStringSubmatch(s)
	if m == nil {
		return licensing.HeldClass{}, fmt.Errorf("class %q", s)
	}
	h := licensing.HeldClass{Class: licensing.Class(m[1]), PassedOn: issued}
	var err, err2 error
	if m[2] != "" {
		h.PassedOn, err = readDay(m[2])
	}
	if m[3] != "" {
		h.Expires, err2 = readDay(m[3])
	}
	return h, firstOf(err, err2)
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

var certificatePart = regexp.MustCompile(`^(xét )?giấy khám(?: ([A-Z0-9]+))?(?: ký (\S+))?(?: ghi (tên|ngày sinh|số) (.+))?$`)

// readAsks reads "đổi: bị hỏng; chọn C1; tại quầy; giấy khám B ký 05/01/2026".
func readAsks(cell string, q *licensing.Request) error {
	parts := strings.Split(cell, "; ")
	procedure, rest, _ := strings.Cut(parts[0], ": ")
	switch procedure {
	case "đổi":
		q.Procedure = licensing.Exchange
		q.Ground = map[string]licensing.Ground{"sắp hết hạn": licensing.Expiring, "bị hỏng": licensing.Damaged, "đổi thông tin": licensing.DataChanged}[rest]
		if q.Ground == "" {
			return fmt.Errorf("asks: unknown ground %q", rest)
		}
	case "cấp lại":
		q.Procedure = licensing.Reissue
	case "cấp mới":
		q.Procedure = licensing.FirstIssue
		for _, c := range strings.Split(rest, ", ") {
			if rest != "" {
				q.Passed = append(q.Passed, licensing.HeldClass{Class: licensing.Class(c), PassedOn: q.On.AddDays(-1)})
			}
		}
	default:
		return fmt.Errorf("asks: unknown procedure %q", parts[0])
	}
	for _, p := range parts[1:] {
		if err := readOption(p, q); err != nil {
			return err
		}
	}
	return nil
}

func readOption(p string, q *licensing.Request) (err error) {
	if c, ok := strings.CutPrefix(p, "chọn "); ok {
		q.Choice = licensing.Class(c)
		return nil
	}
	if d, ok := strings.CutPrefix(p, "mất lần trước "); ok {
		q.LostBefore, err = readDay(d)
		return err
	}
	if m := certificatePart.FindStringSubmatch(p); m != nil {
		return readCertificate(m, q)
	}
	switch p {
	case "tại quầy":
		q.Channel = licensing.Counter
	case "có lý do bất khả kháng":
		q.Prevented = true
	case "đang có hồ sơ khác":
		q.OpenCase = true
	default:
		return fmt.Errorf("asks: unknown words %q", p)
	}
	return nil
}

// readCertificate makes a certificate of the applicant's own, but for what the row says.
func readCertificate(m []string, q *licensing.Request) (err error) {
	c := &licensing.Certificate{Class: licensing.Class(m[2]), PersonalNumber: q.Applicant.PersonalNumber, FullName: q.Applicant.FullName, BirthDate: q.Applicant.BirthDate}
	if m[3] != "" {
		if c.SignedOn, err = readDay(m[3]); err != nil {
			return err
		}
	}
	switch m[4] {
	case "tên":
		c.FullName = m[5]
	case "số":
		c.PersonalNumber = identity.PersonalNumber(m[5])
	case "ngày sinh":
		born := strings.Split(m[5], "/")
		slices.Reverse(born)
		c.BirthDate = strings.Join(born, "-")
	}
	q.Certificate = c
	return nil
}
