package main

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"giahan/licensing"
	"giahan/licensing/rules"
)

// guideShapes are addresses of the guide, one for each kind of page that it can make: every question, and every answer that has
// other parts than the ones before. web/guide walks all of them without a browser.
func guideShapes(book *licensing.Rules, day licensing.Date) (questions, answers []string) {
	seen := map[string]bool{}
	var walk func(q licensing.Inquiry)
	walk = func(q licensing.Inquiry) {
		q, next := book.Settle(q, day)
		switch next {
		case licensing.AskNothing:
			a := book.Advise(q, day)
			shape := fmt.Sprint(a.Way, a.Why, len(a.Cards), a.Decision.NeedsHealth, a.Test)
			if !seen[shape] {
				seen[shape] = true
				answers = append(answers, "/guide/"+q.Path())
			}
			return
		case licensing.AskNeed:
			for _, q.Need = range licensing.Needs {
				walk(q)
			}
		case licensing.AskHolding:
			for _, q.Holding = range licensing.Holdings {
				walk(q)
			}
		case licensing.AskClass:
			for _, q.Class = range book.ClassesFor(q, day) {
				walk(q)
			}
		case licensing.AskStanding:
			for _, q.Standing = range book.StandingsFor(q, day) {
				walk(q)
			}
		}
		if shape := fmt.Sprint(next, q.Need == licensing.NeedFirst, q.Holding); !seen[shape] {
			seen[shape] = true
			questions = append(questions, "/guide/"+before(q, next).Path())
		}
	}
	walk(licensing.Inquiry{})
	return questions, answers
}

// before is the inquiry whose next question is asked: the answer that the walk has just tried goes.
func before(q licensing.Inquiry, asked licensing.Question) licensing.Inquiry {
	switch asked {
	case licensing.AskNeed:
		q.Need = ""
	case licensing.AskHolding:
		q.Holding = ""
	case licensing.AskClass:
		q.Class = ""
	case licensing.AskStanding:
		q.Standing = ""
	}
	return q
}

// The guide on the narrowest phone, without script: question by question, then every kind of page, with axe and no sideways scroll;
// and its sheets, each of which prints on one page.
func TestGuideWithoutScript(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	phone := newChromium(t, window{width: 320, height: 640, noScript: true})
	phone.open(w.public)
	phone.press("Xem cần chuẩn bị gì, tốn bao nhiêu")
	phone.page("Cần làm gì với bằng lái?", "need")
	phone.press("Đổi (gia hạn) vì sắp hết hạn")
	phone.page("Bằng lái thuộc loại nào?", "holding")
	phone.press("Thẻ nhựa, cấp trước ngày 01/01/2025")
	phone.page("Bằng lái ghi hạng nào?", "class")
	phone.press("Hạng B2")
	phone.page("Bằng lái còn hạn không?", "standing")
	phone.press("Còn hạn")
	phone.page("Đổi (gia hạn) được bằng lái hạng B2 cũ trên mạng", "answer")
	phone.press("Bản in để dán bảng tin")
	phone.page("Quét mã để xem trên điện thoại", "sheet")
	phone.press("Quay lại")
	phone.press("Sửa")
	phone.see("Cần làm gì với bằng lái?")
	phone.fill("q", "mat bang")
	phone.press("Tìm")
	phone.page("Tìm thấy", "search")
	phone.press("Cấp lại vì bị mất bằng lái")
	phone.see("Bằng lái thuộc loại nào?")
	questions, answers := guideShapes(rules.Embedded(), licensing.DateOf(time.Now()))
	if len(questions) < 6 || len(answers) < 10 {
		t.Fatalf("only %d questions and %d answers", len(questions), len(answers))
	}
	for _, address := range append(append(questions, answers...), "/guide/search", "/guide/search?q=xyzzy", "/guide/questions/classes", "/guide/questions/office") {
		phone.open(w.public + address)
		phone.check()
	}
}

// The same in English on a dark phone: the kinds of answers, and the sheets on paper.
func TestGuideInEnglish(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	phone := newChromium(t, window{width: 390, height: 844, dark: true})
	phone.open(w.public + "/language/en?to=/guide")
	phone.page("What do you need?", "need")
	_, answers := guideShapes(rules.Embedded(), licensing.DateOf(time.Now()))
	for n, address := range answers {
		phone.open(w.public + address)
		if n%2 == 0 {
			phone.page("driver's licence (giấy phép lái xe)", "answer")
		}
		if !ask[bool](phone, `!!document.querySelector('a[href$="/print"]')`) {
			continue // there is nothing to apply for
		}
		phone.open(w.public + address + "/print")
		if pages := phone.paper(filepath.Base(filepath.Dir(address))); pages != 1 {
			t.Errorf("%s takes %d sheets of paper", address, pages)
		}
	}
}

var pdfPage = regexp.MustCompile(`/Type\s*/Page\b[^s]`)

// paper prints the page and counts the sheets.
func (c *chromium) paper(name string) int {
	c.t.Helper()
	var pdf []byte
	c.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		r, err := cdp.Call(ctx, t, cdppage.PrintToPDF, cdppage.PrintToPDFParams{PreferCSSPageSize: new(true)})
		pdf = r.Data
		return err
	}))
	if !bytes.HasPrefix(pdf, []byte("%PDF")) {
		c.fail("no paper")
	}
	if c.shots != "" {
		c.do(chromedp.EmulateViewport(688, 1032))
		c.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
			_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
			return err
		}))
		c.save("paper-" + name)
		c.do(chromedp.EmulateViewport(390, 844))
		c.scheme("dark")
	}
	return len(pdfPage.FindAll(pdf, -1))
}
