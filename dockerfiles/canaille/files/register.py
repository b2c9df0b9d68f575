"""Brings the clients in the directory to those that services have declared; the probe is one of them."""

import datetime
import pathlib
import secrets
import sys
import time

import exchange
import identity

GRANTS = ["authorization_code", "refresh_token"]


def wanted():
    for said in identity.SAID["clients"]:
        yield said, identity.secret(said["secret"]) if said["secret"] else None
    probe = secrets.token_urlsafe(32)
    pathlib.Path("/run/canaille/probe").write_text(f'user = "probe:{probe}"\n')
    yield (
        {
            "id": "probe",
            "title": "Probe",
            "origin": "",
            "redirects": [],
            "logouts": [],
            "scopes": [],
            "audience": ["probe"],
            "exchanges": False,
        },
        probe,
    )


def bring(models, backend):
    kept = {}
    for said, secret in wanted():
        client = backend.get(models.Client, client_id=said["id"]) or models.Client(client_id=said["id"])
        if not client.client_id_issued_at:
            client.client_id_issued_at = datetime.datetime.now(datetime.timezone.utc)
        client.client_name = said["title"]
        client.client_uri = said["origin"] or None
        client.client_secret = secret
        # What a client is not asked for by a browser, it cannot do.
        client.redirect_uris = said["redirects"] or []
        client.post_logout_redirect_uris = said["logouts"] or []
        client.grant_types = GRANTS if said["redirects"] else [exchange.GRANT_TYPE] if said["exchanges"] else []
        client.response_types = ["code"] if said["redirects"] else []
        client.scope = said["scopes"] or []
        client.token_endpoint_auth_method = "client_secret_post" if secret else "none"
        backend.save(client)
        kept[said["id"]] = (client, said["audience"])
    for client, audience in kept.values():
        client.audience = [kept[name][0] for name in audience if name in kept]
        backend.save(client)
    for client in backend.query(models.Client):
        if client.client_id not in kept:
            backend.delete(client)


def main():
    app = identity.create_app()
    from canaille.app import models
    from canaille.backends import Backend

    for _ in range(60):
        try:
            with app.app_context(), app.backend.session():
                bring(models, Backend.instance)
            return
        except Exception as error:  # the directory is not there yet, or has not heard of this account
            last = error
            time.sleep(1)
    sys.exit(f"canaille: the clients cannot be registered: {last}")


if __name__ == "__main__":
    main()
