package settings

import (
	"fmt"
	"testing"

	"gopkg.in/yaml.v3"
)

// A regular expression may name another setting, whose value is text in it.
func TestContradictionsThatNameASetting(t *testing.T) {
	s, found := NewSchema([]*Setting{{Key: "a.host", Type: Host}, {Key: "a.relay", Type: String}})
	if len(found) > 0 {
		t.Fatal(found)
	}
	var c Contradiction
	if err := yaml.Unmarshal([]byte(`{if: {a.relay: '(?i)(\[{a.host}\]|{a.host})(:2{1}5)?'}, at: a.relay, message: is itself}`), &c); err != nil {
		t.Fatal(err)
	}
	for relay, itself := range map[string]bool{
		"mail.example.org": true, "[mail.example.org]": true, "mail.example.org:25": true, "Mail.Example.Org": true, "[MAIL.example.org]:25": true,
		"mail.example.org:587": false, "[mail.example.org]:587": false, "mailxexample.org": false, "smtp.mail.example.org": false, "mail.example.org.net": false, "": false,
	} {
		var doc yaml.Node
		text, _ := yaml.Marshal(map[string]map[string]string{"a": {"host": "mail.example.org", "relay": relay}})
		if err := yaml.Unmarshal(text, &doc); err != nil {
			t.Fatal(err)
		}
		values, found := s.Resolve([]Layer{{Root: doc.Content[0]}})
		if len(found) > 0 {
			t.Fatal(found)
		}
		if got := len(values.Contradictions([]Contradiction{c})) > 0; got != itself {
			t.Errorf("%q: %v", relay, got)
		}
	}
}

// What does not go together is said with its value, at the user's line rather than at that of the profile that the user has taken.
func TestContradictionsSayTheValueAtTheUsersLine(t *testing.T) {
	s, found := NewSchema([]*Setting{{Key: "size", Type: Int}, {Key: "on", Type: Bool}, {Key: "nets", Type: List, Items: CIDR}, {Key: "sender", Type: Email}, {Key: "mode", Type: Enum, Values: []string{"a", "b"}}})
	if len(found) > 0 {
		t.Fatal(found)
	}
	for at, want := range map[string]string{
		"size":   "mine.yaml:1 7 is too much",
		"on":     "mine.yaml:2 is too much",
		"nets":   "mine.yaml:3 [10.0.0.0/8, 192.0.2.0/24] is too much",
		"sender": "mine.yaml:4 is too much",
		"mode":   "mine.yaml:1 is too much", // the profile's: what the user has written beside it
	} {
		values, found := s.Resolve([]Layer{layer(t, "profile", "mode: b"),
			{Name: "file", File: "mine.yaml", Root: layer(t, "file", "size: 7\non: true\nnets: [10.0.0.0/8, 192.0.2.0/24]\nsender: a@example.org\n").Root}})
		found.Add(values.Contradictions([]Contradiction{{At: at, Message: "is too much", If: map[string]Tests{"mode": {{sign: '~', with: "b"}}, "size": {{sign: '>', with: "3"}}}}})...)
		if len(found) != 1 || fmt.Sprintf("%s:%d %s", found[0].File, found[0].Line, found[0].Message) != want {
			t.Errorf("%s: %v, not %s", at, found, want)
		}
	}
}
