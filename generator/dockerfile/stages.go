package dockerfile

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/linter"
	"github.com/moby/buildkit/frontend/dockerfile/shell"
)

// A stage is one build stage during the evaluation. What it has from its base is a copy.
type stage struct {
	*instructions.Stage
	base    *stage
	from    string          // the image that it starts from; "" for another stage, scratch or another service
	env     environment     // ARG and ENV: what a variable in an instruction stands for
	config  environment     // ENV alone: what an image built on this one has
	known   bool            // nothing is inherited from an image that has not been seen
	args    map[string]bool // declared by ARG, with or without a value
	workdir bool            // WORKDIR was set
	shell   bool            // SHELL was set
	user    string
	probed  bool
	lists   []int // lines that leave apt's lists behind
}

// An environment is a set of variables, as BuildKit's lexer asks for them.
type environment map[string]string

func (e environment) Get(name string) (string, bool) { value, ok := e[name]; return value, ok }
func (e environment) Keys() []string                 { return slices.Sorted(maps.Keys(e)) }

// A Build is what a service says of the build of its image.
type Build struct {
	Args     map[string]string
	Contexts map[string]string // named contexts
	Target   string
}

// An evaluation is the state of evaluating one Dockerfile.
type evaluation struct {
	Build
	images  map[string]*Image // of all services
	builds  map[string]Build  // of all services that build an image; nil when they are not known
	image   *Image
	service string
	used    map[string]bool // the named contexts that are used
	global  environment     // the arguments before the first FROM
	lex     *shell.Lex
	stages  []*stage

	expanded int // bytes that references have brought in
}

// Evaluate goes through the Dockerfiles of all services as BuildKit's conversion does, as far as rules need it. A
// service that is not among the builds is evaluated without arguments and contexts; nil says that the builds are not
// known, so that any name may be that of a context.
// BuildKit's own conversion was measured at 0.4 ms a file and 4.5 ms at each start of the program, for the packages
// that it draws in, and it asks registries; TestLikeBuildKit runs it and compares.
func Evaluate(images map[string]*Image, builds map[string]Build) {
	for _, name := range slices.Sorted(maps.Keys(images)) {
		evaluate(images, builds, name)
	}
}

func evaluate(images map[string]*Image, builds map[string]Build, name string) *Image {
	img := images[name]
	if img == nil || img.evaluating || img.final != nil || len(img.stages) == 0 {
		return img
	}
	img.evaluating = true // and stays so: images that derive from each other are broken anyway
	e := &evaluation{Build: builds[name], images: images, builds: builds, image: img, service: name,
		lex: shell.NewLex(img.tree.EscapeToken), used: map[string]bool{}}
	e.checkStageNames()
	e.checkCasing()
	e.global = e.globalArguments(nil)
	e.checkDefaultArguments()
	e.global = e.globalArguments(e.Args)
	for i := range img.stages {
		e.stages = append(e.stages, e.begin(&img.stages[i]))
		e.run(e.stages[i])
	}
	img.final = e.find(e.Target)
	img.User, img.Probed, img.Known = img.final.user, img.final.probed, img.final.known
	e.checkFinal()
	return img
}

// find returns the stage that is built: the target, by name or number, else the last.
func (e *evaluation) find(target string) *stage {
	if found := e.stageNamed(strings.ToLower(target)); target != "" && found != nil {
		return found
	}
	if i, err := strconv.Atoi(target); err == nil && i >= 0 && i < len(e.stages) {
		return e.stages[i]
	}
	return e.stages[len(e.stages)-1]
}

// stageNamed finds a stage that has begun already. BuildKit keeps the names in lower case.
func (e *evaluation) stageNamed(name string) *stage {
	for _, s := range slices.Backward(e.stages) {
		if s.Name != "" && strings.ToLower(s.Name) == name {
			return s
		}
	}
	return nil
}

// globalArguments evaluates the arguments before the first FROM, on top of those that BuildKit predefines.
func (e *evaluation) globalArguments(given map[string]string) environment {
	env := environment{
		"BUILDPLATFORM": "linux/amd64", "BUILDOS": "linux", "BUILDOSVERSION": "", "BUILDARCH": "amd64", "BUILDVARIANT": "",
		"TARGETPLATFORM": "linux/amd64", "TARGETOS": "linux", "TARGETOSVERSION": "", "TARGETARCH": "amd64", "TARGETVARIANT": "",
		"TARGETSTAGE": "default",
	}
	for _, command := range e.image.args {
		for _, arg := range command.Args {
			if value, ok := given[arg.Key]; ok {
				env[arg.Key] = value
			} else if arg.Value != nil && !e.fits(*arg.Value, env) {
				e.image.report("dockerfile-invalid", startLine(command.Location()), errGrows.Error())
			} else if arg.Value != nil {
				env[arg.Key], _, _ = e.lex.ProcessWord(*arg.Value, env)
			}
		}
	}
	return env
}

// begin makes the state in which a stage begins, from the stage, the service or the image that it names.
func (e *evaluation) begin(st *instructions.Stage) *stage {
	lint := e.image.lint.WithMergedConfigFromComments(st.Comments)
	name := e.expandFrom(st, st.BaseName, lint)
	e.checkPlatform(st, lint)
	s := &stage{Stage: st, env: environment{}, config: environment{}, args: map[string]bool{}}
	context, isContext := e.Contexts[name]
	switch base := e.stageNamed(name); {
	case base != nil:
		s.base, s.known, s.workdir, s.shell, s.user, s.probed = base, base.known, base.workdir, base.shell, base.user, base.probed
		s.env, s.config, s.args = maps.Clone(base.env), maps.Clone(base.config), maps.Clone(base.args)
	case strings.EqualFold(name, "scratch"):
		s.known = true
	case isContext:
		e.used[name] = true
		e.beginFromContext(s, context)
	default:
		s.from = name
	}
	e.checkFrom(s)
	if _, ok := s.env["PATH"]; !ok {
		s.env["PATH"], s.config["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", ""
	}
	return s
}

// beginFromContext begins a stage from a named context: another service's image, or an image by its name.
func (e *evaluation) beginFromContext(s *stage, context string) {
	if image, ok := strings.CutPrefix(context, "docker-image://"); ok {
		s.from = image
		return
	}
	service, _ := strings.CutPrefix(context, "service:")
	if base := evaluate(e.images, e.builds, service); base != nil && base.final != nil {
		s.known, s.shell, s.user, s.probed = base.Known, base.final.shell, base.User, base.Probed
		s.env, s.config = maps.Clone(base.final.config), maps.Clone(base.final.config)
	}
}

// expandFrom expands the arguments in FROM, and reports those that are not declared.
func (e *evaluation) expandFrom(st *instructions.Stage, word string, lint *linter.Linter) string {
	if !e.fits(word, e.global) {
		e.image.report("dockerfile-invalid", startLine(st.Location), errGrows.Error())
		return word
	}
	result, err := e.lex.ProcessWordWithMatches(word, e.global)
	if err != nil {
		e.image.report("dockerfile-invalid", startLine(st.Location), err.Error())
		return word
	}
	declared := maps.Clone(e.global)
	for _, command := range e.image.args {
		for _, arg := range command.Args {
			declared[arg.Key] = ""
		}
	}
	for _, name := range slices.Sorted(maps.Keys(result.Unmatched)) {
		if _, ok := declared[name]; !ok {
			lint.Run(&linter.RuleUndefinedArgInFrom, st.Location, linter.RuleUndefinedArgInFrom.Format(name, suggestion(name, declared)))
		}
	}
	return result.Result
}

// checkFrom checks the name of the image that a stage starts from.
func (e *evaluation) checkFrom(s *stage) {
	switch problem := Unpinned(s.from); {
	case s.base != nil || s.known || s.from == "" && s.BaseName != "" && e.Contexts[s.BaseName] != "":
	case e.builds == nil: // the name may be that of a context
	case s.from == "":
		e.image.report("dockerfile-invalid", startLine(s.Location), "FROM "+s.BaseName+" names no image")
	case !validImage(s.from):
		e.image.report("dockerfile-invalid", startLine(s.Location), s.from+" is not the name of an image")
	case e.isService(s.from):
		e.image.report("from-service", startLine(s.Location), "FROM "+s.from+" does not mean the service of that name")
	case problem != "":
		e.image.report("from-unpinned", startLine(s.Location), problem)
	}
	s.known = s.known || plainImage(s.from)
}

// isService tells whether another service of the project builds an image and is named like one in a Dockerfile.
func (e *evaluation) isService(image string) bool {
	_, builds := e.builds[image]
	return builds && image != e.service
}

// plainImage tells whether an image is known to bring no user, no probe and no variable but PATH.
func plainImage(image string) bool {
	image, _, _ = strings.Cut(image, "@")
	image = image[strings.LastIndex(image, "/")+1:]
	image, _, _ = strings.Cut(image, ":")
	switch image {
	case "debian", "ubuntu", "alpine", "busybox":
		return true
	}
	return false
}
