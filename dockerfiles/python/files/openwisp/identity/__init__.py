"""Logins by OpenID Connect at the provider beside, whose group of administrators counts at each login."""
