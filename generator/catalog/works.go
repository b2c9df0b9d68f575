package catalog

// Works are the settings whose values, multiplied, are how many processes do a load; none if no setting says so.
func (c *Catalog) Works(load string) []string {
	for _, s := range c.Services {
		for _, d := range s.Settings {
			if d.Works == load {
				return []string{d.Key, "scale." + s.Name}
			}
		}
	}
	return nil
}
