package lint

import (
	"github.com/moby/buildkit/frontend/dockerfile/linter"

	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/dockerfile"
)

// buildkitRules are the rules of BuildKit's linter, with its texts. All are applied but two:
// InvalidBaseImagePlatform, which asks a registry, and what ONBUILD in a base image adds, which is there too.
// A Dockerfile switches them off as for BuildKit, by "# check=skip=NAME", or by an excuse with its reason.
func buildkitRules() []Rule {
	return []Rule{
		buildkit(&linter.RuleStageNameCasing, "Stage names are looked up in lower case; mixed case misleads.", "write the name in lower case"),
		buildkit(&linter.RuleFromAsCasing, "One case reads better.", "write both FROM and AS in the same case"),
		buildkit(&linter.RuleNoEmptyContinuation, "The command ends where nobody expects it; newer versions refuse it.", "remove the empty line"),
		buildkit(&linter.RuleConsistentInstructionCasing, "One case reads better.", "write all instructions in the same case"),
		buildkit(&linter.RuleDuplicateStageName, "Only one of the stages can be referred to.", "rename one of them"),
		buildkit(&linter.RuleReservedStageName, "The name means something else to BuildKit.", "choose another name"),
		buildkit(&linter.RuleJSONArgsRecommended, "A shell stands between the engine and the process, and does not pass signals on: each stop takes ten seconds and ends in a kill.", `write ["program", "argument"]`),
		buildkit(&linter.RuleMaintainerDeprecated, "The instruction is deprecated.", "use LABEL org.opencontainers.image.authors"),
		buildkit(&linter.RuleUndefinedArgInFrom, "The name of the base image lacks a part.", "declare it by ARG before the first FROM"),
		buildkit(&linter.RuleWorkdirRelativePath, "Where it leads depends on the base image.", "write an absolute path"),
		buildkit(&linter.RuleUndefinedVar, "An empty text is put in its place.", "declare it by ARG or ENV before, or escape the dollar sign"),
		buildkit(&linter.RuleMultipleInstructionsDisallowed, "Only the last one counts.", "keep one"),
		buildkit(&linter.RuleLegacyKeyValueFormat, "What belongs to the value is ambiguous.", "write NAME=value"),
		buildkit(&linter.RuleRedundantTargetPlatform, "It is the default.", "remove --platform"),
		buildkit(&linter.RuleSecretsUsedInArgOrEnv, "Arguments and variables stay in the image's history, for whoever has the image.", "use RUN --mount=type=secret at build, a mounted file at run time"),
		buildkit(&linter.RuleInvalidDefaultArgInFrom, "The Dockerfile cannot be built without giving arguments.", "give the ARG a default"),
		buildkit(&linter.RuleFromPlatformFlagConstDisallowed, "The image can be built for one architecture only.", "remove --platform, or use $BUILDPLATFORM"),
		buildkit(&linter.RuleCopyIgnoredFile, "The file is not in the build context: the build fails, or the file is missing.", "remove it from .dockerignore, or do not copy it"),
		buildkit(&linter.RuleInvalidDefinitionDescription, "Tools show the comment as the description.", "begin the comment with the name, or put an empty line below it"),
		buildkit(&linter.RuleExposeProtoCasing, "Protocols are written in lower case.", "write tcp or udp"),
		buildkit(&linter.RuleExposeInvalidFormat, "EXPOSE cannot publish a port; newer versions refuse this.", "name the port alone"),
	}
}

func buildkit[F any](rule *linter.LinterRule[F], reason, fix string) Rule {
	id := dockerfile.RuleID(rule.Name)
	return Rule{ID: id, Severity: diag.Warning, Summary: rule.Description + ".", Reason: reason, Fix: fix, Docs: rule.URL, Check: issuesOf(id)}
}
