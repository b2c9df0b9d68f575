package secret

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"io"
	mathrand "math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/crypto/ssh"
)

// seeded is a source of randomness that gives the same bytes in each run.
func seeded() io.Reader { return mathrand.NewChaCha8([32]byte{1}) }

func today() time.Time { return time.Date(2026, 11, 22, 10, 0, 0, 123, time.FixedZone("", 3600)) }

func TestRandomIsAlphanumericAndOfItsLength(t *testing.T) {
	for _, length := range []int{0, MinLength, 40, 500} {
		m, err := Create(Spec{Name: "s", Kind: Random, Length: length}, rand.Reader, today())
		if err != nil {
			t.Fatal(err)
		}
		want := length
		if want == 0 {
			want = DefaultLength
		}
		if len(m.Private) != want || !regexp.MustCompile(`^[A-Za-z0-9]+$`).Match(m.Private) || m.Public != nil {
			t.Errorf("length %d gave %d characters, public %v", length, len(m.Private), m.Public)
		}
	}
}

// Every byte value once: 248 of them are 4 times the alphabet, the last 8 must be thrown away.
func TestRandomHasNoBias(t *testing.T) {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(255 - i)
	}
	m, err := Create(Spec{Name: "s", Kind: Random, Length: 248}, bytes.NewReader(all), today())
	if err != nil {
		t.Fatal(err)
	}
	counts := map[rune]int{}
	for _, c := range string(m.Private) {
		counts[c]++
	}
	for _, c := range alphabet {
		if counts[c] != 4 {
			t.Errorf("%c came %d times of 4", c, counts[c])
		}
	}
}

// Chi-squared over 62 letters: beyond 120 (61 degrees of freedom) once in 100000 runs, and the seed is fixed.
func TestRandomIsSpreadEvenly(t *testing.T) {
	const n = 62000
	m, err := Create(Spec{Name: "s", Kind: Random, Length: n}, seeded(), today())
	if err != nil {
		t.Fatal(err)
	}
	expected := float64(n) / float64(len(alphabet))
	sum := 0.0
	for _, c := range []byte(alphabet) {
		d := float64(bytes.Count(m.Private, []byte{c})) - expected
		sum += d * d / expected
	}
	if sum > 120 {
		t.Errorf("chi-squared is %.0f", sum)
	}
}

func TestUUID(t *testing.T) {
	m, err := Create(Spec{Name: "s", Kind: UUID}, seeded(), today())
	if err != nil || !regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).Match(m.Private) {
		t.Errorf("%q is no UUID of version 4 (%v)", m.Private, err)
	}
}

func TestSSHKey(t *testing.T) {
	m, err := Create(Spec{Name: "ssh_key", Kind: SSHKey}, seeded(), today())
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(m.Private, []byte("-----BEGIN OPENSSH PRIVATE KEY-----\n")) || !bytes.HasSuffix(m.Private, []byte("-----\n")) {
		t.Error("not the format of OpenSSH, which ends in a newline")
	}
	key, err := ssh.ParseRawPrivateKey(m.Private)
	if err != nil {
		t.Fatal(err)
	}
	seed := make([]byte, ed25519.SeedSize)
	if _, err := io.ReadFull(seeded(), seed); err != nil {
		t.Fatal(err)
	}
	if !ed25519.NewKeyFromSeed(seed).Equal(*key.(*ed25519.PrivateKey)) {
		t.Error("the key does not come from the given randomness")
	}
}

func TestSameRandomnessGivesTheSameSecret(t *testing.T) {
	for _, kind := range []Kind{Random, UUID, Authority} {
		spec := Spec{Name: "s", Kind: kind}
		one, err1 := Create(spec, seeded(), today())
		two, err2 := Create(spec, seeded(), today())
		other, err3 := Create(spec, rand.Reader, today())
		if err := errors.Join(err1, err2, err3); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(one, two); diff != "" {
			t.Errorf("%s (-one +two):\n%s", kind, diff)
		}
		if bytes.Equal(one.Private, other.Private) {
			t.Errorf("%s: other randomness gave the same secret", kind)
		}
	}
}

func TestCreateFails(t *testing.T) {
	dry := iotest.ErrReader(errors.New("no randomness"))
	tests := map[string]struct {
		spec    Spec
		random  io.Reader
		message string
	}{
		"provided":        {Spec{Kind: Provided}, seeded(), "comes from the user"},
		"unknown kind":    {Spec{Kind: "magic"}, seeded(), `"magic" is not a kind`},
		"too short":       {Spec{Kind: Random, Length: 15}, seeded(), "too few"},
		"negative":        {Spec{Kind: Random, Length: -1}, seeded(), "too few"},
		"dry random":      {Spec{Kind: Random}, dry, "no randomness"},
		"dry uuid":        {Spec{Kind: UUID}, dry, "no randomness"},
		"dry ssh-key":     {Spec{Kind: SSHKey}, dry, "no randomness"},
		"dry authority":   {Spec{Kind: Authority}, dry, "no randomness"},
		"dries up later":  {Spec{Kind: Authority}, io.LimitReader(seeded(), 33), "unexpected EOF"},
		"only bias bytes": {Spec{Kind: Random}, bytes.NewReader(bytes.Repeat([]byte{255}, 40)), "EOF"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			test.spec.Name = "the_name"
			m, err := Create(test.spec, test.random, today())
			if err == nil || !strings.Contains(err.Error(), test.message) || !strings.Contains(err.Error(), "the_name") {
				t.Errorf("got %v, want an error with the name and %q", err, test.message)
			}
			if m.Private != nil || m.Public != nil {
				t.Error("an error came with material")
			}
		})
	}
}
