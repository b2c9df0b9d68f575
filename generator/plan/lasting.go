package plan

import "github.com/owgen/owgen/generator/bundle"

// Lasting are the values that data is made with on the first start, of the services that run.
func (p *Plan) Lasting() []bundle.Lasting {
	var out []bundle.Lasting
	for _, d := range p.Values.Schema().All() {
		if d.Change == nil || d.Change.Cost != bundle.DataAtRisk || d.Owner != "" && p.Service(d.Owner) == nil {
			continue
		}
		out = append(out, bundle.Lasting{Key: d.Key, Value: p.Values.String(d.Key), Why: d.Change.Why, Asked: p.source(d.Key)})
	}
	return out
}
