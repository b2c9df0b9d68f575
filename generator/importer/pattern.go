package importer

import (
	"fmt"
	"maps"
	"net/netip"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/owgen/owgen/generator/lazy"
)

// selected returns the hosts that the patterns of a play are for, as Ansible finds them: all that is named, of that what & names
// as well, without what ! names.
func (inv *inventory) selected(patterns []string) (map[string]bool, error) {
	out := map[string]bool{}
	var terms []string
	for _, p := range patterns {
		terms = append(terms, splitPattern(p)...)
	}
	if len(terms) > 0 && !slices.ContainsFunc(terms, func(t string) bool { return t[0] != '&' && t[0] != '!' }) {
		terms = append(terms, "all")
	}
	for _, term := range terms {
		if term[0] == '&' || term[0] == '!' {
			continue
		}
		hosts, err := inv.named(term)
		if err != nil {
			return nil, err
		}
		maps.Copy(out, hosts)
	}
	for _, sign := range []byte{'&', '!'} {
		for _, term := range terms {
			if term[0] != sign {
				continue
			}
			hosts, err := inv.named(term[1:])
			if err != nil {
				return nil, err
			}
			maps.DeleteFunc(out, func(host string, _ bool) bool { return hosts[host] == (sign == '!') })
		}
	}
	return out, nil
}

// splitPattern splits a pattern at commas, or at colons where it has no comma: those within brackets are none.
func splitPattern(pattern string) []string {
	if _, err := netip.ParseAddr(pattern); err == nil {
		return []string{pattern}
	}
	separator := ':'
	if strings.Contains(pattern, ",") {
		separator = ','
	}
	depth := 0
	words := strings.FieldsFunc(pattern, func(r rune) bool {
		switch r {
		case '[', '(', '{':
			depth++
		case ']', ')', '}':
			depth--
		}
		return r == separator && depth <= 0
	})
	for i := range words {
		words[i] = strings.TrimSpace(words[i])
	}
	return slices.DeleteFunc(words, func(w string) bool { return w == "" || w == "!" || w == "&" })
}

var subscript = lazy.Regexp(`^(.+)\[(-?[0-9]+)(?:([:-])(-?[0-9]*))?\]$`)

// named returns the hosts of one name: of a host, of a group, with wildcards, or as a regular expression after ~.
func (inv *inventory) named(name string) (map[string]bool, error) {
	match := subscript().FindStringSubmatch(name)
	if match == nil || inv.hosts[name] != nil || strings.HasPrefix(name, "~") {
		return inv.all(name)
	}
	hosts, err := inv.all(match[1])
	if err != nil {
		return nil, err
	}
	list := slices.Sorted(maps.Keys(hosts))
	from, _ := strconv.Atoi(match[2])
	to := from
	if match[3] != "" {
		to = len(list) - 1
		if match[4] != "" {
			to, _ = strconv.Atoi(match[4])
		}
	}
	if from < 0 {
		from += len(list)
	}
	if to < 0 {
		to += len(list)
	}
	out := map[string]bool{}
	for i := max(from, 0); i <= to && i < len(list); i++ {
		out[list[i]] = true
	}
	return out, nil
}

func (inv *inventory) all(name string) (map[string]bool, error) {
	fits := func(s string) bool { return s == name }
	switch {
	case name == "all" || name == "*":
		fits = func(string) bool { return true }
	case strings.HasPrefix(name, "~"):
		expression, err := regexp.Compile("^(?:" + name[1:] + ")")
		if err != nil {
			return nil, fmt.Errorf("%s is no regular expression that is understood here", name)
		}
		fits = expression.MatchString
	case strings.ContainsAny(name, "*?["):
		pattern := strings.ReplaceAll(name, "[!", "[^") // as Python writes it
		if _, err := path.Match(pattern, ""); err != nil {
			return nil, fmt.Errorf("%s is no pattern", name)
		}
		fits = func(s string) bool { ok, _ := path.Match(pattern, s); return ok }
	}
	out := map[string]bool{}
	for host := range inv.hosts {
		if fits(host) {
			out[host] = true
		}
	}
	for _, g := range slices.Sorted(maps.Keys(inv.groups)) {
		if !fits(g) {
			continue
		}
		for below := range inv.below(g) {
			maps.Copy(out, inv.groups[below].hosts)
		}
	}
	return out, nil
}

// chooseHost finds the one host that the plays are for.
func chooseHost(plays []play, inv *inventory, o Options) (string, *wrongHost) {
	names := map[string]bool{}
	for _, p := range plays {
		maps.Copy(names, p.selects)
	}
	if len(names) == 0 && len(inv.hosts) == 0 { // no inventory here: a play may name its host
		for _, p := range plays {
			for _, host := range p.hosts {
				if strings.Contains(host, ".") && !strings.ContainsAny(host, ",: *{[!&~") || host == "localhost" {
					names[host], p.selects[host] = true, true
				}
			}
		}
	}
	list := slices.Sorted(maps.Keys(names))
	switch {
	case o.Host != "" && !names[o.Host]:
		return "", &wrongHost{"has no host " + o.Host, "its hosts: " + someOf(list)}
	case o.Host != "":
		return o.Host, nil
	case len(list) == 1:
		return list[0], nil
	case len(list) == 0:
		return "", &wrongHost{"is for no host of an inventory here", "put the inventory beside the playbook as `hosts`, or name it with -i"}
	}
	return "", &wrongHost{"is for several hosts: " + someOf(list), "choose one with --host"}
}

func someOf(names []string) string {
	const some = 20
	if len(names) <= some {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:some], ", "), len(names)-some)
}

// wrongHost is why there is no host, and what to do.
type wrongHost struct{ message, hint string }
