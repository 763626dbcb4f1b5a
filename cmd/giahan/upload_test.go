package main

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image/color"
	"image/jpeg"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"giahan/media/heic/heictest"
)

// Files that are no pictures of ours: a sentence that says which to send, and the page as it was.
func TestStrangeFiles(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	a := w.resident("hoa")
	a.start("0", "expiring")
	action := "/applications/" + a.id + "/portrait"
	other := "Hãy gửi ảnh chụp dạng JPG, PNG, WebP hoặc HEIC"
	files := []struct {
		what   string
		name   string
		bytes  []byte
		status int
		say    string
	}{
		{"no file", "", nil, 422, "Chưa chọn ảnh"},
		{"an empty file", "a.jpg", []byte{}, 422, "Chưa chọn ảnh"},
		{"text", "a.jpg", []byte(strings.Repeat("Xin chào. ", 500)), 422, other},
		{"PDF", "a.pdf", []byte("%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n"), 422, other},
		{"SVG", "a.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), 422, other},
		{"GIF", "a.gif", []byte("GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00!\xf9\x04"), 422, other},
		{"a broken HEIC", "a.heic", []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic nothing else"), 422, "Không mở được ảnh HEIC này"},
		{"cut off", "a.jpg", portraitJPEG()[:len(portraitJPEG())/2], 422, other},
		{"50000 x 50000", "a.png", hugePNG(), 422, "nhỏ quá hoặc lớn quá"},
		{"too small", "a.jpg", drawn(100, 120, func(x, y int) color.RGBA { return color.RGBA{uint8(x), uint8(y), 9, 255} }), 422, "nhỏ quá hoặc lớn quá"},
		{"16 MB", "a.jpg", append(bytes.Clone(portraitJPEG()), make([]byte, 16<<20)...), 413, "nặng hơn 15 MB"},
	}
	for _, c := range files {
		f := &file{c.name, c.bytes}
		if c.name == "" {
			f = nil
		}
		status, page := a.upload(a.at("portrait"), action, nil, f)
		answered(t, c.what, c.status, status, page, c.say)
		if _, ok := formIn(page, action); !ok {
			t.Errorf("%s: the page cannot be sent again", c.what)
		}
	}
	status, page := a.upload(a.at("portrait"), action, map[string][]string{"csrf": {"x"}}, &file{"a.jpg", portraitJPEG()})
	answered(t, "no token", 403, status, page, "Trang này mở từ lần đăng nhập trước")
	status, page = a.upload(a.at("health"), "/applications/"+a.id+"/health", a.certificate(), &file{"a.jpg", []byte("x")})
	answered(t, "a certificate that is text", 422, status, page, other, "00418/GKSKLX/42021/26")
	var kept int
	if err := w.pool.QueryRow(t.Context(), `select count(*) from uploads`).Scan(&kept); err != nil || kept != 0 {
		t.Errorf("%d of the files were kept, %v", kept, err)
	}
}

// TestPictureOfAnIPhone is converted by a process of our own program, while the person waits.
func TestPictureOfAnIPhone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	a := w.resident("hoa")
	a.start("0", "expiring")
	status, page := a.upload(a.at("portrait"), "/applications/"+a.id+"/portrait", nil, &file{"IMG_0001.HEIC", heictest.Sample(t, "test.heic")})
	answered(t, "a HEIC", 200, status, page, "/thumbnail", "Khung ảnh chưa đúng") // it lies, which is advice about what was decoded
}

// hugePNG is the header of a picture of 50,000 x 50,000 pixels and nothing behind it.
func hugePNG() []byte {
	var b bytes.Buffer
	b.WriteString("\x89PNG\r\n\x1a\n")
	chunk := binary.BigEndian.AppendUint32([]byte("IHDR"), 50_000)
	chunk = append(binary.BigEndian.AppendUint32(chunk, 50_000), 8, 2, 0, 0, 0)
	_ = binary.Write(&b, binary.BigEndian, uint32(13))
	b.Write(chunk)
	_ = binary.Write(&b, binary.BigEndian, crc32.ChecksumIEEE(chunk))
	b.Write(make([]byte, 1000))
	return b.Bytes()
}

// A phone's picture that lies on its side and says in its EXIF where it was taken comes back upright and says nothing.
func TestSidewaysPicture(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	a := w.resident("hoa")
	a.start("0", "expiring")
	sent := withEXIF(sideways(), 6)
	if !bytes.Contains(sent, []byte("GPS-PLACE")) {
		t.Fatal("the picture has no place in it")
	}
	a.picture("portrait", nil, sent)
	id := uploadIn(t, second(a.get(a.at("portrait"))))
	for address, longest := range map[string]int{"/photos/" + id: 1200, "/photos/" + id + "/thumbnail": 320} {
		status, got := a.get(w.public + address)
		img, err := jpeg.Decode(strings.NewReader(got))
		if status != http.StatusOK || err != nil {
			t.Fatalf("%s: %d, %v", address, status, err)
		}
		b := img.Bounds()
		if b.Dx() >= b.Dy() || b.Dy() != longest {
			t.Errorf("%s is %d x %d", address, b.Dx(), b.Dy())
		}
		if r, _, blue, _ := img.At(b.Dx()/2, b.Dy()/10).RGBA(); blue < r {
			t.Errorf("%s: the sky is not above", address)
		}
		if strings.Contains(got, "Exif") || strings.Contains(got, "GPS-PLACE") {
			t.Errorf("%s still tells where it was taken", address)
		}
	}
	othersPictures(w, a, id)
}

// othersPictures: a picture and a case are nobody else's, signed in or not; missing and not yours look the same.
func othersPictures(w *world, a *applicant, id string) {
	thief, nobody := w.resident("an"), w.browser()
	for _, address := range []string{"/photos/" + id, "/photos/" + id + "/thumbnail", "/applications/" + a.id, "/applications/" + a.id + "/contact",
		"/applications/" + a.id + "/answers", "/applications/" + a.id + "/received", "/photos/nothing", "/nowhere", "/applications/nothing", "/check/99"} {
		status, page := thief.get(w.public + address)
		answered(w.t, address, http.StatusNotFound, status, page, "Không tìm thấy")
		if strings.Contains(page, "Hòa") {
			w.t.Errorf("%s names whose it is", address)
		}
	}
	if status, _ := nobody.get(w.public + "/photos/" + id); nobody.last.Host == strings.TrimPrefix(w.public, "http://") && status == http.StatusOK {
		w.t.Errorf("somebody who is not signed in got %d at %s", status, nobody.last.Path)
	}
	fields := thief.form(w.public+"/home", "/sign-out")
	for _, act := range []string{"contact", "submit", "pay", "withdraw", "discard", "resubmit"} {
		fields.Set("version", "1")
		status, page := thief.post(a.at(act), fields)
		answered(w.t, act+" of another's case", http.StatusNotFound, status, page, "Không tìm thấy")
	}
	status, page := thief.multipart(a.at("portrait"), fields, &file{"a.jpg", portraitJPEG()})
	answered(w.t, "a picture into another's case", http.StatusNotFound, status, page, "Không tìm thấy")
}

func uploadIn(t testing.TB, page string) string {
	m := regexp.MustCompile(`/photos/([0-9a-f-]{36})/thumbnail`).FindStringSubmatch(page)
	if m == nil {
		t.Fatalf("the page shows no picture:\n%s", words(page))
	}
	return m[1]
}

// sideways is a portrait as a phone stores it: turned a quarter to the left, to be shown turned to the right.
func sideways() []byte {
	upright, err := jpeg.Decode(bytes.NewReader(portraitJPEG()))
	if err != nil {
		panic(err)
	}
	b := upright.Bounds()
	return drawn(b.Dy(), b.Dx(), func(x, y int) color.RGBA {
		return color.RGBAModel.Convert(upright.At(b.Dx()-1-y, x)).(color.RGBA)
	})
}

// withEXIF puts an orientation and the name of a place (ImageDescription) into a JPEG.
func withEXIF(picture []byte, orientation uint16) []byte {
	le := binary.LittleEndian
	tiff := append([]byte("II*\x00"), 8, 0, 0, 0)
	tiff = le.AppendUint16(tiff, 2)
	entry := func(tag, kind uint16, n, value uint32) {
		tiff = le.AppendUint16(tiff, tag)
		tiff = le.AppendUint16(tiff, kind)
		tiff = le.AppendUint32(tiff, n)
		tiff = le.AppendUint32(tiff, value)
	}
	entry(0x0112, 3, 1, uint32(orientation))
	entry(0x010e, 2, 10, 38) // description, behind the directory
	tiff = le.AppendUint32(tiff, 0)
	tiff = append(tiff, "GPS-PLACE\x00"...)
	segment := append([]byte("Exif\x00\x00"), tiff...)
	out := []byte{0xff, 0xd8, 0xff, 0xe1}
	out = binary.BigEndian.AppendUint16(out, uint16(len(segment)+2))
	return append(append(out, segment...), picture[2:]...)
}

// A session that ended while somebody typed: the answer says so, nothing is done, and signing in leads back.
func TestExpiredSession(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	a := w.resident("hoa")
	a.start("0", "expiring")
	contact := a.form(a.at("contact"), "/applications/"+a.id+"/contact")
	picture := a.form(a.at("portrait"), "/applications/"+a.id+"/portrait")
	if _, err := w.pool.Exec(t.Context(), `update sessions set seen_at = seen_at - interval '16 minutes'`); err != nil {
		t.Fatal(err)
	}
	status, page := a.get(a.at("contact"))
	answered(t, "a page", http.StatusUnauthorized, status, page, "Tài khoản đã tự thoát vì lâu không dùng", "Những gì đã điền vẫn được lưu")
	if next := "/sign-in?next=%2Fapplications%2F" + a.id + "%2Fcontact"; !strings.Contains(page, next) {
		t.Errorf("signing in does not lead back:\n%s", between(page, `class="govuk-button`, "</a>"))
	}
	status, page = a.post(a.at("contact"), contact)
	answered(t, "a form", http.StatusUnauthorized, status, page, "đăng nhập", "Những gì lưu trước đó vẫn còn")
	status, page = a.multipart(a.at("portrait"), picture, &file{"a.jpg", portraitJPEG()})
	answered(t, "an upload", http.StatusUnauthorized, status, page, "Chưa gửi được, cần đăng nhập lại", "Những gì lưu trước đó vẫn còn")
	if status, _ = a.signIn(w.public, "hoa"); status != http.StatusOK {
		t.Errorf("signing in again: %d", status)
	}
	if _, page = a.get(a.at("")); !strings.Contains(plain(page), "Còn 4 việc nữa") {
		t.Errorf("the draft is gone:\n%s", words(page))
	}
	english(w)
}

// english: faults speak the person's language too.
func english(w *world) {
	b := w.browser()
	b.get(w.public + "/language/en?to=/")
	status, page := b.get(w.public + "/nowhere")
	answered(w.t, "an unknown address in English", http.StatusNotFound, status, page, "We cannot find this page")
	status, page = b.get(w.public + "/language/fr?to=/")
	answered(w.t, "a language that we do not speak", http.StatusNotFound, status, page, "We cannot find this page")
	if b.get(w.public + "/language/vi?to=//elsewhere.example/"); b.last.Host != strings.TrimPrefix(w.public, "http://") {
		w.t.Errorf("the language switch leads to %s", b.last.Host)
	}
}
