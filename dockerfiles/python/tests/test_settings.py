import unittest

from support import python, setting


class Values(unittest.TestCase):
    def refused(self, *expected, **given):
        done = python("from django.conf import settings\nsettings.DEBUG", **given)
        self.assertNotEqual(done.returncode, 0)
        last = done.stderr.strip().splitlines()[-1]
        for part in expected:
            self.assertIn(part, last)

    def test_wrong_values_name_their_variable(self):
        self.refused("DEBUG_MODE", "true or false", environment={"DEBUG_MODE": "maybe"})
        self.refused("DB_PORT", "whole number", environment={"DB_PORT": "x"})
        self.refused("DB_PORT", "at most 65535", environment={"DB_PORT": "70000"})
        self.refused("OPENWISP_SETTINGS", "not valid JSON", environment={"OPENWISP_SETTINGS": "{"})
        self.refused("DASHBOARD_ORIGIN", "not set", environment={"DASHBOARD_ORIGIN": ""})
        self.refused("DASHBOARD_ORIGIN", "http(s)://", environment={"DASHBOARD_ORIGIN": "dashboard"})
        self.refused("DJANGO_LOG_LEVEL", "one of DEBUG", environment={"DJANGO_LOG_LEVEL": "LOUD"})

    def test_a_schedule_that_nobody_reads(self):
        self.refused("schedules.extra", environment={"OPENWISP_SETTINGS": '{"CELERY_BEAT_SCHEDULE": {}}'})

    def test_secret_settings_come_from_files(self):
        given = {
            "environment": {
                "OPENWISP_SETTINGS": '{"PROVIDERS": {"google": {"APPS": [{"client_id": "x"}]}}}',
                "DJANGO_SETTINGS_IN_FILES": "TWILIO_AUTH_TOKEN,PROVIDERS.google.APPS.0.secret,"
                "PROVIDERS.facebook.APP.secret,KEYS.0,KEYS.1",
            },
            "secrets": {
                "django_TWILIO_AUTH_TOKEN": "to$ken\n",
                "django_PROVIDERS.google.APPS.0.secret": "g",
                "django_PROVIDERS.facebook.APP.secret": "f",
                "django_KEYS.0": "new",
                "django_KEYS.1": "old",
            },
        }
        self.assertEqual(setting("settings.TWILIO_AUTH_TOKEN", **given), "'to$ken'")
        self.assertEqual(
            setting("settings.PROVIDERS", **given),
            "{'google': {'APPS': [{'client_id': 'x', 'secret': 'g'}]}, 'facebook': {'APP': {'secret': 'f'}}}",
        )
        self.assertEqual(setting("settings.KEYS", **given), "['new', 'old']")

    def test_secret_settings_win_over_plain_ones_and_lose_to_files(self):
        given = {
            "environment": {"OPENWISP_SETTINGS": '{"A_TOKEN": "plain"}', "DJANGO_SETTINGS_IN_FILES": "A_TOKEN"},
            "secrets": {"django_A_TOKEN": "secret"},
        }
        self.assertEqual(setting("settings.A_TOKEN", **given), "'secret'")
        self.assertEqual(setting("settings.A_TOKEN", custom={"x.py": "A_TOKEN += '!'"}, **given), "'secret!'")

    def test_secret_settings_that_lead_nowhere(self):
        names = {"DJANGO_SETTINGS_IN_FILES": "A_TOKEN"}
        self.refused("secret django_A_TOKEN", "missing or empty", environment=names)
        given = {"OPENWISP_SETTINGS": '{"A": "text", "L": []}'}
        for path, message in (("A.b", "neither a mapping nor a list"), ("L.1", "0 items"), ("L.x.y", "0 items")):
            self.refused(
                path,
                message,
                environment={**given, "DJANGO_SETTINGS_IN_FILES": path},
                secrets={f"django_{path}": "hidden"},
            )

    def test_a_lost_secret_says_which(self):
        self.refused("django_secret_key", "secrets/django_secret_key", secrets={"django_secret_key": None})

    def test_hosts_are_exact(self):
        given = {"environment": {"INTERNAL_HOSTS": "dashboard", "DJANGO_ALLOWED_HOSTS": "a.test,10.0.0.1"}}
        self.assertEqual(
            setting("settings.ALLOWED_HOSTS", **given),
            "['dashboard.example.org', 'api.example.org', 'a.test', '10.0.0.1', 'dashboard', 'localhost', '127.0.0.1']",
        )

    def test_any_domain_layout(self):
        # Private domains, bare names and addresses: nothing is derived from a root domain (trap: 400 everywhere).
        for host in ("owisp.lan", "dashboard", "192.0.2.7", "[2001:db8::7]", "dashboard.openwisp.localhost"):
            for origin in (f"https://{host}", f"http://{host}:8080"):
                code = (
                    "from django.conf import settings\n"
                    "settings.LOGGING_CONFIG = None\n"
                    "from django.http.request import split_domain_port, validate_host\n"
                    f"name, port = split_domain_port({origin.split('//')[1]!r})\n"
                    "assert validate_host(name, settings.ALLOWED_HOSTS), (name, settings.ALLOWED_HOSTS)\n"
                    f"assert settings.CSRF_TRUSTED_ORIGINS == [{origin!r}], settings.CSRF_TRUSTED_ORIGINS\n"
                    "assert settings.SESSION_COOKIE_DOMAIN is None and settings.CSRF_COOKIE_DOMAIN is None\n"
                )
                done = python(code, environment={"DASHBOARD_ORIGIN": origin, "API_ORIGIN": origin})
                self.assertEqual(done.returncode, 0, (origin, done.stderr))

    def test_cookies_follow_the_scheme(self):
        secure = "(settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE)"
        self.assertEqual(setting(secure), "(True, True)")
        plain = {"DASHBOARD_ORIGIN": "http://dashboard.test"}
        self.assertEqual(setting(secure, environment=plain), "(False, False)")

    def test_no_header_is_believed(self):
        self.assertEqual(setting("(settings.SECURE_PROXY_SSL_HEADER, settings.USE_X_FORWARDED_HOST)"), "(None, False)")

    def test_map_centre_may_be_a_fraction(self):
        given = {"DJANGO_LEAFET_CENTER_X_AXIS": "46.95", "DJANGO_LEAFET_CENTER_Y_AXIS": "-7.4"}
        self.assertEqual(setting("settings.LEAFLET_CONFIG['DEFAULT_CENTER']", environment=given), "(46.95, -7.4)")

    def test_there_is_a_default_storage(self):
        self.assertEqual(setting("sorted(settings.STORAGES)"), "['default', 'staticfiles']")

    def test_private_files_are_below_no_served_folder(self):
        code = (
            "[settings.PRIVATE_STORAGE_ROOT.startswith(x + '/') for x in (settings.MEDIA_ROOT, settings.STATIC_ROOT)]"
        )
        self.assertEqual(setting(code), "[False, False]")

    def test_errors_are_not_mailed(self):
        self.assertEqual(setting("list(settings.LOGGING['handlers'])"), "['console']")

    def test_passwords_are_quoted_in_urls(self):
        self.assertEqual(setting("settings.REDIS_CACHE_URL"), "'redis://:p%40ss%2Fw%3Ard@redis:6379/0'")

    def test_redis_with_tls_is_verified(self):
        given = {"environment": {"REDIS_USE_TLS": "true", "REDIS_USER": "u"}, "secrets": {"cache_ca": "PEM"}}
        self.assertTrue(setting("settings.REDIS_CACHE_URL", **given).startswith("'rediss://u:p"))
        self.assertEqual(setting("settings.REDIS_TLS_OPTIONS['ssl_cert_reqs'].name", **given), "'CERT_REQUIRED'")
        self.assertIn("/cache_ca", setting("settings.CACHES['default']['OPTIONS']", **given))

    def test_postgresql_with_tls(self):
        given = {
            "environment": {"DB_SSLMODE": "verify-full", "DB_OPTIONS": '{"keepalives_idle": 30}'},
            "secrets": {"sql_cert": "CERT", "sql_key": "KEY", "sql_password": None},
        }
        options = eval(setting("settings.DATABASES['default']['OPTIONS']", **given))
        self.assertEqual(options["sslmode"], "verify-full")
        self.assertEqual(options["sslrootcert"], "/etc/ssl/certs/ca-certificates.crt")
        self.assertEqual(options["keepalives_idle"], 30)
        # libpq refuses a key that others can read.
        mode = "oct(__import__('os').stat(settings.DATABASES['default']['OPTIONS']['sslkey']).st_mode & 0o777)"
        self.assertEqual(setting(mode, **given), "'0o600'")

    def test_mail(self):
        backends = "(settings.EMAIL_BACKEND, getattr(settings, 'CELERY_EMAIL_BACKEND', None))"
        self.assertEqual(setting(backends), "('openwisp.mail.NoServerBackend', None)")
        self.assertEqual(
            setting(backends, environment={"EMAIL_HOST": "postfix"}),
            "('djcelery_email.backends.CeleryEmailBackend', 'openwisp.mail.SmtpBackend')",
        )
        for value, expected in (
            ("none", "(False, False)"),
            ("starttls", "(True, False)"),
            ("implicit", "(False, True)"),
        ):
            given = {"EMAIL_HOST": "mail", "EMAIL_HOST_TLS": value}
            self.assertEqual(setting("(settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL)", environment=given), expected)

    def test_the_directory_is_asked_by_the_dashboard_alone(self):
        backends = "settings.AUTHENTICATION_BACKENDS"
        self.assertEqual(setting(backends), "['openwisp_users.backends.UsersAuthenticationBackend']")
        both = "['openwisp_users.backends.UsersAuthenticationBackend', 'openwisp.identity.directory.Directory']"
        given = {"environment": {"DIRECTORY_LOGIN": "true"}}
        self.assertEqual(setting(f"({backends}, settings.DIRECTORY_ASKED)", **given), f"({both}, False)")
        given["environment"].update(
            DIRECTORY_URI="ldaps://ldap.example.org:636",
            DIRECTORY_CA_FILE="/etc/ssl/certs/ca-certificates.crt",
            DIRECTORY_BIND_DN="cn=reader,dc=example,dc=org",
            DIRECTORY_PEOPLE="ou=people,dc=example,dc=org",
            DIRECTORY_FILTER="(objectClass=mailAccount)(mailEnabled=TRUE)",
            DIRECTORY_ADMINS="cn=administrators,ou=groups,dc=example,dc=org",
        )
        self.refused("directory_password", "secrets/directory_password", **given)
        given["secrets"] = {"directory_password": "p%ss\n"}
        self.assertEqual(
            setting("(settings.DIRECTORY_ASKED, settings.AUTH_LDAP_BIND_PASSWORD)", **given), "(True, 'p%ss')"
        )
        # What somebody types is text in the filter.
        search = "settings.AUTH_LDAP_USER_SEARCH"
        self.assertEqual(
            setting(f"{search}.filterstr % {search}._escape_filterargs({{'user': 'x)(uid=*'}})", **given),
            r"'(&(objectClass=mailAccount)(mailEnabled=TRUE)(uid=*)(|(uid=x\\29\\28uid=\\2a)(mail=x\\29\\28uid=\\2a)))'",
        )

    def test_freeradius_is_allowed_by_its_address_alone(self):
        given = {"RADIUS_SERVER_ADDRESS": "172.28.1.251"}
        name = "settings.OPENWISP_RADIUS_FREERADIUS_ALLOWED_HOSTS"
        self.assertEqual(setting(name, environment=given), "['172.28.1.251']")
        self.assertEqual(setting(name), "[]")

    def test_telemetry_and_geocoding_are_off(self):
        self.assertEqual(
            setting(
                "('openwisp_utils.metric_collection' in settings.INSTALLED_APPS, settings.OPENWISP_GEOCODING_CHECK)"
            ),
            "(False, False)",
        )

    def test_modules_go_with_their_switch(self):
        for name, app in (
            ("RADIUS", "openwisp_radius"),
            ("TOPOLOGY", "openwisp_network_topology"),
            ("FIRMWARE", "openwisp_firmware_upgrader"),
            ("MONITORING", "openwisp_monitoring.device"),
        ):
            found = f"{app!r} in settings.INSTALLED_APPS"
            self.assertEqual(setting(found), "True")
            self.assertEqual(setting(found, environment={f"USE_OPENWISP_{name}": "no"}), "False")

    def test_custom_images(self):
        given = {"OPENWISP_CUSTOM_OPENWRT_IMAGES": '[{"name": "n.bin", "label": "l", "boards": ["b"]}]'}
        self.assertEqual(
            setting("settings.OPENWISP_CUSTOM_OPENWRT_IMAGES", environment=given),
            "[('n.bin', {'label': 'l', 'boards': ('b',)})]",
        )
        for wrong in ('[{"name": "n.bin"}]', '["n.bin"]', "{}"):
            self.refused("OPENWISP_CUSTOM_OPENWRT_IMAGES", environment={"OPENWISP_CUSTOM_OPENWRT_IMAGES": wrong})


class Custom(unittest.TestCase):
    def refused(self, expected, **given):
        done = python("from django.conf import settings\nsettings.DEBUG", **given)
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(done.stderr.strip().splitlines()[-1].partition(": ")[2], expected)

    def test_it_wins_in_order(self):
        self.assertEqual(
            setting(
                "(settings.OPENWISP_X, settings.OPENWISP_Y)",
                environment={"OPENWISP_SETTINGS": '{"OPENWISP_X": 1, "OPENWISP_Y": {"a": [true]}}'},
                custom={"10-a.py": "OPENWISP_X = 2", "20-b.py": "OPENWISP_X += 1"},
            ),
            "(3, {'a': [True]})",
        )

    def test_it_sees_the_others(self):
        given = {"a.py": "INSTALLED_APPS = [*INSTALLED_APPS, 'x']\ndef f():\n    return INSTALLED_APPS"}
        self.assertEqual(setting("settings.INSTALLED_APPS[-1]", custom=given), "'x'")

    def test_errors_name_file_and_line(self):
        self.refused("custom/django/a.py:2: invalid syntax", custom={"a.py": "X = 1\nY = = 2\n"})
        self.refused("custom/django/a.py:3: ZeroDivisionError: division by zero", custom={"a.py": "\n\n1 / 0\n"})
        self.refused(
            "custom/django/a.py:1: ModuleNotFoundError: No module named 'nowhere'", custom={"a.py": "import nowhere"}
        )

    def test_nothing_runs_before_all_are_checked(self):
        self.refused(
            "custom/django/b.py:1: '(' was never closed",
            custom={"a.py": "raise SystemExit('ran')", "b.py": "X = ("},
        )

    def test_names_are_in_upper_case(self):
        self.refused(
            "openwisp.settings.debug: names of Django settings are in upper case",
            environment={"OPENWISP_SETTINGS": '{"debug": true}'},
        )


if __name__ == "__main__":
    unittest.main()
