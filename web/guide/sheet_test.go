package guide

import (
	"fmt"
	"image"
	"image/color"
	"regexp"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"giahan/licensing"
	"giahan/licensing/rules"
)

var drawing = regexp.MustCompile(`<svg class="gh-qr" viewBox="0 0 (\d+) \d+"[^>]*><path d="([^"]+)"`)

// scan reads the code of a page as a phone does: from the picture.
func scan(t *testing.T, body string) string {
	t.Helper()
	m := drawing.FindStringSubmatch(body)
	if m == nil {
		t.Fatal("no code on the page")
	}
	var size int
	if _, err := fmt.Sscan(m[1], &size); err != nil {
		t.Fatal(err)
	}
	const dot = 4
	img := image.NewGray(image.Rect(0, 0, size*dot, size*dot))
	for i := range img.Pix {
		img.Pix[i] = 0xff
	}
	for part := range strings.SplitSeq(strings.TrimSuffix(m[2], "z"), "z") {
		var x, y, n, back int
		if _, err := fmt.Sscanf(part, "M%d %dh%dv1h-%d", &x, &y, &n, &back); err != nil {
			t.Fatalf("%q: %v", part, err)
		}
		for py := y * dot; py < (y+1)*dot; py++ {
			for px := x * dot; px < (x+n)*dot; px++ {
				img.SetGray(px, py, color.Gray{})
			}
		}
	}
	bitmap, err := gozxing.NewBinaryBitmapFromImage(img)
	if err != nil {
		t.Fatal(err)
	}
	r, err := qrcode.NewQRCodeReader().Decode(bitmap, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r.GetText()
}

// The code of a sheet opens exactly its answer, at the service's own address: the host of the request has no say. The address stands
// beside it for those without a camera.
func TestTheCodeOpensTheAnswer(t *testing.T) {
	app := site(t)
	for _, address := range []string{"/guide/expiring/old/b2/valid", "/guide/lost/old/a1", "/guide/first/d2/foreigner", "/guide/changed/paper/fb2/overdue-months/foreigner"} {
		for _, host := range []string{"vi", "en", "evil.example"} {
			_, body := request(t, app, "GET", host, address+"/print")
			if got := scan(t, body); got != publicURL+address {
				t.Errorf("%s asked at %s: the code opens %s", address, host, got)
			}
			body = strings.ReplaceAll(body, "<wbr>", "")
			if !strings.Contains(body, "giahan.example"+address) || strings.Contains(body, "evil.example") {
				t.Errorf("%s asked at %s: the address beside the code is another", address, host)
			}
		}
	}
}

func TestASheetHasEverythingForANoticeBoard(t *testing.T) {
	app := site(t)
	for address, want := range map[string][]string{
		"/guide/expiring/old/b2/valid/print": {"Đổi (gia hạn) được bằng lái hạng B2 cũ trên mạng", "115.000 đồng", "3,5 ngày làm việc", "Giấy khám sức khỏe", "Số 1 đường Mẫu",
			"tel:02393000000", "7:30 đến 17:00", "ngày 23/11/2026", "Luật 36/2024/QH15 Điều 89.3", "Thông tư 154/2025/TT-BTC"},
		"/guide/lost/old/b2/overdue/print": {"phải thi lại lý thuyết", "100.000 đồng", "Số 1 đường Mẫu", "ngày 23/11/2026"},
	} {
		_, body := request(t, app, "GET", "vi", address)
		body = strings.ReplaceAll(body, "\u00a0", " ")
		for _, w := range want {
			if !strings.Contains(body, w) {
				t.Errorf("%s lacks %q", address, w)
			}
		}
	}
}

// The longest address that the guide can make still fits a code that a phone reads from a distance.
func TestEveryAddressFitsACode(t *testing.T) {
	longest := ""
	for _, need := range licensing.Needs {
		for _, holds := range licensing.Holdings {
			for _, class := range rules.Embedded().Classes {
				q := licensing.Inquiry{Need: need, Holding: holds, Class: class.Class, Standing: licensing.OverdueLong, Foreigner: true}
				if p := q.Path(); len(p) > len(longest) {
					longest = p
				}
			}
		}
	}
	if _, err := rules.Embedded().ParseInquiry(longest); err != nil || len(longest) > 60 {
		t.Errorf("%s: %v", longest, err)
	}
}
