"""Logins by OpenID Connect, at the provider beside: who is in the group of administrators is one here, from login to login."""
