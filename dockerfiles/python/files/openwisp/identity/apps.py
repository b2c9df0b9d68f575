from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "openwisp.identity"
    label = "openwisp_identity"

    def ready(self):
        from .logout import keep_hints

        keep_hints()
