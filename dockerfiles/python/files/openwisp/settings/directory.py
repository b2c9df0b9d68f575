"""Logins with the password that somebody has in the directory (LDAP), where there are any. The dashboard asks it."""

from .. import env
from .base import AUTHENTICATION_BACKENDS
from .identity import OPENID_ISSUER

_uri = env.text("DIRECTORY_URI", "")
DIRECTORY_LOGIN = env.boolean("DIRECTORY_LOGIN", False)
# Whether there may be people of the directory here, who prove who they are there alone (identity/proof.py).
DIRECTORY_PROVES = DIRECTORY_LOGIN or bool(OPENID_ISSUER)

if DIRECTORY_PROVES:
    SOCIALACCOUNT_ADAPTER = "openwisp.identity.adapter.Adapter"

if DIRECTORY_LOGIN:
    # Accounts of this database first, which get in without a question to the directory. All services know both, since
    # a session says by which of them it began.
    AUTHENTICATION_BACKENDS.append("openwisp.identity.directory.Directory")
    DIRECTORY_ASKED = bool(_uri)

if _uri:
    import ldap as _ldap
    from django_auth_ldap.config import GroupOfNamesType as _GroupOfNamesType
    from django_auth_ldap.config import LDAPSearch as _LDAPSearch

    AUTH_LDAP_SERVER_URI = _uri
    AUTH_LDAP_BIND_DN = env.text("DIRECTORY_BIND_DN")
    AUTH_LDAP_BIND_PASSWORD = env.secret("directory_password")
    # Who is switched off is not found. What somebody typed is escaped by the search.
    AUTH_LDAP_USER_SEARCH = _LDAPSearch(
        env.text("DIRECTORY_PEOPLE"),
        _ldap.SCOPE_SUBTREE,
        f"(&{env.text('DIRECTORY_FILTER')}(uid=*)(|(uid=%(user)s)(mail=%(user)s)))",
        ["uid", "mail", "givenName", "sn"],
    )
    AUTH_LDAP_GROUP_TYPE = _GroupOfNamesType()
    AUTH_LDAP_GROUP_SEARCH = _LDAPSearch(env.text("DIRECTORY_ADMINS"), _ldap.SCOPE_BASE)
    AUTH_LDAP_USER_FLAGS_BY_GROUP = dict.fromkeys(("is_staff", "is_superuser"), env.text("DIRECTORY_ADMINS"))
    AUTH_LDAP_CONNECTION_OPTIONS = {
        # Seconds for each of the few answers that a login needs. Whether there are any is looked at before.
        _ldap.OPT_TIMEOUT: 3,
        _ldap.OPT_REFERRALS: 0,
        _ldap.OPT_X_TLS_REQUIRE_CERT: _ldap.OPT_X_TLS_DEMAND,
        _ldap.OPT_X_TLS_CACERTFILE: env.text("DIRECTORY_CA_FILE"),
        # The last one: a context of its own, with what stands above.
        _ldap.OPT_X_TLS_NEWCTX: 0,
    }
