package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"giahan/identity"
	"giahan/identity/signin"
)

// realm is one OpenID provider and how we are registered there.
type realm struct {
	Issuer, ClientID string
	ClientSecret     identity.Secret // or
	ClientKey        *signin.OwnKey
	Algorithms       []string
	SignedUserinfo   bool
	DecryptionKey    *signin.OwnKey
}

func realmVariables(name, is string, of func(*config) *realm) []variable {
	own := func(dst func(*realm) **signin.OwnKey) func(*config, string) error {
		return func(c *config, v string) error { return readKey(v, dst(of(c))) }
	}
	prefix := "GIAHAN_" + name
	return []variable{
		{prefix + "_ISSUER", "", true, is + ": OpenID issuer, to the letter", address(func(c *config) *string { return &of(c).Issuer })},
		{prefix + "_CLIENT_ID", "", true, is + ": our client", keep(func(c *config) *string { return &of(c).ClientID })},
		{prefix + "_CLIENT_SECRET", "", false, is + ": its secret (client_secret_basic), or:", secret(func(c *config) *identity.Secret { return &of(c).ClientSecret })},
		{prefix + "_CLIENT_KEY", "", false, is + ": file with the private key that says who we are (private_key_jwt): PEM, P-256 or RSA of 3072 bits and more",
			own(func(r *realm) **signin.OwnKey { return &r.ClientKey })},
		{prefix + "_ALGORITHMS", "RS256,PS256,ES256", false, is + ": signatures that are accepted; only asymmetric ones can be named",
			func(c *config, v string) error { return setAlgorithms(of(c), v) }},
		{prefix + "_USERINFO", "plain", false, is + ": `plain` JSON, or `signed` as a token",
			func(c *config, v string) error { return setUserinfo(of(c), v) }},
		{prefix + "_DECRYPTION_KEY", "", false, is + ": file with the private key for which ID tokens are encrypted; without it they come in the clear",
			own(func(r *realm) **signin.OwnKey { return &r.DecryptionKey })},
	}
}

func setAlgorithms(r *realm, v string) error {
	r.Algorithms = strings.FieldsFunc(v, func(c rune) bool { return c == ',' || c == ' ' })
	for _, alg := range r.Algorithms {
		if !signin.Accepts(alg) {
			return errors.New("want names such as RS256, PS256, ES256 with commas")
		}
	}
	return nil
}

func setUserinfo(r *realm, v string) error {
	r.SignedUserinfo = v == "signed"
	if !r.SignedUserinfo && v != "plain" {
		return errors.New("want plain or signed")
	}
	return nil
}

// check: a client is known by a secret or by a key, and by one of them only.
func (r realm) check(name string) error {
	switch {
	case r.ClientSecret == "" && r.ClientKey == nil:
		return fmt.Errorf("%s_CLIENT_SECRET is missing, or %s_CLIENT_KEY in its place", name, name)
	case r.ClientSecret != "" && r.ClientKey != nil:
		return fmt.Errorf("%s_CLIENT_SECRET and %s_CLIENT_KEY are both set: want one", name, name)
	}
	return nil
}

// provider is the realm as the sign-in knows it.
func (r realm) provider(site, acr string, http bool, now func() time.Time) (*signin.Provider, error) {
	return signin.New(signin.Config{Issuer: r.Issuer, ClientID: r.ClientID, ClientSecret: r.ClientSecret, ClientKey: r.ClientKey,
		RedirectURL: site + "/sign-in/callback", Scopes: []string{"profile", "identity"}, ACR: acr, Algorithms: r.Algorithms,
		SignedUserinfo: r.SignedUserinfo, DecryptionKey: r.DecryptionKey, AllowHTTP: http, Now: now})
}

// setFreshLogin: whole minutes, as the portal is asked for and as people are told.
func setFreshLogin(c *config, v string) (err error) {
	c.FreshLogin, err = time.ParseDuration(v)
	if err != nil || c.FreshLogin < time.Minute || c.FreshLogin%time.Minute != 0 {
		return errors.New("want whole minutes such as 15m")
	}
	return nil
}
