package swarm

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/owgen/owgen/generator/dockerfile"
	"github.com/owgen/owgen/generator/dotenv"
	"github.com/owgen/owgen/generator/plan"
	"github.com/owgen/owgen/generator/target"
)

// patience is how long a task that waits may be without being healthy, and asking how often it is so until then: a machine on
// which twenty tasks wait has better to do than start twenty probes each second.
const (
	patience = "15m"
	asking   = "5s"
)

// begin puts the program of that name before what the image starts, where there is something to wait for or to unpack (a stack starts
// everything at once, and knows no conditions), or where requests come until all machines know that the task ends.
func (b *builder) begin(s *plan.Service, from types.ServiceConfig, out *service) {
	waits := b.waits(s, from, out)
	unpack := b.unpack
	b.unpack = nil
	serves := !isJob(s, from) && !b.alone(s) && len(b.plan.Served(s.Name)) > 0
	if len(waits)+len(unpack) == 0 && !serves {
		return
	}
	process := b.process(s)
	if from.Entrypoint != nil {
		process = dockerfile.Process{Entrypoint: from.Entrypoint}
	}
	if from.Command != nil {
		process.Command = from.Command
	}
	out.Entrypoint, out.Command = []string{"begin"}, process.Words()
	if serves {
		out.Environment["DRAIN"] = fmt.Sprint(int(target.Quiet.Seconds()))
		grace := types.Duration(target.Quiet + 10*time.Second) // the engine's own, where nothing is said
		if from.StopGracePeriod != nil {
			grace = types.Duration(target.Quiet) + *from.StopGracePeriod
		}
		out.StopGracePeriod = duration(&grace)
	}
	if len(waits) > 0 {
		out.Environment["WAIT_FOR"] = strings.Join(waits, "\n")
		if out.Healthcheck != nil {
			out.Healthcheck.StartPeriod, out.Healthcheck.StartInterval = patience, asking
		}
	}
	if len(unpack) > 0 {
		out.Environment["UNPACK"] = strings.Join(unpack, "\n")
	}
}

// process is what the image starts, by its Dockerfile and those that it derives from.
func (b *builder) process(s *plan.Service) dockerfile.Process {
	var process dockerfile.Process
	for _, folder := range append(slices.Clone(s.Images), s.Definition) {
		if image, known := b.images[folder.Name]; known {
			process = image.Process(process)
		}
	}
	return process
}

// waits are the lines of WAIT_FOR: for each condition of depends_on, what tells in this container that it holds.
func (b *builder) waits(s *plan.Service, from types.ServiceConfig, out *service) []string {
	var lines []string
	left := map[string]bool{}
	for name := range from.DependsOn {
		left[name] = true
	}
	for _, use := range s.Uses {
		if use.Asked { // out of its reach: the edge, which it waits for, says what is not there yet
			delete(left, use.Service)
			continue
		}
		if !use.Start || use.External || !left[use.Service] {
			continue
		}
		var test string
		switch {
		case len(use.Ready) > 0:
			words := make([]string, len(use.Ready))
			for i, word := range use.Ready {
				words[i] = dotenv.Shell(word)
			}
			test = strings.Join(words, " ")
		case use.Port != 0:
			test = fmt.Sprintf("tcp %s %d", use.Host, use.Port)
		default:
			continue
		}
		if line := use.Service + " " + test; !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
		delete(left, use.Service)
	}
	for name := range left {
		b.refused("services."+s.Name+".depends_on."+name, "nothing tells a task when "+name+" is there", "say it in its service.yaml: provides: {ready: [COMMAND]}")
	}
	return lines
}
