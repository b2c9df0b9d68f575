# What each mail domain has (RFC 5321, RFC 2142), where somebody of it has it: the address itself, if somebody.cf knows it, and it stays what it is
/^((postmaster|abuse|hostmaster)@(OURS))$/ $1
