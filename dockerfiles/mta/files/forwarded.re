# From somebody elsewhere to somebody elsewhere: it was passed on, by a rule or a group, and gets a return address of ours (SRS).
/@(OURS)$/ DUNNO
/@/ forward:[127.0.0.1]:10026
