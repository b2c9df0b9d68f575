package settings

import (
	"errors"
	"net/mail"
	"net/netip"
	"net/url"
	"strings"

	"github.com/owgen/owgen/generator/lazy"
)

var (
	nameLabel  = `[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?`
	domainName = lazy.Regexp(`^(?:` + nameLabel + `\.)*` + nameLabel + `$`)
	allNumeric = lazy.Regexp(`^[0-9.]+$`)
	localPart  = lazy.Regexp("^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$")
	senderName = lazy.Regexp(`^(?:[^"\\<>()\[\],;:@]+|"[^"\\<>@]*") <([^<>]+)>$`)
	// Characters that no configuration has to quote.
	dnChars  = lazy.Regexp(`^[a-zA-Z]+=[A-Za-z0-9_-][A-Za-z0-9 ._-]*(,[a-zA-Z]+=[A-Za-z0-9_-][A-Za-z0-9 ._-]*)*$`)
	urlChars = lazy.Regexp(`^[A-Za-z0-9._~:/?@!&=+%\[\]-]+$`)
)

// distinguished turns the name of a domain, or an address, into the distinguished name that RFC 2247 gives it: example.org is
// dc=example,dc=org.
func distinguished(text string) string {
	if !isName(text) && !isAddress(text) {
		return text
	}
	labels := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return r == '.' || r == ':' })
	return "dc=" + strings.Join(labels, ",dc=")
}

func isName(text string) bool {
	return domainName().MatchString(text) && len(text) <= 253 && !allNumeric().MatchString(text)
}

// isAddress takes no zone: it is a name of an interface that means nothing elsewhere, and may hold any character.
func isAddress(text string) bool {
	address, err := netip.ParseAddr(text)
	return err == nil && address.Zone() == ""
}

func isNetwork(text string) bool {
	prefix, err := netip.ParsePrefix(text)
	return isAddress(text) || err == nil && prefix == prefix.Masked()
}

// isMailbox takes an address alone, as commands and certificates want it.
func isMailbox(text string) bool {
	local, domain, found := strings.Cut(text, "@")
	if !found || len(local) > 64 || !localPart().MatchString(local) {
		return false
	}
	if literal, ok := strings.CutPrefix(domain, "["); ok {
		return isAddress(strings.TrimPrefix(strings.TrimSuffix(literal, "]"), "IPv6:")) && strings.HasSuffix(literal, "]")
	}
	return isName(domain)
}

// isSender takes what a header may say, apart from comments: who reads it for an address alone finds another one there.
func isSender(text string) bool {
	match := senderName().FindStringSubmatch(text)
	if match == nil {
		return isMailbox(text)
	}
	_, err := mail.ParseAddress(text)
	return err == nil && !strings.ContainsFunc(text, unseen) && isMailbox(match[1])
}

func checkURL(text string) error {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Scheme == "" || u.Hostname() == "" || u.User != nil:
		return errors.New("must be a URL without credentials in it")
	case !isName(u.Hostname()) && !isAddress(u.Hostname()):
		return errors.New("must be a URL with a domain name or an IP address in it")
	case !urlChars().MatchString(text):
		return errors.New("must be a URL of letters, digits and ._~:/?@!&=+%-, with %XX for all others")
	}
	return checkPort(u.Port())
}

func isSite(text string) bool {
	u, err := url.Parse(text)
	return err == nil && checkURL(text) == nil && (u.Scheme == "http" || u.Scheme == "https") &&
		text == u.Scheme+"://"+u.Host && checkPort(u.Port()) == nil
}
