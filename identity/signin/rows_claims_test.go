package signin

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"
)

func claimRows() []row {
	info := func(name string, value any) func(*liar) {
		return func(f *liar) { f.userinfo = func(c map[string]any) { c[name] = value } }
	}
	both := func(name string, value any) func(*liar) {
		return func(f *liar) { info(name, value)(f); claim(name, value)(f) }
	}
	return []row{
		{"C01", "wrong", claim("iss", "https://other.invalid"), "iss"},
		{"C01", "slash", func(f *liar) { claim("iss", f.URL+"/")(f) }, "iss"},
		{"C01", "case", func(f *liar) { claim("iss", strings.ToUpper(f.URL))(f) }, "iss"},
		{"C01", "missing", without("iss"), "iss"},
		{"C02", "other", claim("aud", "another"), "aud"},
		{"C02", "missing", without("aud"), "aud"},
		{"C02", "empty", claim("aud", []string{}), "aud"},
		{"C03", "array of one", claim("aud", []string{testClient}), accepted},
		{"C04", "two", claim("aud", []string{testClient, "untrusted"}), "aud"},
		{"C04", "two with azp", func(f *liar) {
			f.claims = func(c map[string]any) { c["aud"], c["azp"] = []string{testClient, "untrusted"}, testClient }
		}, "aud"},
		{"C05", "azp", claim("azp", "another"), "azp"},
		{"C05", "azp ours", claim("azp", testClient), accepted},
		{"C06", "61 s", at("exp", -61*time.Second), "exp"},
		{"C06", "10 s", at("exp", -10*time.Second), "exp"},
		{"C06", "missing", without("exp"), "exp"},
		{"C06", "string", claim("exp", "1999999999"), "exp"},
		{"C06", "1e30", claim("exp", json.RawMessage("1e30")), "exp"},
		{"C06", "year 30,000", claim("exp", 900_000_000_000), "exp"},
		{"C06", "negative", claim("exp", -1), "exp"},
		{"C07", "5 s", at("exp", -5*time.Second), accepted},
		{"C08", "missing", without("iat"), "iat"},
		{"C08", "future", at("iat", 61*time.Second), "iat"},
		{"C08", "old", at("iat", -10*time.Minute-time.Second), "iat"},
		{"C09", "8 s ahead", at("iat", 8*time.Second), accepted},
		{"C10", "nbf", at("nbf", 61*time.Second), "nbf"},
		{"C10", "nbf as text", claim("nbf", "soon"), "nbf"},
		{"C10", "nbf 8 s", at("nbf", 8*time.Second), accepted},
		{"C11", "missing", without("nonce"), "nonce"},
		{"C11", "wrong", claim("nonce", "wrong"), "nonce"},
		{"C11", "of another try", func(f *liar) {
			other, err := f.p.Begin(f.t.Context(), f.maxAge)
			if err != nil {
				f.t.Fatal(err)
			}
			claim("nonce", other.Nonce.Reveal())(f)
		}, "nonce"},
		{"C11", "empty", claim("nonce", ""), "nonce"},
		{"C12", "twice", rawClaims(func(honest string) string { return strings.Replace(honest, `{`, `{"sub":"lan",`, 1) }), "claims_form"},
		{"C12", "no claims at all", rawClaims(func(string) string { return `[]` }), "claims_form"},
		{"C12", "missing", without("sub"), "sub"},
		{"C12", "empty", claim("sub", ""), "sub"},
		{"C12", "long", claim("sub", strings.Repeat("a", 256)), "sub"},
		{"C12", "NUL", claim("sub", "a\x00b"), "sub"},
		{"C12", "newline", claim("sub", "a\nb"), "sub"},
		{"C12", "beyond ASCII", claim("sub", "hòa"), "sub"},
		{"C12", "number", claim("sub", 7), "sub"},
		{"C14", "wrong", claim("at_hash", halfHash("ES256", "another")), "at_hash"},
		{"C14", "missing", without("at_hash"), accepted},
		{"C15", "wrong", claim("c_hash", halfHash("ES256", "another")), "c_hash"},
		{"C15", "right", rightCodeHash, accepted},
		{"C16", "acr low", claim("acr", "urn:giahan:loa:1"), "level"},
		{"C16", "acr unknown", claim("acr", "urn:example:gold"), "level"},
		{"C16", "loAs low", info("loAs", 1), "level"},
		{"C16", "none stated", func(f *liar) {
			f.claims = func(c map[string]any) { delete(c, "acr"); delete(c, "loAs") }
			f.userinfo = func(c map[string]any) { delete(c, "loAs") }
		}, "level"},
		{"C16", "loAs number", info("loAs", 2), accepted},
		{"C16", "loAs list", info("loAs", []string{"1", "2"}), accepted},
		{"C16", "auth_time as text", claim("auth_time", "today"), "auth_time"},
		{"C16", "acr of another kind", claim("acr", 2), "acr"},
		{"C16", "sid of another kind", claim("sid", 7), "sid"},
		{"C17", "at+jwt", header("typ", "at+jwt"), "typ"},
		{"C17", "logout+jwt", header("typ", "logout+jwt"), "typ"},
		{"C17", "events", claim("events", map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}}), "events"},
		{"C18", "other sub", info("sub", "lan"), "userinfo_sub"},
		{"C18", "no sub", noInfo("sub"), "userinfo_sub"},
		{"C19", "signed userinfo", reply("/userinfo", 200, "application/jwt", "a.b.c"), "userinfo_form"},
		{"C19", "right content of another type", reply("/userinfo", 200, "application/jwt", `{"sub":"hoa","SoDinhDanh":"042176003218","HoVaTen":"a"}`), "userinfo_form"},
		{"C19", "names twice", reply("/userinfo", 200, "application/json", `{"sub":"hoa","sub":"lan"}`), "userinfo_form"},
		{"C19", "401", reply("/userinfo", 401, "application/json", `{}`), "userinfo_status"},
		{"C20", "full-width digits", both("SoDinhDanh", "０４２１７６００３２１８"), "personal_number"},
		{"C20", "eleven digits", both("SoDinhDanh", "04217600321"), "personal_number"},
		{"C20", "a letter", both("SoDinhDanh", "04217600321x"), "personal_number"},
		{"C20", "trailing space", both("SoDinhDanh", "042176003218 "), "personal_number"},
		{"C20", "10 kB", both("SoDinhDanh", strings.Repeat("0", 10_000)), "personal_number"},
		{"C20", "missing", func(f *liar) { noInfo("SoDinhDanh")(f); without("SoDinhDanh")(f) }, "personal_number"},
		{"C20", "token says another", claim("SoDinhDanh", "042176003219"), "userinfo_differs"},
		{"C20", "birth date", both("NgaySinh", "9999-99-99"), "birth_date"},
		{"C20", "birth date to come", both("NgaySinh", "20991231"), "birth_date"},
		{"C20", "organisation", both("LoaiTaiKhoan", 2), "organisation"},
		{"C20", "account of unknown kind", both("LoaiTaiKhoan", "7"), "account_kind"},
		{"C21", "names", both("HoVaTen", "Trần \u202eThị\u200b H\u006f\u0300a 🦀"+strings.Repeat("ạ", 480)), accepted},
	}
}

func noInfo(name string) func(*liar) {
	return func(f *liar) { f.userinfo = func(c map[string]any) { delete(c, name) } }
}

// rightCodeHash puts the true c_hash into the token: the code is known when the browser is sent back.
func rightCodeHash(f *liar) {
	f.TamperAnswer(func(q url.Values) {
		code := q.Get("code")
		f.claims = func(c map[string]any) { c["c_hash"] = halfHash("ES256", code) }
	})
}

// rawClaims signs soundly over claims given as text.
func rawClaims(change func(honest string) string) func(*liar) {
	return func(f *liar) {
		f.compact = func(honest string) string {
			input := strings.Split(honest, ".")[0] + "." + b64([]byte(change(string(payloadOf(honest)))))
			return input + "." + b64(f.sign([]byte(input)))
		}
	}
}

func flowRows() []row {
	endpoint := func(name, value string) func(*liar) {
		return func(f *liar) { f.TamperDocument(func(m map[string]any) { m[name] = value }) }
	}
	grant := func(name string, value any) func(*liar) {
		return func(f *liar) { f.TamperGrant(func(g map[string]any) { g[name] = value }) }
	}
	return []row{
		{"F08", "issuer differs", endpoint("issuer", "https://other.invalid"), "metadata_issuer"},
		{"F09", "token endpoint elsewhere", endpoint("token_endpoint", "https://other.invalid/token"), "metadata_endpoint"},
		{"F09", "keys elsewhere", endpoint("jwks_uri", "https://other.invalid/keys"), "metadata_endpoint"},
		{"F09", "keys on another host of the same scheme", endpoint("jwks_uri", "http://127.0.0.1:1/keys"), "metadata_endpoint"},
		{"F09", "other scheme", func(f *liar) {
			endpoint("userinfo_endpoint", strings.Replace(f.URL, "http:", "https:", 1)+"/userinfo")(f)
		}, "metadata_endpoint"},
		{"F09", "user in address", func(f *liar) {
			endpoint("token_endpoint", strings.Replace(f.URL, "http://", "http://x@", 1))(f)
		}, "metadata_endpoint"},
		{"F14", "500", reply("/oauth/token", 500, "text/plain", ""), portalDown},
		{"F14", "429", reply("/oauth/token", 429, "application/json", "{}"), portalDown},
		{"F14", "timeout", func(f *liar) {
			f.configure(func(c *Config) { c.Timeout = 100 * time.Millisecond })
			f.TakeOver("/oauth/token", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		}, portalDown},
		{"F14", "html", reply("/oauth/token", 200, "text/html", "<html>"), "token_answer"},
		{"F14", "50 MB", reply("/oauth/token", 200, "application/json", `{"access_token":"`+strings.Repeat("a", 50<<20)+`"}`), "token_answer"},
		{"F14", "refused code", reply("/oauth/token", 400, "application/json", `{"error":"invalid_grant"}`), "token_endpoint"},
		{"F14", "token_type in other case", grant("token_type", "bEARER"), accepted},
		{"F14", "token_type other", grant("token_type", "DPoP"), "token_type"},
		{"F14", "without expires_in", func(f *liar) { f.TamperGrant(func(g map[string]any) { delete(g, "expires_in") }) }, accepted},
		{"F14", "without id_token", func(f *liar) { f.TamperGrant(func(g map[string]any) { delete(g, "id_token") }) }, "id_token_missing"},
		{"F19", "307", func(f *liar) {
			f.TakeOver("/oauth/token", http.RedirectHandler("/portal/evil", http.StatusTemporaryRedirect).ServeHTTP)
		}, "token_endpoint"},
	}
}
