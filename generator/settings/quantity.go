package settings

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/owgen/owgen/generator/lazy"
)

var (
	durationText = lazy.Regexp(`^(?:[0-9]+(?:ms|[smhdw]))+$`)
	durationPart = lazy.Regexp(`([0-9]+)(ms|[smhdw])`)
	bytesText    = lazy.Regexp(`^([0-9]+)([kmgKMG]?)$`)
)

var durationUnits = map[string]time.Duration{"ms": time.Millisecond, "s": time.Second, "m": time.Minute, "h": time.Hour,
	"d": 24 * time.Hour, "w": 7 * 24 * time.Hour}

// Seconds reads a duration as settings have it. Unlike Go's own, it knows days and weeks, and nothing is negative.
func Seconds(text string) (float64, error) {
	if !durationText().MatchString(text) {
		return 0, errors.New("must be a duration such as 90s, 15m, 12h or 30d")
	}
	sum := 0.0
	for _, part := range durationPart().FindAllStringSubmatch(text, -1) {
		n, _ := strconv.ParseFloat(part[1], 64) // digits
		sum += n * durationUnits[part[2]].Seconds()
	}
	if sum > math.MaxInt64/1e9 { // what fits in nanoseconds, which is how most programs count
		return 0, errors.New("must be a duration of less than 292 years")
	}
	return sum, nil
}

// ByteCount reads a size as settings have it: K, M and G are powers of 1024.
func ByteCount(text string) (float64, error) {
	match := bytesText().FindStringSubmatch(text)
	if match == nil {
		return 0, errors.New("must be a size such as 64M or 1G")
	}
	n, _ := strconv.ParseFloat(match[1], 64)
	n *= map[string]float64{"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}[strings.ToLower(match[2])]
	if n >= math.MaxInt64 {
		return 0, errors.New("must be a size that a computer can count")
	}
	return n, nil
}

func checkDuration(text string) error { _, err := Seconds(text); return err }
func checkBytes(text string) error    { _, err := ByteCount(text); return err }

func checkPort(text string) error {
	n, err := strconv.Atoi(text)
	if text != "" && (err != nil || n < 1 || n > 65535) {
		return errors.New("must have a port between 1 and 65535")
	}
	return nil
}

// Quantity reads what can be compared: a duration in seconds, a size in bytes, a number.
func Quantity(t Type, text string) (float64, error) {
	switch t {
	case Duration:
		return Seconds(text)
	case Bytes:
		return ByteCount(text)
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0, errors.New("must be a number")
	}
	return n, nil
}

// checkBounds applies least and most to a duration or a size.
func (d *Setting) checkBounds(t Type, text string) error {
	if d.Least == "" && d.Most == "" || t != Duration && t != Bytes {
		return nil
	}
	n, err := Quantity(t, text)
	if err != nil {
		return err
	}
	for _, bound := range []struct {
		text, word string
		sign       float64
	}{{d.Least, "least", 1}, {d.Most, "most", -1}} {
		if bound.text == "" {
			continue
		}
		limit, err := Quantity(t, bound.text)
		if err != nil {
			return fmt.Errorf("cannot be checked: its %s %w", bound.word, err)
		}
		if (n-limit)*bound.sign < 0 {
			return fmt.Errorf("must be at %s %s", bound.word, bound.text)
		}
	}
	return nil
}
