"""Logins by OpenID Connect at the provider beside, and at the directory itself (LDAP). Its group of
administrators counts at each login."""
