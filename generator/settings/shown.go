package settings

import (
	"fmt"
	"slices"
	"strings"

	"github.com/owgen/owgen/generator/secret"
)

// A finding about a value shows it, so that nobody has to look it up; but a secret in the wrong place is not shown.

// open are the types for whose values nobody takes a password; of addresses, as far as there is none in them.
var (
	open      = []Type{Int, Number, Bool, Enum, Host, FQDN, IP, CIDR, Port, Duration, Bytes, Cron, DN, Image, Path}
	addresses = []Type{URL, Site}
)

// beside are the last words of settings that somebody fills in with a password at hand.
var beside = []string{"user", "username", "id"}

// shows tells whether a finding repeats a value of a type, the setting's or that of its items.
func (d *Setting) shows(t Type, text string) bool {
	login, _, named := strings.Cut(text, "@")
	if text == "" || len(text) > 60 || strings.ContainsFunc(text, unseen) || secret.Named(d.Key) || secret.Bare(text) || named && strings.Contains(login, ":") {
		return false
	}
	switch {
	case slices.Contains(open, t) || d.OneOf != "":
		return true
	case slices.Contains(addresses, t):
		return !strings.ContainsAny(text, "@?#")
	}
	last := d.Key[strings.LastIndexAny(d.Key, "._")+1:]
	return t == String && d.Pattern != "" && !slices.Contains(beside, last)
}

// not adds a wrong value of the user's own input to what it must be.
func (d *Setting) not(err error, t Type, text string) error {
	if !d.shows(t, text) || !strings.HasPrefix(err.Error(), "must ") {
		return err
	}
	told := fmt.Sprintf(", not %q", text)
	if w, ok := err.(wrong); ok {
		return wrong{w.message + told, w.hint}
	}
	return fmt.Errorf("%w%s", err, told)
}

// subject is a value as what a sentence about it begins with, or nothing: those whose sentence says it by itself, such as "is true, and".
func (v Value) subject() string {
	t, text := v.Type, Flat(v.Value)
	if t == List && text != "" {
		t, text = v.Items, "["+strings.ReplaceAll(text, ",", ", ")+"]"
	}
	if t == Bool || t == Enum || !slices.Contains(open, t) || v.Origin.Layer == "default" || !v.shows(t, text) {
		return ""
	}
	return text + " "
}
