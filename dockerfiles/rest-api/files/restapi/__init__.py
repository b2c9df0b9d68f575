"""A REST API of people's mail and calendars, for programs that they let in. It keeps nothing."""
