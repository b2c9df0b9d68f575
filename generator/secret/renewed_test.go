package secret

import "testing"

func TestRenewal(t *testing.T) {
	for file, want := range map[string][2]string{
		"":                      {},
		"cert.pem":              {}, // the whole bundle
		"./cert.pem":            {},
		"secrets/cert.pem":      {},
		"./secrets/tls/c.pem":   {},
		"a/../secrets/c.pem":    {},
		"/cert.pem":             {},
		"../cert.pem":           {}, // whatever is beside the bundle
		"../../cert.pem":        {},
		"tls/cert.pem":          {"./tls", "/run/renewed/x/cert.pem"},
		"./tls/cert.pem":        {"./tls", "/run/renewed/x/cert.pem"},
		"../tls/cert.pem":       {"../tls", "/run/renewed/x/cert.pem"},
		"/etc/ssl/a/chain.pem":  {"/etc/ssl/a", "/run/renewed/x/chain.pem"},
		"/srv/live/a/b/c.pem":   {"/srv/live/a/b", "/run/renewed/x/c.pem"},
		"/live/a/fullchain.pem": {"/live/a", "/run/renewed/x/fullchain.pem"},
		"/etc/letsencrypt/live/example.org/fullchain.pem": {"/etc/letsencrypt", "/run/renewed/x/live/example.org/fullchain.pem"},
	} {
		folder, inside := Spec{Name: "x", File: file, Renewed: true}.Renewal()
		if got := [2]string{folder, inside}; got != want {
			t.Errorf("%q: %q, want %q", file, got, want)
		}
		if folder, _ := (Spec{Name: "x", File: file}).Renewal(); folder != "" {
			t.Errorf("%q is mounted by its folder without a need", file)
		}
	}
}
