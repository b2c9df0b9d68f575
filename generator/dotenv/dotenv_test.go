package dotenv

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/owgen/owgen/generator/diag"
)

func TestQuote(t *testing.T) {
	tests := []struct{ value, want string }{
		{"", ""},
		{"INFO", "INFO"},
		{"8000", "8000"},
		{"172.28.0.0/16", "172.28.0.0/16"},
		{"a@b.example,c+d@e.example", "a@b.example,c+d@e.example"},
		{"two words", `"two words"`},
		{"#no comment", `"#no comment"`},
		{`$HOME "x" \`, `"\$HOME \"x\" \\"`},
		{"a\nb\r\n\tc", `"a\nb\r\n\tc"`},
		{"it's", `"it's"`},
		{"schön", `"schön"`},
		{"a=b", `"a=b"`},
	}
	for _, test := range tests {
		if got := Quote(test.value); got != test.want {
			t.Errorf("Quote(%q) = %s, want %s", test.value, got, test.want)
		}
	}
}

func TestScalar(t *testing.T) {
	tests := []struct{ value, want string }{
		{"", `""`},
		{"yes", `"yes"`},
		{"1:30", `"1:30"`},
		{"${X} $$", `"$${X} $$$$"`},
		{`"\`, `"\"\\"`},
		{"a\r\n\tb", `"a\r\n\tb"`},
		{"schön &(", `"schön &("`},
		{"\u0085\u00a0\u2028\ufeff\U000e0001", `"\x85\xA0\u2028\uFEFF\U000E0001"`},
	}
	for _, test := range tests {
		if got := Scalar(test.value); got != test.want {
			t.Errorf("Scalar(%q) = %s, want %s", test.value, got, test.want)
		}
	}
}

func TestFormat(t *testing.T) {
	got := string(Format([]Entry{
		{Name: "DOMAIN", Value: "example.org", Comment: "The domain.\n\n# all hosts are below it"},
		{Name: "TZ", Value: "Europe/Rome"},
		{Name: "NOTE", Value: "a b", Comment: "A note."},
	}))
	want := `# The domain.
#
# # all hosts are below it
DOMAIN=example.org
TZ=Europe/Rome

# A note.
NOTE="a b"
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestParse(t *testing.T) {
	got, err := Parse([]byte("# c\nA=1\nexport B='x y'\nC=${A}2\n"))
	want := map[string]string{"A": "1", "B": "x y", "C": "12"}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("error %v (-want +got):\n%s", err, diff)
	}
	if _, err := Parse([]byte("A=\"open\n")); err == nil {
		t.Error("an open quote passed")
	}
}

func TestCheck(t *testing.T) {
	long := strings.Repeat("x", maxVariable-len("LONG=\x00"))
	got := Check([]Entry{
		{Name: "OK", Value: "ü\n$"},
		{Name: "LONG", Value: long},
		{Name: "9LIVES"}, {Name: ""}, {Name: "a-b"},
		{Name: "TWICE"}, {Name: "TWICE"},
		{Name: "NUL", Value: "a\x00b"},
		{Name: "LATIN", Value: "ok \ufffd \xfc"},
		{Name: "LONGER", Value: long},
	})
	want := []string{
		"9LIVES: is not the name of a variable",
		": is not the name of a variable",
		"a-b: is not the name of a variable",
		"TWICE: stands twice in the environment file",
		"NUL: has a NUL at byte 1, which no environment can carry",
		"LATIN: is not UTF-8 from byte 7 on",
		"LONGER: has 131066 bytes, and a variable takes 131064 at most",
	}
	if diff := cmp.Diff(want, messages(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func messages(findings diag.List) []string {
	var out []string
	for _, f := range findings {
		out = append(out, f.Path+": "+f.Message)
	}
	return out
}
