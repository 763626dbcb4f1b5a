package licensing_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"giahan/licensing"
)

// The words in which the decision tables speak. An officer reads them, so they are short and Vietnamese; the table of words is also
// in testdata/decisions/README.md.

var requirementWords = map[string]string{
	licensing.ReqIdentity: "tài khoản mức 2", licensing.ReqRegister: "có trong hệ thống", licensing.ReqTested: "đã thi đạt",
	licensing.ReqOnline: "nhận trực tuyến", licensing.ReqClass: "đúng hạng", licensing.ReqGround: "đúng lý do", licensing.ReqValid: "còn hạn",
	licensing.ReqLost: "chưa từng mất", licensing.ReqViolation: "hết vi phạm", licensing.ReqAge: "đúng tuổi",
	licensing.ReqOpenCase: "không có hồ sơ khác", licensing.ReqHealth: "giấy khám sức khỏe", licensing.ReqHealthAge: "giấy khám còn hạn",
	licensing.ReqHealthFor: "giấy khám đúng hạng", licensing.ReqHealthOf: "giấy khám đúng người",
}

var nextWords = map[licensing.NextStep]string{
	licensing.NextRaiseLevel: "nâng mức tài khoản", licensing.NextCounter: "ra quầy", licensing.NextBookTest: "đăng ký thi",
	licensing.NextChooseClass: "chọn hạng", licensing.NextChooseLower: "chọn hạng thấp hơn", licensing.NextChooseGround: "chọn lý do khác",
	licensing.NextWait: "chờ", licensing.NextPassTest: "thi đạt", licensing.NextProve: "gửi minh chứng",
	licensing.NextSettle: "xử lý xong vi phạm", licensing.NextOpenCase: "xem hồ sơ đang có", licensing.NextCertificate: "đi khám",
	licensing.NextNewOne: "khám lại", licensing.NextOfficer: "cán bộ xem",
}

var documentWords = map[string]string{
	licensing.DocForm: "đơn đề nghị", licensing.DocTestResult: "kết quả thi", licensing.DocHealth: "giấy khám sức khỏe",
	licensing.DocPortrait: "ảnh chân dung", licensing.DocLicence: "bản sao giấy phép", licensing.DocIdentity: "bản sao căn cước",
	licensing.DocPassport: "hộ chiếu",
}

var certificateWords = map[string]string{
	"tractor_1000": "máy kéo đến 1.000 kg", "tractor_3500": "máy kéo đến 3.500 kg", "tractor_over_3500": "máy kéo trên 3.500 kg",
	"traffic_law": "kiến thức pháp luật",
}

var testWords = map[string]string{licensing.TheoryTest: "lý thuyết", licensing.TheoryPracticeTest: "lý thuyết và thực hành"}

var stepWords = map[string]string{
	licensing.StepAcknowledge: "báo đã nhận hồ sơ", licensing.StepSupplement: "báo giấy tờ còn thiếu", licensing.StepElectronic: "hiện trên VNeID",
}

var dayWords = map[licensing.DayKind]string{
	licensing.Holiday: "nghỉ lễ", licensing.Compensatory: "nghỉ bù", licensing.SwappedOff: "nghỉ hoán đổi", licensing.SwappedWork: "làm bù",
}

var partWords = map[string]string{"theory": "lý thuyết", "simulation": "mô phỏng", "course": "trong hình", "road": "trên đường"}

// inWords is the Vietnamese of a key. A key without a word shows itself and so fails the row: no new answer slips past the tables.
func inWords[K ~string](words map[K]string, key K) string {
	if w, ok := words[key]; ok {
		return w
	}
	return "??" + string(key)
}

// ofWords is the key of a Vietnamese word.
func ofWords[K comparable](words map[K]string, w string) (k K, ok bool) {
	for k, v := range words {
		if v == w {
			return k, true
		}
	}
	return k, false
}

// dmy writes a day as people do.
func dmy(d licensing.Date) string { return fmt.Sprintf("%02d/%02d/%04d", d.Day, d.Month, d.Year) }

// dong writes an amount as people do: 115.000.
func dong(v licensing.VND) string {
	s := strconv.Itoa(int(v))
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "." + s[i:]
	}
	return s
}

// unordered writes a list so that order says nothing.
func unordered(words []string) string {
	slices.Sort(words)
	return strings.Join(words, ", ")
}

// bySex writes two limits by sex.
func bySex(a licensing.Ages) string { return fmt.Sprintf("%d (nam), %d (nữ)", a.Male, a.Female) }

// classWords says what the book knows of a class.
func classWords(c licensing.ClassRule) string {
	parts := []string{fmt.Sprintf("từ %d tuổi", c.MinAge)}
	if c.MaxAge != (licensing.Ages{}) {
		parts = append(parts, "không quá "+bySex(c.MaxAge)+" tuổi")
	}
	switch {
	case c.Years == 0:
		parts = append(parts, "không thời hạn")
	case c.Bound == licensing.Later:
		parts = append(parts, fmt.Sprintf("đến sinh nhật %s nhưng ít nhất %d năm", bySex(c.Until), c.Years))
	case c.Bound == licensing.Earlier:
		parts = append(parts, fmt.Sprintf("%d năm nhưng không quá sinh nhật %s", c.Years, bySex(c.Until)))
	default:
		parts = append(parts, fmt.Sprintf("%d năm", c.Years))
	}
	if len(c.Includes) == 0 {
		parts = append(parts, "không gồm hạng khác")
	} else {
		var names []string
		for _, x := range c.Includes {
			names = append(names, string(x))
		}
		parts = append(parts, "gồm "+strings.Join(names, ", "))
	}
	return strings.Join(append(parts, fmt.Sprintf("nhóm sức khỏe %d", c.HealthGroup)), "; ")
}
