package signintest

import (
	"strings"
)

// checkRows are what none of the named cases would have missed: each was found by taking one check out and seeing every test pass.
func checkRows() []Row {
	document := func(change func(map[string]any)) func(*Portal) {
		return func(f *Portal) { f.TamperDocument(change) }
	}
	key := func(change func(map[string]any)) func(*Portal) {
		return func(f *Portal) {
			f.Keys = func(set []map[string]any) []map[string]any { change(set[0]); return set }
		}
	}
	grant := func(name string, value any) func(*Portal) {
		return func(f *Portal) { f.TamperGrant(func(g map[string]any) { g[name] = value }) }
	}
	return []Row{
		{"kid", "empty", Header("kid", ""), "kid", Plain},
		{"kid", "a number", Header("kid", 7), "kid", Plain},
		{"kid", "too long", Header("kid", strings.Repeat("k", MaxKid+1)), "kid", Plain},
		{"kid", "missing, and one key of the kind", func(f *Portal) {
			f.Header = func(h map[string]any) { delete(h, "kid") }
			f.also(By("rsa-1", "RS256", RSAKey()).JWK())
		}, Accepted, Plain},
		{"kid", "none anywhere", func(f *Portal) {
			f.Header = func(h map[string]any) { delete(h, "kid") }
			f.Keys = func(set []map[string]any) []map[string]any {
				other := By("", "ES256", NewEC()).JWK()
				delete(set[0], "kid")
				delete(other, "kid")
				return []map[string]any{set[0], other}
			}
		}, "kid_missing", Plain},
		{"key", "without use", key(func(k map[string]any) { delete(k, "use") }), Accepted, Plain},
		{"key", "for verifying", key(func(k map[string]any) { k["key_ops"] = []string{"verify"} }), Accepted, Plain},
		{"token", "padded payload", resigned(func(h, p string) (string, string) { return h, p + "=" }), "token_form", Plain},
		{"token", "padded header", resigned(func(h, p string) (string, string) { return h + "=", p }), "header_form", Plain},
		{"grant", "id_token empty", grant("id_token", ""), "id_token_missing", Plain},
		{"grant", "id_token a number", grant("id_token", 7), "id_token_missing", Plain},
		{"level", "in loAs alone", Without("acr"), Accepted, Plain},
		{"level", "loAs null in the token", Claim("loAs", nil), Accepted, Plain},
		{"level", "loAs below the digits", func(f *Portal) {
			f.Claims = func(c map[string]any) { delete(c, "acr"); delete(c, "loAs") }
			f.Userinfo = func(c map[string]any) { c["loAs"] = "/" }
		}, Level, Plain},
		{"name", "in neither", func(f *Portal) {
			f.Claims = func(c map[string]any) { delete(c, "HoVaTen"); delete(c, "name") }
			f.Userinfo = func(c map[string]any) { delete(c, "HoVaTen"); delete(c, "name") }
		}, "name", Plain},
		{"number", "in the userinfo alone", Without("SoDinhDanh"), Accepted, Plain},
		{"account", "token says another kind", Claim("LoaiTaiKhoan", "2"), "userinfo_differs", Plain},
		{"userinfo", "too many questions", reply("/userinfo", 429, "application/json", "{}"), PortalDown, Plain},
		{"metadata", "a list", reply("/.well-known/openid-configuration", 200, "application/json", "[]"), "metadata_form", Plain},
		{"metadata", "without a token endpoint", document(func(m map[string]any) { delete(m, "token_endpoint") }), "metadata_endpoint", Plain},
		{"metadata", "without keys", document(func(m map[string]any) { delete(m, "jwks_uri") }), "metadata_endpoint", Plain},
		{"metadata", "without userinfo", document(func(m map[string]any) { delete(m, "userinfo_endpoint") }), Accepted, Plain},
		{"metadata", "no address", document(func(m map[string]any) { m["userinfo_endpoint"] = "http://[::1" }), "metadata_endpoint", Plain},
		{"metadata", "a fragment", document(func(m map[string]any) { m["userinfo_endpoint"] = m["userinfo_endpoint"].(string) + "#x" }), "metadata_endpoint", Plain},
	}
}

// resigned signs soundly over changed texts of header and payload.
func resigned(change func(header, payload string) (string, string)) func(*Portal) {
	return func(f *Portal) {
		f.Compact = func(honest string) string {
			p := strings.Split(honest, ".")
			h, c := change(p[0], p[1])
			return h + "." + c + "." + B64(f.sign([]byte(h+"."+c)))
		}
	}
}
