package settings

import (
	"errors"
	"fmt"
	"net/mail"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

var (
	nameLabel   = `[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?`
	domainName  = regexp.MustCompile(`^(?:` + nameLabel + `\.)*` + nameLabel + `$`)
	allNumeric  = regexp.MustCompile(`^[0-9.]+$`)
	byteCount   = regexp.MustCompile(`^[0-9]+[kmgKMG]?$`)
	pathChars   = regexp.MustCompile(`^[A-Za-z0-9_./@%+=:, -]+$`)
	controlChar = regexp.MustCompile(`[\x00-\x08\x0a-\x1f\x7f]`)
)

// checkFormat checks what a type of text must look like.
func checkFormat(t Type, text string) error {
	fail := func(ok bool, expected string) error {
		if ok {
			return nil
		}
		return errors.New("must be " + expected)
	}
	_, ipErr := netip.ParseAddr(text)
	isName := domainName.MatchString(text) && len(text) <= 253 && !allNumeric.MatchString(text)
	switch t {
	case Text:
		return nil
	case String:
		return fail(!controlChar.MatchString(text), "one line without control characters")
	case Host:
		return fail(isName || ipErr == nil, "a domain name or an IP address")
	case FQDN:
		return fail(isName, "a domain name")
	case IP:
		return fail(ipErr == nil, "an IP address")
	case CIDR:
		prefix, err := netip.ParsePrefix(text)
		return fail(ipErr == nil || err == nil && prefix == prefix.Masked(), "a network such as 192.0.2.0/24 with no bits set behind its mask")
	case Email:
		addr, err := mail.ParseAddress(text)
		return fail(err == nil && !controlChar.MatchString(text) && addr.Address != "", "an e-mail address")
	case URL:
		u, err := url.Parse(text)
		return fail(err == nil && u.Scheme != "" && u.Host != "" && u.User == nil, "a URL without credentials in it")
	case Path:
		return fail(strings.HasPrefix(text, "/") && pathChars.MatchString(text), "an absolute path")
	case FilePath:
		return fail(pathChars.MatchString(text), "a path")
	case Duration:
		_, err := time.ParseDuration(text)
		return fail(err == nil, "a duration such as 90s, 15m or 12h")
	case Bytes:
		return fail(byteCount.MatchString(text), "a size such as 64M or 1G")
	case Cron:
		return checkCron(text)
	}
	return fmt.Errorf("has the unknown type %q in the catalogue", t)
}

var cronFields = []struct {
	name      string
	low, high int
}{{"minutes", 0, 59}, {"hours", 0, 23}, {"days", 1, 31}, {"months", 1, 12}, {"weekdays", 0, 6}}

// A part of a cron field: all, a number or a range, and a step of all or of a range. Celery takes no more.
var cronPart = regexp.MustCompile(`^(?:(\d+)|(?:\*|(\d+)-(\d+))(?:/(\d+))?)$`)

func checkCron(text string) error {
	fields := strings.Fields(text)
	if len(fields) != len(cronFields) {
		return errors.New("must be five cron fields: minute hour day month weekday")
	}
	for i, field := range fields {
		limits := cronFields[i]
		for part := range strings.SplitSeq(field, ",") {
			found := cronPart.FindStringSubmatch(part)
			if found == nil {
				return fmt.Errorf("must have %s such as *, */2, %d or %d-%d", limits.name, limits.high, limits.low, limits.high)
			}
			for _, number := range found[1:4] {
				if n, err := strconv.Atoi(number); number != "" && (err != nil || n < limits.low || n > limits.high) {
					return fmt.Errorf("must have %s between %d and %d", limits.name, limits.low, limits.high)
				}
			}
			if step, err := strconv.Atoi(found[4]); found[4] != "" && (err != nil || step < 1) {
				return errors.New("must have steps of at least 1")
			}
		}
	}
	return nil
}
