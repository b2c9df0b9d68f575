"""OpenWISP's modules."""

from django.core.exceptions import ImproperlyConfigured

from .. import env
from .base import USE_FIRMWARE, USE_RADIUS

# The API is on the origin that the browser has already: no other base is needed.
OPENWISP_CONTROLLER_API_HOST = None
OPENWISP_NOTIFICATIONS_HOST = None

# Asks the geocoder at each command that checks for deployment, which hangs where there is no internet.
OPENWISP_GEOCODING_CHECK = env.boolean("OPENWISP_GEOCODING_CHECK", False)

DJANGO_X509_DEFAULT_CERT_VALIDITY = env.integer("DJANGO_X509_DEFAULT_CERT_VALIDITY", 1825, 1)
DJANGO_X509_DEFAULT_CA_VALIDITY = env.integer("DJANGO_X509_DEFAULT_CA_VALIDITY", 3650, 1)

# Maps. Latitude first, as Leaflet has it.
LEAFLET_CONFIG = {
    "RESET_VIEW": False,
    "DEFAULT_CENTER": (
        env.number("DJANGO_LEAFET_CENTER_X_AXIS", 0.0, -90, 90),
        env.number("DJANGO_LEAFET_CENTER_Y_AXIS", 0.0, -180, 180),
    ),
    "DEFAULT_ZOOM": env.integer("DJANGO_LEAFET_ZOOM", 1, 1, 24),
}
_tiles = env.text("MAP_TILES", "")
if _tiles:
    LEAFLET_CONFIG["TILES"] = [("Map", _tiles, env.text("MAP_ATTRIBUTION", ""))]

OPENWISP_USERS_AUTH_API = True
OPENWISP_USERS_USER_PASSWORD_EXPIRATION = env.integer("USERS_PASSWORD_EXPIRATION", 0, 0)
OPENWISP_USERS_STAFF_USER_PASSWORD_EXPIRATION = env.integer("STAFF_PASSWORD_EXPIRATION", 0, 0)

if USE_FIRMWARE:

    def _image(image):
        try:
            return image["name"], {"label": image["label"], "boards": tuple(image["boards"])}
        except (KeyError, TypeError):
            raise ImproperlyConfigured(
                "OPENWISP_CUSTOM_OPENWRT_IMAGES: each image needs a name, a label and a list of boards"
            ) from None

    OPENWISP_CUSTOM_OPENWRT_IMAGES = [
        _image(image) for image in env.data("OPENWISP_CUSTOM_OPENWRT_IMAGES", [], list)
    ] or None

if USE_RADIUS:
    REST_AUTH = {
        "SESSION_LOGIN": False,
        "PASSWORD_RESET_SERIALIZER": "openwisp_users.api.serializers.PasswordResetSerializer",
        "REGISTER_SERIALIZER": "openwisp_radius.api.serializers.RegisterSerializer",
    }
    # The address of the RADIUS server alone, and what the operator adds.
    OPENWISP_RADIUS_FREERADIUS_ALLOWED_HOSTS = env.items("RADIUS_SERVER_ADDRESS") + env.items(
        "OPENWISP_RADIUS_FREERADIUS_ALLOWED_HOSTS"
    )
    OPENWISP_RADIUS_BATCH_DELETE_EXPIRED = env.integer("CRON_DELETE_OLD_RADIUSBATCH_USERS", 365, 1)
    OPENWISP_RADIUS_UNVERIFY_INACTIVE_USERS = env.integer("RADIUS_UNVERIFY_INACTIVE_USERS", 0, 0)
    OPENWISP_RADIUS_DELETE_INACTIVE_USERS = env.integer("RADIUS_DELETE_INACTIVE_USERS", 0, 0)
