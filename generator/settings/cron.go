package settings

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/owgen/owgen/generator/lazy"
)

var cronFields = []struct {
	name      string
	low, high int
}{{"minutes", 0, 59}, {"hours", 0, 23}, {"days", 1, 31}, {"months", 1, 12}, {"weekdays", 0, 6}}

// A part of a cron field: all, a number or a range, and a step of all or of a range. Celery takes no more.
var cronPart = lazy.Regexp(`^(?:(\d+)|(?:\*|(\d+)-(\d+))(?:/(\d+))?)$`)

func checkCron(text string) error {
	// Other white space, line breaks among it, is a part of a field, and refused as such.
	fields := strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == '\t' })
	if len(fields) != len(cronFields) {
		return errors.New("must be five cron fields: minute hour day month weekday")
	}
	for i, field := range fields {
		limits := cronFields[i]
		for part := range strings.SplitSeq(field, ",") {
			found := cronPart().FindStringSubmatch(part)
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
