package doctor

// Authority is the one check alone.
func Authority(in Patient) []Result {
	c := &checkup{Patient: in}
	c.checkAuthority()
	return c.results
}

// Certificate is the one check alone.
func Certificate(in Patient, m Machine) []Result {
	c := &checkup{Patient: in, machine: m}
	c.checkCertificate()
	return c.results
}
