"""The first administrator, and the site's own address."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.sites.models import Site

from .. import env


def administrator(made, report):
    """Creates the administrator if nobody is one; the password counts at that moment only."""
    users = get_user_model().objects
    if users.filter(is_superuser=True).exists():
        return
    name = env.text("ADMIN_USERNAME", "admin")
    # Not a made-up address: mail would go there.
    email = env.text("ADMIN_EMAIL", "") or None
    users.create_superuser(name, email, env.secret("admin_password"))
    report(f"created the administrator {name} with the password in secrets/admin_password")


def site(made, report):
    """Gives the site, which mails and links name, the dashboard's address, unless somebody chose another one."""
    address = urlsplit(settings.DASHBOARD_ORIGIN).netloc
    row = Site.objects.get(pk=settings.SITE_ID)
    if row.domain != address and row.domain in ("example.com", made.get("site")):
        row.domain = row.name = address
        row.save()
        report(f"the site's address is {address}")
    made["site"] = address
