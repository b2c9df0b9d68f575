package catalog

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/owgen/owgen/generator/lazy"
	"github.com/owgen/owgen/generator/settings"
)

// A Route is a path of a public host that the edge passes to the service, with what holds for it there.
type Route struct {
	Host        string  `yaml:"host"` // a key below hosts
	Path        string  `yaml:"path"`
	Protocol    string  `yaml:"protocol"`
	Port        int     `yaml:"port"`
	Main        bool    `yaml:"main"`    // it wins where another host has the same name and path
	Timeout     string  `yaml:"timeout"` // seconds until an answer has to come, or "{setting}"; the edge's own when empty
	Body        string  `yaml:"body"`    // largest request in MiB, or "{setting}"; the edge's own when empty
	Buffered    *bool   `yaml:"buffered"`
	To          string  `yaml:"to"`          // the path at the service in place of this one; of the protocol redirect, where the browser is sent
	Policy      string  `yaml:"policy"`      // the Content-Security-Policy of what is below; the edge's own when empty
	Permissions string  `yaml:"permissions"` // its Permissions-Policy, likewise: what of the browser's machine its pages may use
	Limits      []Limit `yaml:"limits"`
	// What another site's page has a browser ask is refused, but for links to these: regular expressions of path and query as they are asked.
	OwnPages []string `yaml:"own_pages"`
	// Headers of a request as the service gets them, whatever the client sent: texts with {origin}, {authority}, {scheme}, {host}, {port} and
	// {client}. An empty one is never passed on.
	Headers map[string]string `yaml:"headers"`
	Files   Files             `yaml:"files"` // of the protocol files: the edge hands them out by itself
	When    Condition         `yaml:"when"`
}

// A Limit is about the paths, on every public host, that a regular expression matches. It does one thing.
type Limit struct {
	Paths    string            `yaml:"paths"`
	Methods  []string          `yaml:"methods"`  // any, if empty
	Rate     string            `yaml:"rate"`     // the setting of requests a minute from one address; those of one setting count together
	Networks string            `yaml:"networks"` // the setting of networks that may ask, if it is not empty
	Header   map[string]string `yaml:"header"`   // the edge's own answers carry it as well
	Hidden   bool              `yaml:"hidden"`   // not there for the outside
	Secret   bool              `yaml:"secret"`   // what follows in the path opens something, and is kept out of logs
	Later    bool              `yaml:"later"`    // of these the edge passes on as many at once as can wait there for a moment; more are to come later
	When     Condition         `yaml:"when"`
}

// ProtocolRedirect is that of routes which send the browser elsewhere on the same host, from that very path.
const ProtocolRedirect = "redirect"

// Answered says whether the edge answers by itself, and passes nothing on.
func (r Route) Answered() bool { return r.HandsOut() || r.Protocol == ProtocolRedirect }

var (
	routePath    = lazy.Regexp(`^/[A-Za-z0-9/._~%+@-]*$`)
	headerName   = lazy.Regexp(`^[A-Za-z][A-Za-z0-9-]*$`)
	headerText   = lazy.Regexp(`^([A-Za-z0-9 ./:;,=_-]|\{(origin|authority|scheme|host|port|client)\})*$`)
	allowedText  = lazy.Regexp(`^([a-z-]+=(\(\)|\(self\)|\*)(, |$))*$`)
	policyText   = lazy.Regexp(`^[A-Za-z0-9 '*./:;_=-]*$`)
	ownPage      = lazy.Regexp(`^\^/[^"#; ]*\$$`)
	edgesHeaders = lazy.Regexp(`(?i)^(host|connection|upgrade|proxy|forwarded|content-length|transfer-encoding|x-forwarded(-.*)?|x-edge-.*|x-real-ip)$`)
)

// passing is about how a request is passed on, or answered.
func (k *checker) passing(r Route) {
	wrong := func(message, hint string) { k.at("wrong-route", "routes", r.Path+" "+message, hint) }
	if r.Answered() && (r.Port != 0 || r.Timeout != "" || r.Body != "" || r.Buffered != nil || len(r.Headers) > 0) {
		wrong("is answered by the edge, and says how a request is passed on", "take port, timeout, body, buffered and headers away")
	}
	switch {
	case r.Protocol == ProtocolRedirect && r.To == "":
		wrong("leads nowhere", "to: the path where the browser is sent")
	case r.To != "" && r.Protocol != ProtocolRedirect && r.Protocol != "http":
		wrong("is another path at the service, which this protocol does not know", "to: with the protocol http or "+ProtocolRedirect)
	case r.To != "" && (!routePath().MatchString(r.To) || strings.HasPrefix(r.To, "//")):
		wrong(fmt.Sprintf("leads to %q, which is no path", r.To), "begin with /")
	case r.Protocol == ProtocolRedirect && r.To == r.Path:
		wrong("leads to itself", "to: another path")
	}
	for _, name := range sortedKeys(r.Headers) {
		switch {
		case !headerName().MatchString(name) || edgesHeaders().MatchString(name):
			wrong(fmt.Sprintf("sets the header %q", name), "a name of letters, digits and -, and none of those that the edge sets itself")
		case !headerText().MatchString(r.Headers[name]):
			wrong(fmt.Sprintf("sets the header %s to %q", name, r.Headers[name]), "plain text with {origin}, {authority}, {scheme}, {host}, {port} and {client}")
		}
	}
	if !policyText().MatchString(r.Policy) || r.Policy != "" && (r.HandsOut() || r.Protocol == ProtocolRedirect) {
		wrong(fmt.Sprintf("has the policy %q", r.Policy), "a Content-Security-Policy of plain text, of what a service answers")
	}
	if !allowedText().MatchString(r.Permissions) || r.Permissions != "" && (r.HandsOut() || r.Protocol == ProtocolRedirect) {
		wrong(fmt.Sprintf("has the permissions %q", r.Permissions), "such as camera=(self), microphone=(), of what a service answers")
	}
	if len(r.OwnPages) > 0 && r.Answered() {
		wrong("has own_pages", "it is about what a service answers")
	}
	for _, page := range r.OwnPages {
		if _, err := regexp.Compile(page); err != nil || !ownPage().MatchString(page) {
			wrong(fmt.Sprintf("has the own page %q", page), "a regular expression from ^/ to $, such as ^/login/$")
		}
	}
}

var methods = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

func (k *checker) limit(r Route, l Limit) {
	wrong := func(message, hint string) {
		k.at("wrong-limit", "routes", fmt.Sprintf("%s: %q %s", r.Path, l.Paths, message), hint)
	}
	if _, err := regexp.Compile(l.Paths); err != nil || l.Paths == "" || strings.ContainsAny(l.Paths, "\"#; \n") {
		wrong("is no regular expression of paths", "such as ^/login/")
	}
	if !l.Secret && !strings.HasPrefix(l.Paths, "^") {
		wrong("does not begin at the path's start", "begin with ^")
	}
	things := 0
	for _, set := range []bool{l.Rate != "", l.Networks != "", len(l.Header) > 0, l.Hidden, l.Secret, l.Later} {
		if set {
			things++
		}
	}
	if things != 1 {
		wrong("is not limited in one way", "one of rate, networks, header, hidden, secret and later")
	}
	bounded := func(c Capability) bool { return c.Port == r.Port && len(c.Bounds.AtOnce) > 0 }
	if l.Later && !slices.ContainsFunc(k.service.Provides, bounded) {
		wrong("is to come later, and nobody says how much is worked on at once", "give what is provided at this port `bounds`")
	}
	if l.Hidden && len(l.Methods) > 0 {
		wrong("is hidden, and from some methods only", "take methods away")
	}
	k.condition("routes", l.When, true)
	k.setting("routes", l.Rate, settings.Int)
	k.setting("routes", l.Networks, settings.List)
	for _, m := range l.Methods {
		if !slices.Contains(methods, m) {
			wrong(fmt.Sprintf("has the method %q", m), "one of "+strings.Join(methods, ", "))
		}
	}
}
