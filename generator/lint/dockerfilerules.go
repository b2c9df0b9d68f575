package lint

import (
	"github.com/owgen/owgen/generator/diag"
)

// dockerfileRules are about Dockerfiles, where BuildKit's linter has no rule.
func dockerfileRules() []Rule {
	return []Rule{
		{ID: "dockerfile-invalid", Summary: "A Dockerfile can be built, as far as that shows without building it.",
			Reason: "The build stops at the first instruction that BuildKit does not understand.",
			Fix:    "correct the instruction", Check: issuesOf("dockerfile-invalid")},
		{ID: "from-unpinned", Severity: diag.Warning, Summary: "FROM and --from name the version of an image that is pulled.",
			Reason: "`latest` is another image tomorrow: the same commit builds something else.",
			Fix:    "name a version, better with its digest: image:1.2@sha256:DIGEST", Check: issuesOf("from-unpinned")},
		{ID: "from-service", Summary: "An image that another service builds is passed in as a build context.",
			Reason: "FROM knows nothing of services: it pulls whatever image a registry has under that name.",
			Fix:    "add NAME: service:NAME to build.additional_contexts", Check: issuesOf("from-service")},
		{ID: "context-unused", Severity: diag.Warning, Summary: "A build context that is passed in is used.",
			Reason: "It makes the build wait for another image for nothing, or a FROM was forgotten.",
			Fix:    "remove it from additional_contexts", Check: unusedContexts},
		{ID: "copy-missing", Summary: "What COPY takes from the build context is there.",
			Reason: "The build fails at that line.",
			Fix:    "correct the path, which is relative to the build context", Check: issuesOf("copy-missing")},
		{ID: "add-without-checksum", Severity: diag.Warning, Summary: "What ADD downloads has a checksum.",
			Reason: "Whoever controls the address, or the way to it, decides on what is in the image.",
			Fix:    "add --checksum=sha256:SUM, or name the commit of a git repository", Check: issuesOf("add-without-checksum")},
		{ID: "pipe-to-shell", Severity: diag.Warning, Summary: "No download is piped into a shell.",
			Reason: "Nobody sees what is run, it is another thing tomorrow, and half of it is run when the connection breaks.",
			Fix:    "download to a file, check its checksum, then run it", Check: issuesOf("pipe-to-shell")},
		{ID: "user-root", Severity: diag.Warning, Summary: "The last USER of an image is not root.",
			Reason: "Containers of the image start as root wherever nobody sets another user.",
			Fix:    "end with USER and the unprivileged user", Check: issuesOf("user-root")},
	}
}

// aptRules are about the installation of Debian packages.
func aptRules() []Rule {
	return []Rule{
		{ID: "apt-recommends", Severity: diag.Warning, Summary: "apt installs what is asked for, and no more.",
			Reason: "Recommended packages, often hundreds of megabytes, come along with all their holes.",
			Fix:    "add --no-install-recommends", Check: issuesOf("apt-recommends")},
		{ID: "apt-lists", Severity: diag.Warning, Summary: "apt's package lists do not stay in the image.",
			Reason: "They are some 20 MB, out of date by the next day, and a later RUN cannot take them out of the layer.",
			Fix:    "end the same RUN with && rm -rf /var/lib/apt/lists/*", Check: issuesOf("apt-lists")},
		{ID: "apt-unattended", Severity: diag.Warning, Summary: "apt asks nothing during a build.",
			Reason: "There is nobody to answer: the build stops.",
			Fix:    "add -y", Check: issuesOf("apt-unattended")},
	}
}

// issuesOf is the check of the rules about Dockerfiles: all of them are found in one pass.
func issuesOf(rule string) func(*Subject) diag.List {
	return func(p *Subject) diag.List {
		var found diag.List
		for _, img := range p.builtImages() {
			for _, i := range img.Issues {
				if i.Rule == rule {
					found.Add(diag.Finding{File: img.Path, Line: i.Line, Message: i.Message, Hint: i.Hint})
				}
			}
		}
		return found
	}
}

// unusedContexts reports at the service what its Dockerfile does not take.
func unusedContexts(p *Subject) diag.List {
	p.builtImages()
	var found diag.List
	for _, s := range p.services() {
		if img := p.image(s.Name); img != nil {
			for _, name := range img.UnusedContexts {
				found.Add(s.find("the Dockerfile takes nothing from the build context "+name, "build", "additional_contexts", name))
			}
		}
	}
	return found
}
