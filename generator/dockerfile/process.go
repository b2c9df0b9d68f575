package dockerfile

import (
	"slices"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
)

// A Process is what an image starts.
type Process struct{ Entrypoint, Command []string }

// Words are the whole command line.
func (p Process) Words() []string { return slices.Concat(p.Entrypoint, p.Command) }

// Process is what the image starts whose Dockerfile this is, if the one that it is built from starts that.
func (img *Image) Process(from Process) Process {
	if len(img.stages) == 0 {
		return from
	}
	return img.process(len(img.stages)-1, from)
}

func (img *Image) process(stage int, from Process) Process {
	for earlier := range stage {
		if name := img.stages[earlier].Name; name != "" && strings.EqualFold(name, img.stages[stage].BaseName) {
			from = img.process(earlier, from)
		}
	}
	own := false // a command of the image below is not meant for another entry point
	for _, c := range img.stages[stage].Commands {
		switch c := c.(type) {
		case *instructions.EntrypointCommand:
			if from.Entrypoint = line(c.ShellDependantCmdLine); !own {
				from.Command = nil
			}
		case *instructions.CmdCommand:
			from.Command, own = line(c.ShellDependantCmdLine), true
		}
	}
	return from
}

// line is a command line as the engine runs it.
func line(c instructions.ShellDependantCmdLine) []string {
	if c.PrependShell {
		return append([]string{"/bin/sh", "-c"}, c.CmdLine...)
	}
	return c.CmdLine
}
