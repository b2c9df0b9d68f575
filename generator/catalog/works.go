package catalog

// Workers are the settings that say how many processes do a load: the largest of Each, in each of the replicas of Scale.
type Workers struct {
	Each  []string
	Scale string
}

// Works finds who does a load of _shared/sizing.yaml; Each is empty if no setting says so.
func (c *Catalog) Works(load string) (w Workers) {
	for _, s := range c.Services {
		for _, d := range s.Settings {
			if d.Works == load {
				w.Each, w.Scale = append(w.Each, d.Key), "scale."+s.Name
			}
		}
	}
	return w
}

// Processes is how many those are, by what a setting's value is.
func (w Workers) Processes(value func(key string) int64) (most int64) {
	for _, key := range w.Each {
		most = max(most, value(key))
	}
	return most * value(w.Scale)
}
