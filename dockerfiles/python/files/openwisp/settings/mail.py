"""Outgoing mail: put into a queue, and sent from there by a worker."""

from .. import env

EMAIL_HOST = env.text("EMAIL_HOST", "")
EMAIL_PORT = env.integer("EMAIL_HOST_PORT", 25, 1, 65535)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", "")
# Of an external server, or of the account that OpenWISP has at the mail server beside it.
EMAIL_HOST_PASSWORD = env.secret("smtp_password", "") or env.secret("mail_login_password", "")
_tls = env.choice("EMAIL_HOST_TLS", ("none", "starttls", "implicit"), "none")
EMAIL_USE_TLS = _tls == "starttls"
EMAIL_USE_SSL = _tls == "implicit"
EMAIL_CA_FILE = env.secret_file("smtp_ca") or env.text("EMAIL_CA_FILE", "")
EMAIL_TIMEOUT = env.integer("EMAIL_TIMEOUT", 10, 1)

DEFAULT_FROM_EMAIL = env.text("EMAIL_DJANGO_DEFAULT", "openwisp@localhost")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_SUBJECT_PREFIX = ""

if EMAIL_HOST:
    EMAIL_BACKEND = env.text("EMAIL_BACKEND", "djcelery_email.backends.CeleryEmailBackend")
    CELERY_EMAIL_BACKEND = "openwisp.mail.SmtpBackend"
else:
    EMAIL_BACKEND = "openwisp.mail.NoServerBackend"
