package dockerfile

import (
	"maps"
	"slices"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/linter"
	"github.com/moby/buildkit/frontend/dockerfile/shell"
	"github.com/moby/buildkit/util/suggest"
)

func suggestion(name string, known environment) string {
	match, _ := suggest.Search(name, known.Keys(), true)
	return match
}

// run goes through the instructions of a stage: expands their variables, keeps the stage's state, and
// reports what BuildKit's linter has rules for.
func (e *evaluation) run(s *stage) {
	once := map[string]instructions.Command{}
	for _, command := range s.Commands {
		lint := e.image.lint.WithMergedConfigFromComments(command.Comments())
		if _, isArg := command.(*instructions.ArgCommand); !isArg {
			e.expand(s, command, lint)
		}
		switch command.(type) {
		case *instructions.CmdCommand, *instructions.EntrypointCommand, *instructions.HealthCheckCommand:
			name := strings.ToUpper(command.Name())
			if first := once[name]; first != nil {
				lint.Run(&linter.RuleMultipleInstructionsDisallowed, first.Location(), linter.RuleMultipleInstructionsDisallowed.Format(command.Name()))
			}
			once[name] = command
		}
		e.apply(s, command, lint)
		e.checkOwn(s, command)
	}
}

// expand replaces the variables in an instruction.
func (e *evaluation) expand(s *stage, command instructions.Command, lint *linter.Linter) {
	var err error
	if c, ok := command.(instructions.SupportsSingleWordExpansion); ok {
		err = c.Expand(func(word string) (string, error) { return e.word(s, command, lint, e.lex, word) })
	}
	if c, ok := command.(instructions.SupportsSingleWordExpansionRaw); ok && err == nil {
		raw := shell.NewLex('\\')
		raw.SkipProcessQuotes = true
		err = c.ExpandRaw(func(word string) (string, error) { return e.word(s, command, lint, raw, word) })
	}
	if err != nil {
		e.invalid(command, err.Error())
	}
}

// invalid reports an instruction that stops the build.
func (e *evaluation) invalid(command instructions.Command, message string) {
	e.image.report("dockerfile-invalid", startLine(command.Location()), message)
}

// word expands one word, and reports variables that nothing defines. In a stage from an image that has not
// been seen each variable may come from there, so that nothing is reported.
func (e *evaluation) word(s *stage, command instructions.Command, lint *linter.Linter, lex *shell.Lex, word string) (string, error) {
	if !e.fits(word, s.env) {
		return word, errGrows
	}
	expanded, unmatched, err := lex.ProcessWord(word, s.env)
	for _, name := range slices.Sorted(maps.Keys(unmatched)) {
		if s.known && !s.args[name] {
			lint.Run(&linter.RuleUndefinedVar, command.Location(), linter.RuleUndefinedVar.Format(name, suggestion(name, s.env)))
		}
	}
	return expanded, err
}

// apply keeps the stage's state.
func (e *evaluation) apply(s *stage, command instructions.Command, lint *linter.Linter) {
	switch c := command.(type) {
	case *instructions.EnvCommand:
		for _, pair := range c.Env {
			legacyPair(pair, c, lint)
			secretKey("ENV", pair.Key, c, lint)
			s.env[pair.Key], s.config[pair.Key] = pair.Value, pair.Value
		}
	case *instructions.LabelCommand:
		for _, pair := range c.Labels {
			legacyPair(pair, c, lint)
		}
	case *instructions.ArgCommand:
		e.applyArgument(s, c, lint)
	case *instructions.WorkdirCommand:
		if !s.workdir && !strings.HasPrefix(c.Path, "/") {
			lint.Run(&linter.RuleWorkdirRelativePath, c.Location(), linter.RuleWorkdirRelativePath.Format(c.Path))
		}
		s.workdir = true
	case *instructions.ShellCommand:
		s.shell = true
	case *instructions.CmdCommand:
		jsonArguments(s, c.PrependShell, c, lint)
	case *instructions.EntrypointCommand:
		jsonArguments(s, c.PrependShell, c, lint)
	case *instructions.UserCommand:
		s.user = c.User
	case *instructions.HealthCheckCommand:
		s.probed = c.Health != nil && len(c.Health.Test) > 0 && c.Health.Test[0] != "NONE"
	case *instructions.ExposeCommand:
		e.exposed(s, c, lint)
	case *instructions.VolumeCommand:
		if slices.Contains(c.Volumes, "") {
			e.invalid(c, "VOLUME names no path")
		}
	case *instructions.StopSignalCommand:
		if !isSignal(c.Signal) {
			e.invalid(c, c.Signal+" is not a signal")
		}
	}
}

func (e *evaluation) applyArgument(s *stage, c *instructions.ArgCommand, lint *linter.Linter) {
	for _, arg := range c.Args {
		secretKey("ARG", arg.Key, c, lint)
		given, isGiven := e.Args[arg.Key]
		global, isGlobal := e.global[arg.Key]
		switch {
		case isGiven:
			s.env[arg.Key] = given
		case arg.Value != nil:
			s.env[arg.Key], _ = e.word(s, c, lint, e.lex, *arg.Value)
		case isGlobal:
			s.env[arg.Key] = global
		}
		s.args[arg.Key] = true
	}
}

func legacyPair(pair instructions.KeyValuePair, c instructions.Command, lint *linter.Linter) {
	if pair.NoDelim {
		lint.Run(&linter.RuleLegacyKeyValueFormat, c.Location(), linter.RuleLegacyKeyValueFormat.Format(c.Name()))
	}
}

func jsonArguments(s *stage, viaShell bool, c instructions.Command, lint *linter.Linter) {
	if viaShell && !s.shell {
		lint.Run(&linter.RuleJSONArgsRecommended, c.Location(), linter.RuleJSONArgsRecommended.Format(c.Name()))
	}
}

// secretKey reports a variable that is named like a secret, by BuildKit's own list of words: the whole name,
// its first or its last word, unless another one says that it is about a secret only.
func secretKey(instruction, name string, c instructions.Command, lint *linter.Linter) {
	lower := "_" + strings.ToLower(name) + "_"
	has := func(words ...string) bool {
		return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(lower, "_"+word+"_") })
	}
	if has("apikey", "auth", "credential", "credentials", "key", "password", "pword", "passwd", "secret", "token") &&
		!has("public", "file", "version") {
		lint.Run(&linter.RuleSecretsUsedInArgOrEnv, c.Location(), linter.RuleSecretsUsedInArgOrEnv.Format(instruction, name))
	}
}
