package settings

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"
)

func number(f float64) *float64 { return &f }

func TestConvert(t *testing.T) {
	image := Setting{Type: JSON, Fields: map[string]Type{"name": String, "tags": List}}
	tests := []struct {
		setting Setting
		yaml    string
		want    any
		err     string
	}{
		{Setting{Type: Int, Min: number(0), Max: number(9)}, "6", int64(6), ""},
		{Setting{Type: Int, Min: number(0), Max: number(9)}, "10", nil, "must be between 0 and 9"},
		{Setting{Type: Int, Max: number(9)}, "10", nil, "must be at most 9"},
		{Setting{Type: Int}, "six", nil, "must be a whole number"},
		{Setting{Type: Int, Unit: "MiB", Min: number(1), Max: number(512)}, "50m", nil, "must be a whole number of MiB, without the unit, between 1 and 512"},
		{Setting{Type: Number}, "46.25", 46.25, ""},
		{Setting{Type: Number}, "NaN", nil, "must be a number"},
		{Setting{Type: Bool}, "yes", true, ""},
		{Setting{Type: Bool}, "off", false, ""},
		{Setting{Type: Bool}, "maybe", nil, "must be true or false"},
		{Setting{Type: String}, "0123", "0123", ""},
		{Setting{Type: String}, "1:30", "1:30", ""},
		{Setting{Type: String}, "no", "no", ""},
		{Setting{Type: String}, `"a\nb"`, nil, "must be one line without control characters"},
		{Setting{Type: Text}, `"a\nb"`, "a\nb", ""},
		{Setting{Type: String}, "[a]", nil, "must be a single string, not a list or a mapping"},
		{Setting{Type: String, Pattern: "[a-z]+"}, "abc", "abc", ""},
		{Setting{Type: String, Pattern: "[a-z]+"}, "abc1", nil, "must match [a-z]+"},
		{Setting{Type: String, Min: number(1)}, `""`, nil, "must have at least 1 characters"},
		{Setting{Type: Enum, Values: []string{"a", "b"}}, "c", nil, "must be one of a, b"},
		{image, `'[]'`, "[]", ""},
		{image, `'[{"name": "{x}", "tags": ["a]", "b"], "more": 1}]'`, `[{"name": "{x}", "tags": ["a]", "b"], "more": 1}]`, ""},
		{image, `'{}'`, nil, "must be a JSON list, each item an object with name, tags"},
		{image, `'null'`, nil, "must be a JSON list, each item an object with name, tags"},
		{image, `'[1]'`, nil, "must be a JSON list, each item an object with name, tags"},
		{image, `'[{"name": "x", "tags": ["a"]}, {"name": "x"}]'`, nil, "item 2: tags is missing"},
		{image, `'[{"name": 7, "tags": ["a"]}]'`, nil, "item 1: name must be a text"},
		{image, `'[{"name": "x", "tags": "a"}]'`, nil, "item 1: tags must be a list of texts, and have one at least"},
		{image, `'[{"name": "x", "tags": []}]'`, nil, "item 1: tags must be a list of texts, and have one at least"},
		{Setting{Type: JSON}, `'{"a": 1}'`, `{"a": 1}`, ""},
		{Setting{Type: Host}, "example.org", "example.org", ""},
		{Setting{Type: Host}, "router.lan", "router.lan", ""},
		{Setting{Type: Host}, "192.0.2.1", "192.0.2.1", ""},
		{Setting{Type: Host}, "2001:db8::1", "2001:db8::1", ""},
		{Setting{Type: Host}, "192.0.2.300", nil, "must be a domain name or an IP address"},
		{Setting{Type: Host}, "a_b.example", nil, "must be a domain name or an IP address"},
		{Setting{Type: Host}, "x; rm -rf /", nil, "must be a domain name or an IP address"},
		{Setting{Type: FQDN}, "192.0.2.1", nil, "must be a domain name"},
		{Setting{Type: Email}, "noc@example.org", "noc@example.org", ""},
		{Setting{Type: Email}, "noc", nil, "must be an e-mail address"},
		{Setting{Type: DN}, "Example.org", "dc=example,dc=org", ""},
		{Setting{Type: DN}, "2001:db8::1", "dc=2001,dc=db8,dc=1", ""},
		{Setting{Type: DN}, "ou=a b,dc=example", "ou=a b,dc=example", ""},
		{Setting{Type: DN}, "dc=example, dc=org", nil, "must be a distinguished name such as dc=example,dc=org, of letters, digits, spaces and ._-, or the name of a domain"},
		{Setting{Type: DN}, `dc=a"b`, nil, "must be a distinguished name such as dc=example,dc=org, of letters, digits, spaces and ._-, or the name of a domain"},
		{Setting{Type: DN}, "a b", nil, "must be a distinguished name such as dc=example,dc=org, of letters, digits, spaces and ._-, or the name of a domain"},
		{Setting{Type: URL}, "https://example.org/x", "https://example.org/x", ""},
		{Setting{Type: URL}, "https://u:p@example.org/", nil, "must be a URL without credentials in it"},
		{Setting{Type: CIDR}, "10.8.0.0/24", "10.8.0.0/24", ""},
		{Setting{Type: CIDR}, "10.8.0.1/24", nil, "must be a network such as 192.0.2.0/24 with no bits set behind its mask"},
		{Setting{Type: IP}, "10.8.0.1", "10.8.0.1", ""},
		{Setting{Type: Port}, "0", nil, "must be a port between 1 and 65535"},
		{Setting{Type: Path}, "/etc/x", "/etc/x", ""},
		{Setting{Type: Path}, "etc", nil, "must be an absolute path"},
		{Setting{Type: FilePath}, "certs/a b.pem", "certs/a b.pem", ""},
		{Setting{Type: Duration}, "26280h0m0s", "26280h0m0s", ""},
		{Setting{Type: Duration}, "5 days", nil, "must be a duration such as 90s, 15m, 12h or 30d"},
		{Setting{Type: Bytes}, "64m", "64m", ""},
		{Setting{Type: Bytes}, "64 MB", nil, "must be a size such as 64M or 1G"},
		{Setting{Type: Cron}, `"*/5 0-6 * * 1,3"`, "*/5 0-6 * * 1,3", ""},
		{Setting{Type: Cron}, "daily", nil, "must be five cron fields: minute hour day month weekday"},
		{Setting{Type: Cron}, "0-59/15 22-4 1,31 */2 6", "0-59/15 22-4 1,31 */2 6", ""},
		{Setting{Type: Cron}, "60 * * * *", nil, "must have minutes between 0 and 59"},
		{Setting{Type: Cron}, "0 1-24 * * *", nil, "must have hours between 0 and 23"},
		{Setting{Type: Cron}, "0 0 0 * *", nil, "must have days between 1 and 31"},
		{Setting{Type: Cron}, "0 0 * 13 *", nil, "must have months between 1 and 12"},
		{Setting{Type: Cron}, "0 0 * * 1,7", nil, "must have weekdays between 0 and 6"},
		{Setting{Type: Cron}, "0 0 * * mon", nil, "must have weekdays such as *, */2, 6 or 0-6"},
		{Setting{Type: Cron}, "5/10 * * * *", nil, "must have minutes such as *, */2, 59 or 0-59"},
		{Setting{Type: Cron}, `"*/0 * * * *"`, nil, "must have steps of at least 1"},
		{Setting{Type: List}, "[a, b]", []any{"a", "b"}, ""},
		{Setting{Type: List}, "a", nil, "must be a list: [a, b]"},
		{Setting{Type: List}, `""`, []any{}, ""},
		{Setting{Type: List, Items: CIDR}, "[10.0.0.0/8, x]", nil, `item 2 must be a network such as 192.0.2.0/24 with no bits set behind its mask, not "x"`},
		{Setting{Type: Map}, "{a: 1, b: [x]}", map[string]any{"a": 1, "b": []any{"x"}}, ""},
		{Setting{Type: Map}, "[a]", nil, "must be a mapping of names to values"},
		{Setting{Type: Map, Items: Cron, Pattern: "[a-z]+"}, "{a: 0 7 * * 1}", map[string]any{"a": "0 7 * * 1"}, ""},
		{Setting{Type: Map, Items: Cron, Pattern: "[a-z]+"}, "{A: 0 7 * * 1}", nil, `has the name "A", which must match [a-z]+`},
		{Setting{Type: Map, Items: Cron, Pattern: "[a-z]+"}, "{a: daily}", nil, `a: must be five cron fields: minute hour day month weekday, not "daily"`},
		{Setting{Type: Map, Items: Cron, Pattern: "[a-z]+"}, "{a: [0]}", nil, "a: must be a single cron, in quotes"},
		{Setting{Type: "odd"}, "a", nil, `has the unknown type "odd" in the catalogue`},
	}
	for _, test := range tests {
		var doc yaml.Node
		if err := yaml.Unmarshal([]byte(test.yaml), &doc); err != nil {
			t.Fatal(err)
		}
		got, err := test.setting.convert(doc.Content[0])
		message := ""
		if err != nil {
			message, got = err.Error(), nil
		}
		if diff := cmp.Diff(test.err, message); diff != "" {
			t.Errorf("%s %s: error (-want +got)\n%s", test.setting.Type, test.yaml, diff)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s %s: value (-want +got)\n%s", test.setting.Type, test.yaml, diff)
		}
	}
}

func TestErrorsNeverShowTheValue(t *testing.T) {
	for _, kind := range []Type{Int, Bool, Enum, Host, Email, URL, CIDR, Port, Path, Duration, Bytes, Cron} {
		d := Setting{Type: kind}
		_, err := d.convert(&yaml.Node{Kind: yaml.ScalarNode, Value: "hunter2 \x01"})
		if err == nil {
			t.Errorf("%s takes a wrong value", kind)
		} else if got := err.Error(); cmp.Equal(got, "") || containsValue(got) {
			t.Errorf("%s: the error %q shows the value", kind, got)
		}
	}
}

func containsValue(s string) bool {
	for i := 0; i+7 <= len(s); i++ {
		if s[i:i+7] == "hunter2" {
			return true
		}
	}
	return false
}

func TestClosest(t *testing.T) {
	known := []string{"DB_PASS", "DB_PORT", "REDIS_PASS"}
	for name, want := range map[string]string{"DB_PAS": "DB_PASS", "DB_PASSWORD": "", "REDIS_PASSS": "REDIS_PASS", "X": ""} {
		if got := Closest(name, known); got != want {
			t.Errorf("closest to %s is %q, not %q", name, got, want)
		}
	}
}
