package reference

import "strings"

// A Command is one of owgen's commands.
type Command struct {
	Name      string // without the program's
	Summary   string
	Detail    string
	Arguments []Argument
	Flags     []Flag
}

// An Argument is given by its place.
type Argument struct {
	Name, Help string
	Optional   bool
	Repeated   bool
}

// A Flag is given by its name.
type Flag struct {
	Name, Short string
	Placeholder string // empty for one without a value
	Help        string
	Default     string
}

// ExitCodes says what each of owgen's exit codes means.
func ExitCodes() []Line {
	return []Line{
		{"0", "done"},
		{"1", "findings, or a difference"},
		{"2", "wrong usage"},
		{"3", "the environment stands in the way: the disk, the engine, the network"},
	}
}

// Usage is the command's line, as it is typed.
func (c Command) Usage() string {
	parts := []string{"owgen", c.Name}
	for _, a := range c.Arguments {
		name := strings.ToUpper(a.Name)
		if a.Repeated {
			name += "..."
		}
		if a.Optional {
			name = "[" + name + "]"
		}
		parts = append(parts, name)
	}
	if len(c.Flags) > 0 {
		parts = append(parts, "[FLAGS]")
	}
	return strings.Join(parts, " ")
}

// Usage is the flag as it is typed.
func (f Flag) Usage() string {
	text := "--" + f.Name
	if f.Short != "" {
		text = "-" + f.Short + ", " + text
	}
	if f.Placeholder != "" {
		text += "=" + f.Placeholder
	}
	return text
}

// Text is all that is to be said about the flag.
func (f Flag) Text() string {
	text := f.Help
	if f.Default != "" {
		text += " Default: " + f.Default + "."
	}
	return text
}
