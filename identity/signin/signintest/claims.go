package signintest

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"
)

func claimRows() []Row {
	info := func(name string, value any) func(*Portal) {
		return func(f *Portal) { f.Userinfo = func(c map[string]any) { c[name] = value } }
	}
	both := func(name string, value any) func(*Portal) {
		return func(f *Portal) { info(name, value)(f); Claim(name, value)(f) }
	}
	return []Row{
		{"C01", "wrong", Claim("iss", "https://other.invalid"), "iss", Plain},
		{"C01", "slash", func(f *Portal) { Claim("iss", f.URL+"/")(f) }, "iss", Plain},
		{"C01", "case", func(f *Portal) { Claim("iss", strings.ToUpper(f.URL))(f) }, "iss", Plain},
		{"C01", "missing", Without("iss"), "iss", Plain},
		{"C02", "other", Claim("aud", "another"), "aud", Plain},
		{"C02", "missing", Without("aud"), "aud", Plain},
		{"C02", "empty", Claim("aud", []string{}), "aud", Plain},
		{"C03", "array of one", Claim("aud", []string{Client}), Accepted, Plain},
		{"C04", "two", Claim("aud", []string{Client, "untrusted"}), "aud", Plain},
		{"C04", "two with azp", func(f *Portal) {
			f.Claims = func(c map[string]any) { c["aud"], c["azp"] = []string{Client, "untrusted"}, Client }
		}, "aud", Plain},
		{"C05", "azp", Claim("azp", "another"), "azp", Plain},
		{"C05", "azp ours", Claim("azp", Client), Accepted, Plain},
		{"C06", "61 s", At("exp", -61*time.Second), "exp", Plain},
		{"C06", "10 s", At("exp", -10*time.Second), "exp", Plain},
		{"C06", "missing", Without("exp"), "exp", Plain},
		{"C06", "string", Claim("exp", "1999999999"), "exp", Plain},
		{"C06", "1e30", Claim("exp", json.RawMessage("1e30")), "exp", Plain},
		{"C06", "year 30,000", Claim("exp", 900_000_000_000), "exp", Plain},
		{"C06", "negative", Claim("exp", -1), "exp", Plain},
		{"C07", "5 s", At("exp", -5*time.Second), Accepted, Plain},
		{"C08", "missing", Without("iat"), "iat", Plain},
		{"C08", "future", At("iat", 61*time.Second), "iat", Plain},
		{"C08", "old", At("iat", -10*time.Minute-time.Second), "iat", Plain},
		{"C09", "8 s ahead", At("iat", 8*time.Second), Accepted, Plain},
		{"C10", "nbf", At("nbf", 61*time.Second), "nbf", Plain},
		{"C10", "nbf as text", Claim("nbf", "soon"), "nbf", Plain},
		{"C10", "nbf 8 s", At("nbf", 8*time.Second), Accepted, Plain},
		{"C11", "missing", Without("nonce"), "nonce", Plain},
		{"C11", "wrong", Claim("nonce", "wrong"), "nonce", Plain},
		{"C11", "of another try", func(f *Portal) { Claim("nonce", f.OtherNonce())(f) }, "nonce", Plain},
		{"C11", "empty", Claim("nonce", ""), "nonce", Plain},
		{"C12", "twice", rawClaims(func(honest string) string { return strings.Replace(honest, `{`, `{"sub":"lan",`, 1) }), "claims_form", Plain},
		{"C12", "no claims at all", rawClaims(func(string) string { return `[]` }), "claims_form", Plain},
		{"C12", "missing", Without("sub"), "sub", Plain},
		{"C12", "empty", Claim("sub", ""), "sub", Plain},
		{"C12", "long", Claim("sub", strings.Repeat("a", 256)), "sub", Plain},
		{"C12", "NUL", Claim("sub", "a\x00b"), "sub", Plain},
		{"C12", "newline", Claim("sub", "a\nb"), "sub", Plain},
		{"C12", "beyond ASCII", Claim("sub", "hòa"), "sub", Plain},
		{"C12", "number", Claim("sub", 7), "sub", Plain},
		{"C14", "wrong", Claim("at_hash", halfHash("another")), "at_hash", Plain},
		{"C14", "missing", Without("at_hash"), Accepted, Plain},
		{"C15", "wrong", Claim("c_hash", halfHash("another")), "c_hash", Plain},
		{"C15", "right", rightCodeHash, Accepted, Plain},
		{"C16", "acr low", Claim("acr", "urn:giahan:loa:1"), "level", Plain},
		{"C16", "acr unknown", Claim("acr", "urn:example:gold"), "level", Plain},
		{"C16", "loAs low", info("loAs", 1), "level", Plain},
		{"C16", "none stated", func(f *Portal) {
			f.Claims = func(c map[string]any) { delete(c, "acr"); delete(c, "loAs") }
			f.Userinfo = func(c map[string]any) { delete(c, "loAs") }
		}, "level", Plain},
		{"C16", "loAs number", info("loAs", 2), Accepted, Plain},
		{"C16", "loAs list", info("loAs", []string{"1", "2"}), Accepted, Plain},
		{"C16", "auth_time as text", Claim("auth_time", "today"), "auth_time", Plain},
		{"C16", "acr of another kind", Claim("acr", 2), "acr", Plain},
		{"C16", "sid of another kind", Claim("sid", 7), "sid", Plain},
		{"C17", "at+jwt", Header("typ", "at+jwt"), "typ", Plain},
		{"C17", "logout+jwt", Header("typ", "logout+jwt"), "typ", Plain},
		{"C17", "events", Claim("events", map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}}), "events", Plain},
		{"C18", "other sub", info("sub", "lan"), "userinfo_sub", Plain},
		{"C18", "no sub", noInfo("sub"), "userinfo_sub", Plain},
		{"C19", "signed userinfo", reply("/userinfo", 200, "application/jwt", "a.b.c"), "userinfo_form", Plain},
		{"C19", "right content of another type", reply("/userinfo", 200, "application/jwt", `{"sub":"hoa","SoDinhDanh":"042176003218","HoVaTen":"a"}`), "userinfo_form", Plain},
		{"C19", "names twice", reply("/userinfo", 200, "application/json", `{"sub":"hoa","sub":"lan"}`), "userinfo_form", Plain},
		{"C19", "401", reply("/userinfo", 401, "application/json", `{}`), "userinfo_status", Plain},
		{"C20", "full-width digits", both("SoDinhDanh", "０４２１７６００３２１８"), "personal_number", Plain},
		{"C20", "eleven digits", both("SoDinhDanh", "04217600321"), "personal_number", Plain},
		{"C20", "a letter", both("SoDinhDanh", "04217600321x"), "personal_number", Plain},
		{"C20", "trailing space", both("SoDinhDanh", "042176003218 "), "personal_number", Plain},
		{"C20", "10 kB", both("SoDinhDanh", strings.Repeat("0", 10_000)), "personal_number", Plain},
		{"C20", "missing", func(f *Portal) { noInfo("SoDinhDanh")(f); Without("SoDinhDanh")(f) }, "personal_number", Plain},
		{"C20", "token says another", Claim("SoDinhDanh", "042176003219"), "userinfo_differs", Plain},
		{"C20", "birth date", both("NgaySinh", "9999-99-99"), "birth_date", Plain},
		{"C20", "birth date to come", both("NgaySinh", "20991231"), "birth_date", Plain},
		{"C20", "organisation", both("LoaiTaiKhoan", 2), "organisation", Plain},
		{"C20", "account of unknown kind", both("LoaiTaiKhoan", "7"), "account_kind", Plain},
		{"C21", "names", both("HoVaTen", "Trần \u202eThị\u200b H\u006f\u0300a 🦀"+strings.Repeat("ạ", 480)), Accepted, Plain},
	}
}

func noInfo(name string) func(*Portal) {
	return func(f *Portal) { f.Userinfo = func(c map[string]any) { delete(c, name) } }
}

// rightCodeHash puts the true c_hash into the token: the code is known when the browser is sent back.
func rightCodeHash(f *Portal) {
	f.TamperAnswer(func(q url.Values) {
		code := q.Get("code")
		f.Claims = func(c map[string]any) { c["c_hash"] = halfHash(code) }
	})
}

// rawClaims signs soundly over claims given as text.
func rawClaims(change func(honest string) string) func(*Portal) {
	return func(f *Portal) {
		f.Compact = func(honest string) string {
			input := strings.Split(honest, ".")[0] + "." + B64([]byte(change(string(payloadOf(honest)))))
			return input + "." + B64(f.sign([]byte(input)))
		}
	}
}

func flowRows() []Row {
	endpoint := func(name, value string) func(*Portal) {
		return func(f *Portal) { f.TamperDocument(func(m map[string]any) { m[name] = value }) }
	}
	grant := func(name string, value any) func(*Portal) {
		return func(f *Portal) { f.TamperGrant(func(g map[string]any) { g[name] = value }) }
	}
	return []Row{
		{"F08", "issuer differs", endpoint("issuer", "https://other.invalid"), "metadata_issuer", Plain},
		{"F09", "token endpoint elsewhere", endpoint("token_endpoint", "https://other.invalid/token"), "metadata_endpoint", Plain},
		{"F09", "keys elsewhere", endpoint("jwks_uri", "https://other.invalid/keys"), "metadata_endpoint", Plain},
		{"F09", "keys on another host of the same scheme", endpoint("jwks_uri", "http://127.0.0.1:1/keys"), "metadata_endpoint", Plain},
		{"F09", "other scheme", func(f *Portal) {
			endpoint("userinfo_endpoint", strings.Replace(f.URL, "http:", "https:", 1)+"/userinfo")(f)
		}, "metadata_endpoint", Plain},
		{"F09", "user in address", func(f *Portal) {
			endpoint("token_endpoint", strings.Replace(f.URL, "http://", "http://x@", 1))(f)
		}, "metadata_endpoint", Plain},
		{"F14", "500", reply("/oauth/token", 500, "text/plain", ""), PortalDown, Plain},
		{"F14", "429", reply("/oauth/token", 429, "application/json", "{}"), PortalDown, Plain},
		{"F14", "timeout", func(f *Portal) {
			f.TakeOver("/oauth/token", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		}, PortalDown, Impatient},
		{"F14", "html", reply("/oauth/token", 200, "text/html", "<html>"), "token_answer", Plain},
		{"F14", "50 MB", reply("/oauth/token", 200, "application/json", `{"access_token":"`+strings.Repeat("a", 50<<20)+`"}`), "token_answer", Plain},
		{"F14", "refused code", reply("/oauth/token", 400, "application/json", `{"error":"invalid_grant"}`), "token_endpoint", Plain},
		{"F14", "token_type in other case", grant("token_type", "bEARER"), Accepted, Plain},
		{"F14", "token_type other", grant("token_type", "DPoP"), "token_type", Plain},
		{"F14", "without expires_in", func(f *Portal) { f.TamperGrant(func(g map[string]any) { delete(g, "expires_in") }) }, Accepted, Plain},
		{"F14", "without id_token", func(f *Portal) { f.TamperGrant(func(g map[string]any) { delete(g, "id_token") }) }, "id_token_missing", Plain},
		{"F19", "307", func(f *Portal) {
			f.TakeOver("/oauth/token", http.RedirectHandler("/portal/evil", http.StatusTemporaryRedirect).ServeHTTP)
		}, "token_endpoint", Plain},
	}
}
