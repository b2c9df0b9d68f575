"""People of the directory prove who they are there alone: otherwise those who are switched off there would get in."""

from functools import wraps

from django.contrib.auth import get_user_model

from .people import is_of_the_directory


def passwords_of_the_directory_alone():
    """A password that somebody of the directory was given here, such as by a mail for a new one, is never right. The
    user itself says so: for Wi-Fi and for tokens of the API, OpenWISP asks it past AUTHENTICATION_BACKENDS. The
    database is asked only where the password fits."""
    model = get_user_model()
    fits = model.check_password

    @wraps(fits)
    def check_password(self, raw_password):
        return fits(self, raw_password) and not is_of_the_directory(self)

    model.check_password = check_password
