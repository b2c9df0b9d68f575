package importer

import (
	"cmp"
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
		for _, host := range hosts {
			out[host] = true
		}
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
			named := map[string]bool{}
			for _, host := range hosts {
				named[host] = true
			}
			maps.DeleteFunc(out, func(host string, _ bool) bool { return named[host] == (sign == '!') })
		}
	}
	return out, nil
}

var (
	port  = lazy.Regexp(`:[0-9]+$`)
	label = `(?:[\pL\pN_-]|\[(?:[A-Za-z]:[A-Za-z]|[0-9]+:[0-9]+)(?::[0-9]+)?\])+`
	whole = lazy.Regexp(`^` + label + `(?:\.` + label + `)*$`) // a host, perhaps with ranges
	parts = lazy.Regexp(`(?:[^\s:\[\]]|\[[^\]]*\])+`)
)

// splitPattern splits a pattern at commas, or at colons where it has no comma and is no name by itself.
func splitPattern(pattern string) []string {
	_, err := netip.ParseAddr(pattern)
	var words []string
	switch {
	case strings.Contains(pattern, ","):
		words = strings.Split(pattern, ",")
	case err == nil || whole().MatchString(port().ReplaceAllString(pattern, "")):
		words = []string{pattern}
	default:
		words = parts().FindAllString(pattern, -1)
	}
	for i := range words {
		words[i] = strings.TrimSpace(words[i])
	}
	return slices.DeleteFunc(words, func(w string) bool { return w == "" || w == "!" || w == "&" })
}

// subscript is one number, or the first and the last, which may be left out.
var subscript = lazy.Regexp(`^(.+)\[(?:(-?[0-9]+)|([0-9]+)[:-]([0-9]*))\]$`)

// named returns the hosts of one name in their order: of a host, of a group, with wildcards, or as a regular expression
// after ~.
func (inv *inventory) named(name string) ([]string, error) {
	match := subscript().FindStringSubmatch(name)
	if match == nil || inv.hosts[name] != nil || strings.HasPrefix(name, "~") {
		return inv.all(name)
	}
	hosts, err := inv.all(match[1])
	if len(hosts) == 0 {
		return nil, err
	}
	from, err1 := strconv.Atoi(match[2] + match[3])
	to, err2 := strconv.Atoi(cmp.Or(match[4], strconv.Itoa(len(hosts)-1)))
	if match[3] != "" && (match[4] == "" || to > 0 || err2 != nil) { // [1:0] is [1], for Ansible
		to = min(max(to, from-1), len(hosts)-1) + 1
		return hosts[min(from, to):to], nil
	}
	if from < 0 {
		from += len(hosts)
	}
	if err1 != nil || from < 0 || from >= len(hosts) {
		return nil, fmt.Errorf("%s has no such host: there are %d", name, len(hosts))
	}
	return hosts[from : from+1], nil
}

// implicit are the names of this machine, which no inventory needs to have.
var implicit = []string{"localhost", "127.0.0.1", "::1"}

func (inv *inventory) all(name string) ([]string, error) {
	fits, err := matcher(name)
	if err != nil {
		return nil, err
	}
	var out []string
	seen := map[string]bool{}
	add := func(hosts ...string) {
		for _, host := range hosts {
			if !seen[host] {
				seen[host] = true
				out = append(out, host)
			}
		}
	}
	isGroup := false
	for _, g := range inv.groupsInOrder() {
		if fits(g) {
			isGroup = true
			add(inv.hostsOf(g)...)
		}
	}
	if isGroup && name[0] != '~' && !strings.ContainsAny(name, ".?*[") {
		return out, nil
	}
	for _, host := range inOrder(inv.order) {
		if fits(host) {
			add(host)
		}
	}
	if len(out) == 0 && len(inv.hosts) > 0 && slices.Contains(implicit, name) {
		return implicit[:1], nil
	}
	return out, nil
}

// matcher tells the names that one pattern is for.
func matcher(name string) (func(string) bool, error) {
	switch {
	case strings.HasPrefix(name, "~"):
		expression, err := regexp.Compile("^(?:" + name[1:] + ")")
		if err != nil {
			return nil, fmt.Errorf("%s is no regular expression that is understood here", name)
		}
		return expression.MatchString, nil
	case strings.ContainsAny(name, "*?["):
		// as Python writes it, where a backslash is one and a bracket without its end is a bracket
		pattern := strings.NewReplacer(`\`, `\\`, "[!", "[^", "[^", `[\^`).Replace(name)
		if _, err := path.Match(pattern, ""); err != nil {
			pattern = strings.ReplaceAll(strings.ReplaceAll(name, `\`, `\\`), "[", `\[`)
		}
		return func(s string) bool { ok, _ := path.Match(pattern, s); return ok }, nil
	}
	return func(s string) bool { return s == name }, nil
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
