package lazy

import "testing"

func TestRegexp(t *testing.T) {
	digits := Regexp(`^[0-9]+$`)
	if !digits().MatchString("12") || digits().MatchString("a") || digits() != digits() {
		t.Error("it is compiled anew, or another expression")
	}
	wrong := Regexp(`(`) // not yet
	defer func() {
		if recover() == nil {
			t.Error("what is no expression passes")
		}
	}()
	wrong()
}
