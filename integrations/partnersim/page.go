package partnersim

import (
	"html/template"
	"net/http"
)

// CSS of every simulated page: system fonts, one column, big targets, light and dark. It stands in the page because a
// simulator serves nothing else; the colours are the tokens of shared/design.
const css = `
:root{color-scheme:light dark;--ink:#12222b;--ink2:#42525b;--page:#fff;--surface:#f1f5f7;--line:#cbd5da;--brand:#0b3f52;--action:#0a5672;--focus:#ffc83d;--turn:#fff3d6}
@media (prefers-color-scheme:dark){:root{--ink:#edf3f6;--ink2:#b4c3cb;--page:#0f181d;--surface:#19262d;--line:#34464f;--brand:#0b3f52;--action:#8fc9e0;--turn:#33270d}}
*{box-sizing:border-box}
body{margin:0;background:var(--surface);color:var(--ink);font:1.125rem/1.5 "Segoe UI",Roboto,"Noto Sans",system-ui,-apple-system,"Helvetica Neue",Arial,sans-serif}
header{background:var(--brand);color:#fff;padding:16px max(16px,calc((100% - 34rem)/2 + 16px));font-weight:600}
header small{display:block;font-weight:400;color:#c3dde6}
main{max-width:34rem;margin:0 auto;padding:24px 16px 48px}
h1{font-size:1.5rem;line-height:1.25;margin:0 0 8px}
p{margin:0 0 16px;color:var(--ink2);overflow-wrap:anywhere}
.amount{font-size:2rem;font-weight:700;color:var(--ink);margin:8px 0}
form{margin:0}
button{display:block;width:100%;min-height:56px;margin:0 0 12px;padding:12px 16px;text-align:left;font:inherit;color:var(--ink);background:var(--page);border:2px solid var(--line);border-radius:8px;cursor:pointer}
button b{display:block;color:var(--action)}
button span{display:block;color:var(--ink2);font-size:1rem}
button.main{background:#0a5672;border-color:#0a5672;color:#fff;font-weight:600;text-align:center}
button:hover{border-color:var(--action)}
button:focus-visible,a:focus-visible{outline:3px solid var(--focus);outline-offset:2px}
a{color:var(--action)}
.note{background:var(--turn);border-radius:8px;padding:12px 16px;color:var(--ink)}
`

const layout = `<!doctype html>
<html lang="vi"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>{{template "title" .}}</title><meta name="robots" content="noindex"><style>{{css}}</style></head>
<body><header>{{template "house" .}}<small>Mô phỏng để thử, không phải trang thật</small></header>
<main>{{template "main" .}}</main></body></html>`

// Page compiles a page from a text that defines "title", "house" (whose page it is) and "main".
func Page(text string) *template.Template {
	t := template.New("page").Funcs(template.FuncMap{"css": func() template.CSS { return css }})
	return template.Must(template.Must(t.Parse(layout)).Parse(text))
}

// Render writes a page that no browser keeps and no other site frames.
func Render(w http.ResponseWriter, status int, page *template.Template, data any) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'")
	w.WriteHeader(status)
	_ = page.Execute(w, data) // a browser that went away is nobody's error
}
