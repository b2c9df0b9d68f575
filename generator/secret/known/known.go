// Package known tells secrets that everybody knows, or can guess at once, from those that somebody made: what examples
// and defaults use, what a text says about itself (change-me, your_key_here, <token>), walks over the keyboard and
// repetitions. It decides by shape, so that the next example is known as well.
package known

import (
	"encoding/base64"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/owgen/owgen/generator/lazy"
)

// Value tells whether a secret is well known or a placeholder. Of an address that logs in, the password decides.
func Value(text string) bool {
	text = strings.TrimSpace(text)
	if user, password, ok := login(text); ok {
		return Login(user, password)
	}
	bare := unquoted(text)
	if bare == "" || strings.Contains(bare, "://") {
		return false
	}
	return placeholder(bare) || repeated(bare) || guessable(bare) || encoded(bare)
}

// Login tells whether a password is well known, or no more than the name that it belongs to.
func Login(user, password string) bool {
	return password != "" && strings.EqualFold(user, strings.TrimRight(password, "0123456789!")) || Value(password)
}

// login takes user and password out of an address; false if it has no password.
func login(text string) (user, password string, ok bool) {
	scheme, rest, ok := strings.Cut(text, "://")
	if !ok || strings.ContainsAny(scheme, " /@") {
		return "", "", false
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	at := strings.LastIndex(rest[:end], "@")
	if at < 0 {
		return "", "", false
	}
	user, password, ok = strings.Cut(rest[:at], ":")
	if decoded, err := url.PathUnescape(password); err == nil {
		password = decoded
	}
	return user, password, ok && password != ""
}

// unquoted drops the quotes that a list in YAML leaves around a value.
func unquoted(text string) string {
	for _, quote := range []string{`"`, `'`} {
		if len(text) > 1 && strings.HasPrefix(text, quote) && strings.HasSuffix(text, quote) {
			text = text[1 : len(text)-1]
		}
	}
	return strings.TrimSpace(text)
}

var (
	// brackets that somebody was to fill in
	bracketed = lazy.Regexp(`^(<[^<>]*>|\{\{.*\}\}|\[[^\[\]]*\]|\$\{[^{}]*\}|\$\([A-Z_]*\)|%[A-Za-z_]+%|%%.*%%|@@?[A-Za-z_]+@@?|__[A-Za-z_]+__)$`)
	// nothing but signs that stand for something
	blank = lazy.Regexp(`^[xX*.?#_•… -]{3,}$`)
	// a gap somewhere in it
	gap = lazy.Regexp(`[xX*]{6,}|\.\.\.$|…`)
	// words by which a text says that it is none
	says = lazy.Regexp(`(?i)change[-_ .]?(me|this|it\b|before|default|your|the|in[-_ ])|chang(e|ing)[-_ ]?in[-_ ]?prod|to[-_ ]?be[-_ ]?(changed|replaced|defined|set)|` +
		`replace[-_ ]?(me([^n]|n[^t]|n?$)|this|with|by|it\b)|(^|[-_ <])your?[-_ ]|(^|[^a-z])your(secret|password|token|api|key|random|super|strong|own)|` +
		`[-_ ]here[>!.]*$|openssl[-_ ]rand|dont[-_ ]?tell|place[-_ ]?holder|(^|[-_ ])fix[-_ ]?me([-_ :]|$)|(^|[-_ ])to[-_ ]?do([-_ :]|$)|(^|[-_ ])insert[-_ ]|` +
		`not[-_ ]?(a|so|very|really)?[-_ ]?(real|true)?[-_ ]?(secret|secure|safe)|(^|[-_ ])(example|sample|dummy|fake|redacted)([-_ ]|$)|insecure|never[-_ ]?use|do[-_ ]?not[-_ ]?use|` +
		`(generate|choose|pick|set|enter|put|use|create)[-_ ](a|an|one|your|the|some)[-_ ]`)
)

// placeholder tells whether a text stands for a secret that somebody was to write in its place.
func placeholder(text string) bool {
	return bracketed().MatchString(text) || gap().MatchString(text) || blank().MatchString(text) || says().MatchString(text) ||
		strings.Contains(text, "EXAMPLE") || strings.HasPrefix(strings.ToLower(text), "xxx")
}

// repeated tells whether a text is one short piece again and again, or of two different characters.
func repeated(text string) bool {
	text = strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || r == ':' || r == '.' || r == ' ' {
			return -1
		}
		return unicode.ToLower(r)
	}, text)
	different := map[rune]bool{}
	for _, r := range text {
		different[r] = true
	}
	if len(text) >= 3 && len(different) == 1 || len(text) >= 6 && len(different) == 2 {
		return true
	}
	for size := 2; size <= 8 && 2*size <= len(text); size++ {
		if len(text) >= 6 && strings.Repeat(text[:size], len(text)/size+1)[:len(text)] == text {
			return true
		}
	}
	return false
}

// guessable tells whether a text is made of words that everybody tries, walks over the keyboard and a short number.
func guessable(text string) bool {
	if len(text) > 80 {
		return false
	}
	lower := strings.ToLower(text)
	if len(text) >= 3 && isWalk(lower) {
		return true // also one of signs alone
	}
	for _, spelling := range []string{lower, plain.Replace(lower), plainer.Replace(lower), undoubled(lower)} {
		if composed(letters(spelling, spelling), letters(lower, spelling)) {
			return true
		}
	}
	return false
}

var (
	plain   = strings.NewReplacer("0", "o", "1", "i", "3", "e", "4", "a", "5", "s", "7", "t", "@", "a", "$", "s")
	plainer = strings.NewReplacer("0", "o", "1", "l", "3", "e", "4", "a", "5", "s", "@", "a", "$", "s", "!", "i")
)

// undoubled makes 123 of 112233.
func undoubled(text string) string {
	if len(text)%2 != 0 {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); i += 2 {
		if text[i] != text[i+1] {
			return text
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

// letters drops what stands between the words of a spelling and after them, from a text of that length.
func letters(text, spelling string) string {
	if len(text) != len(spelling) {
		text = spelling
	}
	var b strings.Builder
	for i, r := range spelling {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteString(text[i : i+utf8.RuneLen(r)])
		}
	}
	return b.String()
}

// maxNumbers is how many numbers of up to four digits may stand between words; a random hex text has more.
const maxNumbers = 2

// longest is the length of the longest word or walk.
const longest = 36

// composed tells whether a text is words and walks from end to end, with a few short numbers between them; written are
// the digits before a spelling made letters of them.
func composed(text, written string) bool {
	type way struct {
		here, named bool
		numbers     int
	}
	ends := make([]way, len(text)+1) // the best way that ends there
	ends[0].here = true
	reach := func(to int, w way) {
		if old := ends[to]; !old.here || w.named && !old.named || w.named == old.named && w.numbers < old.numbers {
			ends[to] = w
		}
	}
	for from := range text {
		w := ends[from]
		if !w.here {
			continue
		}
		for to := from + 1; to <= min(len(text), from+longest); to++ {
			switch piece := text[from:to]; {
			case words()[piece]:
				reach(to, way{true, w.named || len(piece) > 2, w.numbers})
			case to-from >= 3 && isWalk(piece):
				reach(to, way{true, true, w.numbers})
			case to-from <= 4 && w.numbers < maxNumbers && len(written) == len(text) && isNumber(written[from:to]):
				reach(to, way{true, w.named, w.numbers + 1})
			}
		}
	}
	return ends[len(text)].here && ends[len(text)].named
}

func isNumber(text string) bool { return strings.Trim(text, "0123456789") == "" }

// encoded tells whether a text is a well-known one in base64.
func encoded(text string) bool {
	if len(text) < 8 || len(text) > 120 {
		return false
	}
	data, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(text, "="))
	if err != nil {
		return false
	}
	for _, b := range data {
		if b < ' ' || b > '~' {
			return false
		}
	}
	decoded := string(data)
	return placeholder(decoded) || repeated(decoded) || guessable(decoded)
}
