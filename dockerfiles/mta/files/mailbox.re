# Of all addresses of one person that of the mailbox here: one elsewhere is for mails about a password, and gets no copy of the others.
# Who has none here has mail passed on.
/^(.*,)?([^,@]+@(OURS))(,.*)?$/ $2
/^(.+)$/ $1
