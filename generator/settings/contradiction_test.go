package settings

import (
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
