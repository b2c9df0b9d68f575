from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "openwisp.identity"
    label = "openwisp_identity"

    def ready(self):
        from allauth.account.signals import user_logged_in

        from .logout import end_with_the_login, keep_hints

        keep_hints()
        user_logged_in.connect(end_with_the_login)
