package doctor

// Authority is the one check alone.
func Authority(in Patient) []Result {
	c := &checkup{Patient: in}
	c.checkAuthority()
	return c.results
}
