package plan

import "github.com/owgen/owgen/generator/bundle"

// dataAtRisk is the cost, in the words of package diff, of a setting that data is made with.
const dataAtRisk = "DATA AT RISK"

// Lasting are the values that data is made with on the first start, of the services that run.
func (p *Plan) Lasting() []bundle.Lasting {
	var out []bundle.Lasting
	for _, d := range p.Values.Schema().All() {
		if d.Change == nil || d.Change.Cost != dataAtRisk || d.Owner != "" && p.Service(d.Owner) == nil {
			continue
		}
		out = append(out, bundle.Lasting{Key: d.Key, Value: p.Values.String(d.Key), Why: d.Change.Why, Asked: p.source(d.Key)})
	}
	return out
}
