"""Static, uploaded and private files."""

from .. import env

STATIC_URL = "/static/"
STATIC_ROOT = "/opt/openwisp/static"
STATICFILES_DIRS = []
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "openwisp_utils.staticfiles.DependencyFinder",
]

MEDIA_URL = "/media/"
MEDIA_ROOT = "/opt/openwisp/media"
# Beside the served folders, never below one: who may read such a file is decided by a view.
PRIVATE_STORAGE_ROOT = "/opt/openwisp/private"

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # The manifest is part of the image, so that every service writes the same names.
    "staticfiles": {"BACKEND": "openwisp.storage.StaticStorage"},
}

# What the edge lets pass; a larger request never arrives.
_body_limit = env.integer("NGINX_CLIENT_BODY_SIZE", 30, 1) * 1024 * 1024
OPENWISP_FIRMWARE_UPGRADER_MAX_FILE_SIZE = _body_limit
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10000
