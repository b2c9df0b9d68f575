package catalog

import (
	"fmt"
	"slices"
)

// An Intent says what a service means where an engine needs addresses. The target resolves it: to addresses where they are
// fixed, to a name that is followed elsewhere.
type Intent struct {
	Name  string `yaml:"name"`  // by which templates ask for it
	Route string `yaml:"route"` // a subnet, or a setting that holds it: "{a.subnet}", reached through the provider of the capability
	Trust string `yaml:"trust"` // whom the service believes or lets in: the clients of the capability, or its provider
	Serve string `yaml:"serve"` // clients: the service answers on the network of the capability's clients alone, wherever else it is
	Of    string `yaml:"of"`    // the capability; one that nobody provides makes the intent void
	// Without is the command of those that do without the route, where an engine gives it to one of them alone: the rest of
	// the work, which needs none. Nothing: there is no such rest.
	Without []string  `yaml:"without"`
	When    Condition `yaml:"when"`
}

// Whom an intent trusts.
const (
	TrustClients  = "clients"
	TrustProvider = "provider"
)

func (k *checker) intents() {
	for i, x := range k.service.Intents {
		wrong := func(message, hint string) { k.at("wrong-intent", "intents", fmt.Sprintf("%q ", x.Name)+message, hint) }
		if !identifier().MatchString(x.Name) || slices.ContainsFunc(k.service.Intents[:i], func(o Intent) bool { return o.Name == x.Name }) {
			wrong("is no name of its own", "give each intent one")
		}
		if len(kinds(kind{"route", x.Route != ""}, kind{"trust", x.Trust != ""}, kind{"serve", x.Serve != ""})) != 1 {
			wrong("means nothing, or two things", "route: SUBNET, or trust: clients or provider, or serve: clients")
		}
		if own := k.service.Provided(x.Of); x.Serve != "" && (x.Serve != TrustClients || own == nil || own.Network == "") {
			wrong(fmt.Sprintf("serves %q of %q", x.Serve, x.Of), "serve: clients, of a capability that the service itself provides on a network")
		}
		if x.Trust != "" && x.Trust != TrustClients && x.Trust != TrustProvider {
			wrong(fmt.Sprintf("trusts %q", x.Trust), "clients or provider")
		}
		if len(x.Without) > 0 && x.Route == "" {
			wrong("has a command for those without a route, and is about none", "take without away, or say route: SUBNET")
		}
		if len(k.catalog.Providers(x.Of)) == 0 {
			wrong(fmt.Sprintf("is about %q, which no service provides", x.Of), "of: CAPABILITY")
		}
		k.references("intents", x.Route)
		k.condition("intents", x.When, true)
	}
}
