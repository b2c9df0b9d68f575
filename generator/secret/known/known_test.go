package known_test

import (
	_ "embed"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/owgen/owgen/generator/secret/known"
)

//go:embed testdata/bad.txt
var badList string

//go:embed testdata/good.txt
var goodList string

func lines(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		if line = strings.TrimRight(line, "\n"); line != "" && !strings.HasPrefix(line, "# ") {
			out = append(out, line)
		}
	}
	return out
}

// TestRates measures on two lists: what examples and people use, and what was made to be a secret, together with
// thousands of random ones in the forms in which programs make them.
func TestRates(t *testing.T) {
	bad := lines(badList)
	missed := 0
	for _, text := range bad {
		if !known.Value(text) {
			missed++
			t.Logf("missed: %s", text)
		}
	}
	good := lines(goodList)
	alarms := 0
	for _, text := range good {
		if known.Value(text) {
			alarms++
			t.Logf("false alarm: %s", text)
		}
	}
	made := generated()
	random := 0
	for _, text := range made {
		if known.Value(text) {
			random++
			t.Logf("false alarm on a random one: %s", text)
		}
	}
	t.Logf("%d of %d known ones missed, %d of %d real ones and %d of %d random ones taken for known", missed, len(bad), alarms, len(good), random, len(made))
	if len(bad) < 400 || len(good) < 100 || len(made) < 10000 {
		t.Fatalf("the lists are too short: %d, %d, %d", len(bad), len(good), len(made))
	}
	if 100*missed > len(bad) || 50*alarms > len(good) || 10000*random > len(made) {
		t.Error("more than one in 100 is missed, or one in 50 real or in 10,000 random ones is a false alarm")
	}
}

// generated makes secrets as programs make them, always the same.
func generated() []string {
	r := rand.New(rand.NewPCG(1, 2))
	data := func(n int) []byte {
		out := make([]byte, n)
		for i := range out {
			out[i] = byte(r.Uint32())
		}
		return out
	}
	from := func(alphabet string, n int) string {
		out := make([]byte, n)
		for i := range out {
			out[i] = alphabet[r.IntN(len(alphabet))]
		}
		return string(out)
	}
	const lower, digits = "abcdefghijklmnopqrstuvwxyz", "0123456789"
	phrase := strings.Fields("anchor bishop cactus daring ember fossil gravel hollow island jungle kettle lantern meadow nickel orchid pepperoni quartz ribbon saddle timber umbrella velvet walnut yellow zephyr")
	var out []string
	for range 1000 {
		uuid := hex.EncodeToString(data(16))
		out = append(out, hex.EncodeToString(data(16)), hex.EncodeToString(data(32)), base64.StdEncoding.EncodeToString(data(24)),
			base64.RawURLEncoding.EncodeToString(data(32)), from(lower+strings.ToUpper(lower)+digits, 8), from(lower, 10),
			from(lower+strings.ToUpper(lower)+digits+"!@#$%^&*(-_=+)", 50), from(lower+digits, 12),
			fmt.Sprintf("%s-%s-4%s-a%s-%s", uuid[:8], uuid[8:12], uuid[13:16], uuid[17:20], uuid[20:]),
			phrase[r.IntN(len(phrase))]+"-"+phrase[r.IntN(len(phrase))]+"-"+phrase[r.IntN(len(phrase))]+"-"+phrase[r.IntN(len(phrase))],
			"https://user:"+from(lower+digits, 16)+"@example.org/")
	}
	return out
}

// TestLogin checks that a name is no password.
func TestLogin(t *testing.T) {
	for _, test := range []struct {
		user, password string
		want           bool
	}{
		{"wiki", "wiki", true}, {"wiki", "wiki123", true}, {"Wiki", "wiki!", true}, {"wiki", "", false}, {"", "", false},
		{"wiki", "kO93jd0Pqe", false}, {"wiki", "changeme", true},
	} {
		if got := known.Login(test.user, test.password); got != test.want {
			t.Errorf("%s:%s: %v", test.user, test.password, got)
		}
	}
}
