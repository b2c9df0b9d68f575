package dotenv

import (
	"fmt"
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

// What Compose cannot read is said at its line and stands for what was probably meant; all other lines count.
func TestRead(t *testing.T) {
	outside := func(name string) (string, bool) { return "outside", name == "OUTSIDE" }
	tests := []struct {
		name, text string
		values     map[string]string
		faults     []Fault
	}{
		{"nothing wrong", "A=1\nB=\"x\ny\"\n", map[string]string{"A": "1", "B": "x\ny"}, nil},
		{"an open quote", "A=1\nB=\"open\nC=3\n", map[string]string{"A": "1", "B": "open", "C": "3"}, []Fault{{2, "a quoted value has no end"}}},
		{"an open quote before another", "B='open\nC='x'\nD=4\n", map[string]string{"B": "open", "C": "x", "D": "4"}, []Fault{{1, "a quoted value has no end"}}},
		{"several lines after a fault", "A B=1\nC=\"x\n# no comment\ny\"\nD=${C}$OUTSIDE\n",
			map[string]string{"C": "x\n# no comment\ny", "D": "x\n# no comment\nyoutside"}, []Fault{{1, "key cannot contain a space"}}},
		{"a name that stands alone", "A-!=1\nOUTSIDE\nB=2\n", map[string]string{"OUTSIDE": "outside", "B": "2"},
			[]Fault{{1, `unexpected character "!" in the name of a variable`}}},
		{"a dollar sign in a password", "PASSWORD=pa${hunter2\nB=${A:?say A}\nC=3\n", map[string]string{"PASSWORD": "pa${hunter2", "B": "${A:?say A}", "C": "3"},
			[]Fault{{1, "${ begins no variable"}, {2, "required variable A is missing a value: say A"}}},
		{"a byte order mark", "\uFEFFA=1\nB C=2", map[string]string{"A": "1"}, []Fault{{2, "key cannot contain a space"}}},
		{"nothing at all", "", map[string]string{}, nil},
	}
	for _, test := range tests {
		values, faults := Read([]byte(test.text), outside)
		if diff := cmp.Diff(test.values, values); diff != "" {
			t.Errorf("%s: values (-want +got):\n%s", test.name, diff)
		}
		if diff := cmp.Diff(test.faults, faults); diff != "" {
			t.Errorf("%s: faults (-want +got):\n%s", test.name, diff)
		}
	}
}

// What Read makes of a text that Compose takes is what Compose makes of it; a text of faults alone comes to an end.
func TestReadIsBounded(t *testing.T) {
	open := strings.Repeat("A=\"open\n", 100_001) // an odd number of quotes
	if _, faults := Read([]byte(open), nil); len(faults) == 0 || len(faults) > maxFaults {
		t.Errorf("%d faults", len(faults))
	}
	if _, faults := Read([]byte(strings.Repeat("A B\n", 1_000_000)), nil); len(faults) != maxFaults {
		t.Errorf("%d faults", len(faults))
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

func TestRaw(t *testing.T) {
	got := Raw([]byte("# c\nA='x' $B #y\n  C=1\r\nHOME\nNOBODY\n"), func(name string) (string, bool) { return "/home", name == "HOME" })
	if diff := cmp.Diff(map[string]string{"A": "'x' $B #y", "C": "1", "HOME": "/home"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Values that name others are written out only as far as a process could get them.
func TestReadGrowsNoBomb(t *testing.T) {
	doubling, wide := "A0=xxxxxxxxxx\n", "A="+strings.Repeat("x", 100_000)+"\n"
	for i := 1; i < 60; i++ {
		doubling += fmt.Sprintf("A%d=${A%d}$A%d\n", i, i-1, i-1)
	}
	for i := range 1000 {
		wide += fmt.Sprintf("B%d=$A\n", i)
	}
	long := "A=" + strings.Repeat("x", 100_000) + "\nB=" + strings.Repeat("$A", 100_000) + "\n"
	lines := "A=xxxxxxxxxx\n" + strings.Repeat("A=\"$A\n$A\"\n", 60)
	for name, text := range map[string]string{"doubling": doubling, "wide": wide, "long": long, "over lines": lines} {
		values, faults := Read([]byte(text), nil)
		if len(values) > 0 || len(faults) != 1 || !strings.Contains(faults[0].Message, "128 KiB") {
			t.Errorf("%s: %d values, %v", name, len(values), faults)
		}
	}
	values, faults := Read([]byte("A="+strings.Repeat("x", 60_000)+"\nB=$A$A\n"), nil)
	if len(values["B"]) != 120_000 || len(faults) > 0 {
		t.Errorf("%d bytes, %v", len(values["B"]), faults)
	}
}
