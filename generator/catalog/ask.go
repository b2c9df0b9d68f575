package catalog

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// An Ask is what a service asks of another one, by HTTP, without meeting it on a network: the edge takes the request where it
// meets the asker, and passes on these paths and no others.
type Ask struct {
	Of      string    `yaml:"of"`      // the capability whose provider answers
	Paths   string    `yaml:"paths"`   // a regular expression of whole paths
	Methods []string  `yaml:"methods"` // those of the request; GET if empty
	Body    string    `yaml:"body"`    // largest request in MiB, or "{setting}"; 1 when empty
	AtOnce  string    `yaml:"at_once"` // requests at once that the service needs of who answers, or "{setting}"; empty: what others leave
	When    Condition `yaml:"when"`
}

// Bounds are those of a provider that is asked through the edge: nobody who asks may hold all of it.
type Bounds struct {
	AtOnce  []string `yaml:"at_once"` // how many requests it works on at once: the product of numbers and "{setting}"
	Waiting string   `yaml:"waiting"` // how many more may wait, or "{setting}"
	Within  string   `yaml:"within"`  // seconds until it has answered or given up, or "{setting}"
}

func (k *checker) asks() {
	for _, a := range k.service.Asks {
		wrong := func(message, hint string) { k.at("wrong-ask", "asks", fmt.Sprintf("%q ", a.Paths)+message, hint) }
		if len(k.catalog.Providers(Inner)) == 0 {
			wrong("is passed on by nobody", "a service that passes on what others ask provides the capability "+Inner)
		}
		k.asked(a, wrong)
		if _, err := regexp.Compile(a.Paths); err != nil || strings.ContainsAny(a.Paths, "\"#; \n") || !strings.HasPrefix(a.Paths, "^/") || !strings.HasSuffix(a.Paths, "$") {
			wrong("is no regular expression of whole paths", "such as ^/login/$: it begins with ^/ and ends with $")
		}
		for _, m := range a.Methods {
			if !slices.Contains(methods, m) {
				wrong(fmt.Sprintf("has the method %q", m), "one of "+strings.Join(methods, ", "))
			}
		}
		k.number("wrong-ask", "asks", a.Paths, a.Body, "MiB, or {setting}")
		k.number("wrong-ask", "asks", a.Paths, a.AtOnce, "requests at once, or {setting}")
		k.condition("asks", a.When, true)
	}
	k.askedOn()
}

// askedOn is about where the service asks: on a network of its own, at which the edge tells it from all others.
func (k *checker) askedOn() {
	var on []string
	for _, n := range k.catalog.Networks {
		if _, joins := k.service.Networks[n.Name]; !joins || !n.Asks {
			continue
		}
		on = append(on, n.Name)
		for _, other := range k.catalog.Services {
			if _, too := other.Networks[n.Name]; too && other.Folder < k.service.Folder {
				k.at("wrong-network", "networks", fmt.Sprintf("%s is the network on which %s asks, and nobody else", n.Name, other.Name), "declare one of its own in _shared/networks.yaml: {name: NAME, index: N, internal: true, asks: true}")
			}
		}
	}
	switch asks := len(k.service.Asks) > 0; {
	case asks && len(on) != 1:
		k.at("wrong-ask", "asks", fmt.Sprintf("asks on %d networks", len(on)), "join one of its own, which stands in _shared/networks.yaml: {name: NAME, index: N, internal: true, asks: true}; the edge joins it by itself")
	case !asks && len(on) > 0:
		k.at("wrong-network", "networks", fmt.Sprintf("%s is for a service that asks through the edge, and this one asks nothing", on[0]), "say in asks what it asks, or take another network")
	}
}

// innerPorts finds ports at which the edge would listen for somebody who asks, and where it listens for others already.
func (k *checker) innerPorts() {
	inner := k.service.Provided(Inner)
	if inner == nil {
		return
	}
	if inner.Network != "" {
		k.at("wrong-network", "provides", Inner+" is reached on the networks of those who ask, and on "+inner.Network, "take the network away")
	}
	taken := map[int]bool{}
	for _, p := range k.service.Ports {
		taken[p.Target] = true
	}
	for _, c := range k.service.Provides {
		taken[c.Port] = taken[c.Port] || c.Capability != Inner
	}
	for _, n := range k.catalog.Networks {
		if port := inner.Port + *n.Index; n.Asks && (taken[port] || port > 65535) {
			k.at("port-taken", "provides", fmt.Sprintf("who asks on the network %s does so at port %d, which is another's or none: it is that of %s and the network's index", n.Name, port, Inner), "another index, or another port for "+Inner)
		}
	}
}

// asked is about who answers: it is required, so that the service waits for it, and passed on to as others are.
func (k *checker) asked(a Ask, wrong func(message, hint string)) {
	for _, needed := range []string{a.Of, Inner} {
		if !slices.ContainsFunc(k.service.Requires, func(r Requirement) bool { return r.Capability == needed }) {
			wrong(fmt.Sprintf("needs %q, which requires does not name", needed), "requires: [{capability: "+needed+"}]")
		}
	}
	for _, provider := range k.catalog.Providers(a.Of) {
		if len(provider.Provided(a.Of).Bounds.AtOnce) == 0 {
			wrong(fmt.Sprintf("is asked of %s, which does not say how much of it one may take", provider.Name), "provides: {bounds: {at_once: [NUMBER], within: SECONDS}}")
		}
		if !slices.ContainsFunc(provider.Routes, func(r Route) bool { return r.Port == provider.Provided(a.Of).Port }) {
			wrong(fmt.Sprintf("is asked of %s, to which the edge passes nothing on", provider.Name), "add a route with the port of the capability")
		}
	}
}

// bounds is about what a capability says of its limits.
func (k *checker) bounds(c Capability) {
	for _, factor := range c.Bounds.AtOnce {
		k.number("wrong-bounds", "provides", c.Capability, factor, "how many requests at once, or {setting}")
	}
	k.number("wrong-bounds", "provides", c.Capability, c.Bounds.Within, "seconds, or {setting}")
	k.number("wrong-bounds", "provides", c.Capability, c.Bounds.Waiting, "a number, or {setting}")
	if (len(c.Bounds.AtOnce) == 0) != (c.Bounds.Within == "") {
		k.at("wrong-bounds", "provides", c.Capability+" has only one of at_once and within", "say both")
	}
}

// number finds a text that is neither a whole number nor a setting.
func (k *checker) number(rule, path, of, text, hint string) {
	if k.references(path, text); text != "" && !wholeNumber().MatchString(text) && !reference().MatchString(text) {
		k.at(rule, path, fmt.Sprintf("%s: %q is no whole number", of, text), hint)
	}
}
