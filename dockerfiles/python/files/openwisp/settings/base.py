"""Django itself: applications, middleware, templates, authentication."""

from .. import env

DEBUG = env.boolean("DEBUG_MODE", False)
SECRET_KEY = env.secret("django_secret_key")

USE_RADIUS = env.boolean("USE_OPENWISP_RADIUS", True)
USE_TOPOLOGY = env.boolean("USE_OPENWISP_TOPOLOGY", True)
USE_FIRMWARE = env.boolean("USE_OPENWISP_FIRMWARE", True)
USE_MONITORING = env.boolean("USE_OPENWISP_MONITORING", True)
METRIC_COLLECTION = env.boolean("METRIC_COLLECTION", False)


def _applications():
    """All services load the same list, so that models, signals and routes are the same everywhere."""
    yield from (
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
        "django.contrib.staticfiles",
        "django.contrib.humanize",
        "django.contrib.gis",
        "django.contrib.sites",
        # Its templates replace those of allauth, so it stands before it.
        "openwisp_users.accounts",
        "allauth",
        "allauth.account",
        "allauth.socialaccount",
        "django_extensions",
        "openwisp_users",
        "openwisp_controller.pki",
        "openwisp_controller.config",
        "openwisp_controller.geo",
        "openwisp_controller.connection",
        "openwisp_controller.subnet_division",
    )
    if USE_MONITORING:
        yield from (
            "openwisp_monitoring.monitoring",
            "openwisp_monitoring.device",
            "openwisp_monitoring.check",
            "nested_admin",
        )
    yield from ("openwisp_notifications", "openwisp_ipam")
    if USE_TOPOLOGY:
        yield from (
            "openwisp_network_topology",
            "openwisp_network_topology.integrations.device",
        )
    if USE_FIRMWARE:
        yield "openwisp_firmware_upgrader"
    if USE_RADIUS:
        yield from (
            "dj_rest_auth",
            "dj_rest_auth.registration",
            "openwisp_radius",
        )
        if USE_MONITORING:
            yield "openwisp_radius.integrations.monitoring"
    yield from (
        # The theme replaces templates of the admin.
        "openwisp_utils.admin_theme",
        "admin_auto_filters",
        "django.contrib.admin",
        "django.forms",
        "sortedm2m",
        "reversion",
        "leaflet",
        "flat_json_widget",
        "private_storage",
        "import_export",
        "rest_framework",
        "rest_framework_gis",
        "rest_framework.authtoken",
        "django_filters",
        "drf_yasg",
    )
    if USE_RADIUS:
        yield from (
            "allauth.socialaccount.providers.facebook",
            "allauth.socialaccount.providers.google",
        )
    yield from ("channels", "corsheaders", "djcelery_email")
    if METRIC_COLLECTION:
        yield "openwisp_utils.metric_collection"
    # The user's own, which the image was built with.
    yield from env.items("EXTRA_DJANGO_APPS")
    yield "openwisp"


INSTALLED_APPS = list(_applications())
# Their models are part of apps above.
EXTENDED_APPS = ["django_x509", "django_loci"]

AUTH_USER_MODEL = "openwisp_users.User"
SITE_ID = 1
ROOT_URLCONF = "openwisp.urls"
WSGI_APPLICATION = "openwisp.wsgi.application"
ASGI_APPLICATION = "openwisp.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"

OPENWISP_MIDDLEWARE = (
    "corsheaders.middleware.CorsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "openwisp_users.middleware.PasswordExpirationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
)
# A list, to which the user's own files may add.
MIDDLEWARE = list(OPENWISP_MIDDLEWARE)

AUTHENTICATION_BACKENDS = ["openwisp_users.backends.UsersAuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
] + [{"NAME": "openwisp_users.password_validation.PasswordReuseValidator"}]
LOGIN_REDIRECT_URL = "admin:index"
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_REDIRECT_URL
ACCOUNT_EMAIL_CONFIRMATION_ANONYMOUS_REDIRECT_URL = "email_confirmation_success"
ACCOUNT_EMAIL_CONFIRMATION_AUTHENTICATED_REDIRECT_URL = ACCOUNT_EMAIL_CONFIRMATION_ANONYMOUS_REDIRECT_URL

_LOADERS = [
    "django.template.loaders.filesystem.Loader",
    "django.template.loaders.app_directories.Loader",
    "openwisp_utils.loaders.DependencyLoader",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # The user's own (custom/templates) win over all others.
        "DIRS": ["/opt/openwisp/templates"],
        "OPTIONS": {
            "loaders": _LOADERS if DEBUG else [("django.template.loaders.cached.Loader", _LOADERS)],
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "openwisp_utils.admin_theme.context_processor.menu_groups",
                "openwisp_utils.admin_theme.context_processor.admin_theme_settings",
                "openwisp_notifications.context_processors.notification_api_settings",
                "openwisp_controller.context_processors.controller_api_settings",
            ],
        },
    }
]
# Some OpenWISP widgets have templates of their own.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

USE_TZ = True
TIME_ZONE = env.text("TZ", "UTC")
USE_I18N = True
LANGUAGE_CODE = env.text("DJANGO_LANGUAGE_CODE", "en-gb")
