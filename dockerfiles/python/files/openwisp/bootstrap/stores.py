"""Looks at each store before anything is changed, and says in plain words what is wrong and what to do.

Without Django and without client libraries that take long to load: on most starts nothing else is needed.
"""

import base64
import http.client
import json
import socket
import ssl
from urllib.parse import urlencode

import psycopg

from .. import env


class Problem(Exception):
    """Something that the operator has to put right."""


def lost_secret(name, what, remedy):
    return Problem(
        f"{what} refused the password in secrets/{name}.\n"
        f"  If secrets/ was lost or made anew while the data stayed: restore secrets/{name} from your backup.\n"
        f"  If that password is gone for good: {remedy}"
    )


# SQL -----------------------------------------------------------------------------------------------------------------


def connect_sql(settings):
    """Connects to the database that Django's settings describe, and checks that it can be worked with."""
    address = f"{settings['HOST']}:{settings['PORT']}"
    try:
        connection = psycopg.connect(
            host=settings["HOST"],
            port=settings["PORT"],
            user=settings["USER"],
            password=settings["PASSWORD"],
            dbname=settings["NAME"],
            autocommit=True,
            **settings["OPTIONS"],
        )
    except psycopg.OperationalError as error:
        raise explain_sql(error, settings, address) from None
    check_sql(connection, settings)
    return connection


def explain_sql(error, settings, address):
    text = str(error).strip()
    user, name = settings["USER"], settings["NAME"]
    if "password authentication failed" in text or "no password supplied" in text:
        return lost_secret(
            "sql_password",
            f"The database at {address}",
            f"give the role {user} the one in secrets/ now, as the database's superuser:\n"
            f"    ALTER ROLE {user} PASSWORD '...';\n"
            "  The runbook (README.md) has the command for the bundled database.",
        )
    if f'database "{name}" does not exist' in text:
        return Problem(
            f'There is no database "{name}" at {address}. Create it, owned by {user}, with the extension postgis:\n'
            f"    CREATE DATABASE {name} OWNER {user};\n"
            f"    \\connect {name}\n"
            "    CREATE EXTENSION postgis;"
        )
    return Problem(f"The database at {address} cannot be used: {text}")


def check_sql(connection, settings):
    user, name = settings["USER"], settings["NAME"]
    version = connection.info.server_version
    if version < 140000:
        raise Problem(f"The database is PostgreSQL {version // 10000}; this release needs 14 or newer.")
    if connection.execute("SELECT 1 FROM pg_extension WHERE extname = 'postgis'").fetchone() is None:
        try:
            connection.execute("CREATE EXTENSION postgis")
        except psycopg.errors.InsufficientPrivilege:
            raise Problem(
                f'The extension postgis is missing in the database "{name}", and the role {user} may not create it.\n'
                f'  Once, as the database\'s superuser, connected to "{name}":\n'
                "    CREATE EXTENSION postgis;"
            ) from None
        except psycopg.Error as error:
            raise Problem(f"The extension postgis cannot be created: {str(error).strip()}") from None
    schema, may_create = connection.execute(
        "SELECT current_schema(), has_schema_privilege(current_schema(), 'CREATE')"
    ).fetchone()
    if not may_create:
        raise Problem(
            f'The role {user} may not create tables in the database "{name}". As the database\'s superuser:\n'
            f"    ALTER DATABASE {name} OWNER TO {user};\n"
            f'    ALTER SCHEMA "{schema or "public"}" OWNER TO {user};'
        )


# Cache ---------------------------------------------------------------------------------------------------------------


def command(*words):
    """Writes a command in Redis' protocol."""
    parts = [str(word).encode() for word in words]
    return b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts)


def tls_context(ca_file):
    return ssl.create_default_context(cafile=ca_file or None)


def check_cache():
    host, port = env.text("REDIS_HOST"), env.integer("REDIS_PORT", 6379)
    address = f"{host}:{port}"
    user, password = env.text("REDIS_USER", ""), env.secret("cache_password", "")
    request = command("AUTH", *([user] if user else []), password) if password else b""
    request += command("SELECT", env.integer("REDIS_BROKER_DATABASE", 2)) + command("PING")
    try:
        with socket.create_connection((host, port), timeout=10) as plain:
            if env.boolean("REDIS_USE_TLS", False):
                stream = tls_context(env.secret_file("cache_ca")).wrap_socket(plain, server_hostname=host)
            else:
                stream = plain
            with stream, stream.makefile("rb") as answers:
                stream.sendall(request)
                for _ in range(request.count(b"*")):
                    answer = answers.readline().decode(errors="replace").strip()
                    if not answer.startswith("+"):
                        raise explain_cache(answer, address)
    except OSError as error:
        raise Problem(f"The cache at {address} cannot be reached: {error}") from None


def explain_cache(answer, address):
    if answer.startswith(("-WRONGPASS", "-NOAUTH", "-ERR invalid password", "-ERR Client sent AUTH")):
        return lost_secret(
            "cache_password",
            f"The cache at {address}",
            "restart the cache, which reads it at each start, or set it on your own server.",
        )
    return Problem(f"The cache at {address} answers: {answer.lstrip('-') or 'nothing'}")


# Time series ---------------------------------------------------------------------------------------------------------


def timeseries_exists(settings):
    """Tells whether the time-series database is there already."""
    host, port, options = settings["HOST"], settings["PORT"], settings["OPTIONS"]
    address = f"{host}:{port}"
    kinds = {True: http.client.HTTPSConnection, False: http.client.HTTPConnection}
    extra = {"context": tls_context(options["ca_file"])} if options["tls"] else {}
    login = base64.b64encode(f"{settings['USER']}:{settings['PASSWORD']}".encode()).decode()
    connection = kinds[options["tls"]](host, port, timeout=10, **extra)
    try:
        connection.request(
            "GET", "/query?" + urlencode({"q": "SHOW DATABASES"}), headers={"Authorization": f"Basic {login}"}
        )
        response = connection.getresponse()
        body = response.read().decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        raise Problem(f"The time-series store at {address} cannot be reached: {error}") from None
    finally:
        connection.close()
    if response.status == 401:
        raise lost_secret(
            "timeseries_password",
            f"The time-series store at {address}",
            f"give the user {settings['USER']} the one in secrets/ now; the runbook (README.md) has the command.",
        )
    if response.status != 200:
        raise Problem(f"The time-series store at {address} answers with status {response.status}: {body[:200].strip()}")
    try:
        series = json.loads(body)["results"][0].get("series", [])
        return any([settings["NAME"]] in entry.get("values", []) for entry in series)
    except (ValueError, KeyError, IndexError, TypeError):
        raise Problem(f"What answers at {address} is not InfluxDB 1.x") from None
