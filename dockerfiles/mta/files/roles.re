# The same at the first domain
/^(postmaster|abuse|hostmaster)@(OURS)$/ $1@FIRST
