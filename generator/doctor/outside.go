package doctor

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"

	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/plan"
)

// checkOutside looks at what has to be so elsewhere: records that others look up, and ports of others that have to be reached. It is
// never a problem: what is here starts without.
func (c *checkup) checkOutside(ctx context.Context) {
	if domain := c.Plan.Values.String("domain"); domain == "localhost" || strings.HasSuffix(domain, ".localhost") {
		return // nobody outside knows such a name
	}
	results := make([]Result, len(c.Plan.Outside))
	var group sync.WaitGroup
	for i, o := range c.Plan.Outside {
		group.Go(func() {
			ctx, cancel := context.WithTimeout(ctx, patience)
			defer cancel()
			results[i] = c.checkOne(ctx, o)
		})
	}
	group.Wait()
	c.results = append(c.results, results...)
}

func (c *checkup) checkOne(ctx context.Context, o plan.Outside) Result {
	switch o.Kind {
	case catalog.OutsideMX:
		hosts, err := c.machine.LookupMX(ctx, o.Of)
		return found(o, "MX record", hosts, err, func(host string) bool { return same(host, o.Is) })
	case catalog.OutsideTXT:
		texts, err := c.machine.LookupTXT(ctx, o.Of)
		return found(o, "TXT record", texts, err, func(text string) bool { return strings.HasPrefix(text, o.Is) })
	case catalog.OutsidePTR:
		return c.checkReverse(ctx, o)
	default:
		return c.checkReach(ctx, o)
	}
}

// found says what the DNS has for a name, and whether what is expected is in it.
func found(o plan.Outside, kind string, values []string, err error, right func(string) bool) Result {
	switch {
	case errors.Is(err, ErrNoRecord), err == nil && len(values) == 0:
		return Result{"dns", Warning, o.Of + " has no " + kind, o.Hint}
	case err != nil:
		return Result{"dns", Unknown, fmt.Sprintf("nobody can tell the %s of %s: %v", kind, o.Of, err), ""}
	case !slices.ContainsFunc(values, right):
		return Result{"dns", Warning, fmt.Sprintf("the %s of %s is not %s, but %s", kind, o.Of, o.Is, strings.Join(values, ", ")), o.Hint}
	}
	return Result{"dns", OK, fmt.Sprintf("the %s of %s is %s", kind, o.Of, o.Is), ""}
}

// checkReverse asks whether each public address of a name leads back to it.
func (c *checkup) checkReverse(ctx context.Context, o plan.Outside) Result {
	addresses, err := c.machine.Lookup(ctx, o.Of)
	addresses = slices.DeleteFunc(addresses, func(a netip.Addr) bool { return a.IsPrivate() || a.IsLoopback() })
	if err != nil || len(addresses) == 0 {
		return Result{"dns", Unknown, o.Of + " has no public address here, so that nobody can tell its reverse DNS", ""}
	}
	for _, address := range addresses {
		names, err := c.machine.LookupPTR(ctx, address)
		back := plan.Outside{Of: address.String(), Is: o.Of, Hint: o.Hint}
		if r := found(back, "reverse DNS (PTR)", names, err, func(name string) bool { return same(name, o.Of) }); r.State != OK {
			return r
		}
	}
	return Result{"dns", OK, "the reverse DNS of " + o.Of + " leads back to it", ""}
}

// checkReach connects to a port of a domain's mail server.
func (c *checkup) checkReach(ctx context.Context, o plan.Outside) Result {
	hosts, err := c.machine.LookupMX(ctx, o.Of)
	if err != nil || len(hosts) == 0 {
		return Result{"outward", Unknown, fmt.Sprintf("port %s: not tried, since the mail server of %s was not found", o.Is, o.Of), ""}
	}
	if c.remote() {
		return Result{"outward", Unknown, "port " + o.Is + ": the engine runs " + c.engine.Elsewhere, "run `owgen doctor` there"}
	}
	if err := c.machine.Reach(ctx, strings.TrimSuffix(hosts[0], "."), o.Is); err != nil {
		return Result{"outward", Warning, fmt.Sprintf("port %s of others is not reached: %v", o.Is, err), o.Hint}
	}
	return Result{"outward", OK, "port " + o.Is + " of others is reached", ""}
}

// same compares names as the DNS does.
func same(a, b string) bool {
	return strings.EqualFold(strings.TrimSuffix(a, "."), strings.TrimSuffix(b, "."))
}
