"""The management VPN: its authority, its server certificate, the server, and the template for devices.

Objects are made once. Later on they belong to the administrator, and only what follows from a setting is brought up to
date: name, host, port, subnet and download key. Their identifiers never change.
"""

import ipaddress
from datetime import timedelta

from django.utils import timezone
from openwisp_controller.config.settings import DEFAULT_BACKEND
from openwisp_controller.vpn_backends import OpenVpn
from swapper import load_model

from .. import env

Ca, Cert = load_model("django_x509", "Ca"), load_model("django_x509", "Cert")
Vpn, Template = load_model("config", "Vpn"), load_model("config", "Template")

BACKEND = f"{OpenVpn.__module__}.{OpenVpn.__name__}"

# The server uses "dh none", that is elliptic curves only. Should somebody put "dh.pem" into its configuration again,
# these are the parameters: group ffdhe2048 of RFC 7919. Left empty, OpenWISP would fill in a placeholder that all
# installations share and spend half a minute on computing others.
FFDHE2048 = """-----BEGIN DH PARAMETERS-----
MIIBCAKCAQEA//////////+t+FRYortKmq/cViAnPTzx2LnFg84tNpWp4TZBFGQz
+8yTnc4kmz75fS/jY2MMddj2gbICrsRhetPfHtXV/WVhJDP1H18GbtCFY2VVPe0a
87VXE15/V8k1mE8McODmi3fipona8+/och3xWKE2rec1MKzKT0g6eXq8CrGCsyT7
YdEIqUuyyOP7uWrat2DX9GgdT0Kj3jlN9K5W7edjcrsZCwenyO4KbXCeAvzhzffi
7MA0BM0oNC9hkXL+nOmFg/+OTxIy7vKBg8P+OxtMb61zO7X8vC7CIAXFjvGDfRaD
ssbzSibBsu/6iGtCOGEoXJf//////////wIBAg==
-----END DH PARAMETERS-----
"""


def find(model, made, key, **names):
    """Returns the object that was made before, or one of that name, as older installations have it."""
    rows = model.objects.filter(organization=None)
    if key in made and (found := rows.filter(pk=made[key]).first()):
        return found
    found = rows.filter(**names).order_by("created").first()
    if found:
        made[key] = str(found.pk)
    return found


def subject():
    """Returns what certificates say about their owner."""
    return {
        "country_code": env.text("X509_COUNTRY_CODE", ""),
        "state": env.text("X509_STATE", ""),
        "city": env.text("X509_CITY", ""),
        "organization_name": env.text("X509_ORGANIZATION_NAME", ""),
        "organizational_unit_name": env.text("X509_ORGANIZATION_UNIT_NAME", ""),
        "email": env.text("X509_EMAIL", ""),
        "key_length": env.text("X509_KEY_LENGTH", "2048"),
        "digest": "sha256",
        # Devices without a clock of their own may be some hours behind.
        "validity_start": timezone.now() - timedelta(days=1),
    }


def save(thing, made, key, report, what):
    thing.full_clean()
    thing.save()
    made[key] = str(thing.pk)
    report(f"created {what} {thing.name}")
    return thing


def authority(made, report):
    name = env.text("X509_NAME_CA", "default")
    found = find(Ca, made, "ca", name=name)
    return found or save(
        Ca(name=name, common_name=env.text("X509_COMMON_NAME", "OpenWISP"), **subject()),
        made,
        "ca",
        report,
        "the certificate authority",
    )


def certificate(ca, made, report):
    name = env.text("X509_NAME_CERT", "default")
    found = find(Cert, made, "certificate", name=name, ca=ca, revoked=False)
    if found:
        return found
    extensions = [
        # Not nsCertType as well: django-x509 encodes it so that OpenSSL finds no purpose at all.
        # Lets devices tell the server from another device, whose certificate has the same authority.
        {"name": "extendedKeyUsage", "value": "serverAuth", "critical": False},
    ]
    common_name = f"{ca.common_name[:53]} VPN server"
    return save(
        Cert(name=name, ca=ca, common_name=common_name, extensions=extensions, **subject()),
        made,
        "certificate",
        report,
        "the certificate of the VPN server",
    )


def server_line(subnet):
    return f"{subnet.network_address} {subnet.netmask}"


def configuration(name, port, subnet):
    return {
        "openvpn": [
            {
                "name": name,
                "mode": "server",
                "proto": "udp",
                "port": port,
                "dev_type": "tun",
                "dev": "tun0",
                "topology": "subnet",
                "server": server_line(subnet),
                "tls_server": True,
                "tls_version_min": "1.2",
                "ca": "ca.pem",
                "cert": "cert.pem",
                "key": "key.pem",
                "dh": "none",
                "data_ciphers": [
                    {"cipher": "AES-256-GCM", "optional": False},
                    {"cipher": "AES-128-GCM", "optional": False},
                ],
                "auth": "SHA256",
                "keepalive": "10 60",
                "persist_tun": True,
                "persist_key": True,
                "client_to_client": False,
                "duplicate_cn": False,
                "script_security": 1,
                "verb": 3,
            }
        ],
        "files": [
            {"path": f"{part}.pem", "mode": "0600", "contents": "{{ %s }}" % part} for part in ("ca", "cert", "key")
        ],
    }


def server(made, report):
    name = env.text("VPN_NAME", "default")
    host = env.text("VPN_DOMAIN")
    port = env.integer("VPN_PORT", 1194, 1, 65535)
    subnet = ipaddress.ip_network(env.text("VPN_SUBNET", "10.8.0.0/24"))
    key = env.secret("vpn_key")
    found = find(Vpn, made, "vpn", name=name)
    if found is None:
        ca = authority(made, report)
        cert = certificate(ca, made, report)
        config = configuration(name, port, subnet)
        vpn = Vpn(name=name, host=host, key=key, ca=ca, cert=cert, backend=BACKEND, config=config, dh=FFDHE2048)
        return save(vpn, made, "vpn", report, "the VPN server")
    tunnel = found.config["openvpn"][0]
    wanted = {"name": name, "port": port, "server": server_line(subnet)}
    before = {field: tunnel.get(field) for field in wanted}
    if before != wanted or (found.name, found.host, found.key) != (name, host, key):
        tunnel.update(wanted)
        found.name, found.host, found.key = name, host, key
        found.full_clean()
        found.save()
        report(f"brought the VPN server {name} up to date: {host}, port {port}, subnet {subnet}")
    weak = [cipher["cipher"] for cipher in tunnel.get("data_ciphers", []) if "GCM" not in cipher["cipher"]]
    if "none" in weak or tunnel.get("cipher") == "none" or tunnel.get("auth") in ("none", "MD5"):
        report(f"warning: the VPN server {name} allows tunnels without encryption; change it in the dashboard")
    return found


def template(vpn, made, report):
    """The template that gives each new device its own certificate and connects it."""
    remote = {"host": "{{vpn_host_%s}}" % vpn.pk.hex, "port": vpn.config["openvpn"][0]["port"]}
    name = env.text("VPN_CLIENT_NAME", "default-management-vpn")
    found = find(Template, made, "vpn_template", name=name, type="vpn", vpn=vpn)
    if found is None:
        if "vpn_template" in made:
            # Made once and deleted since: that was somebody's wish.
            return
        config = vpn.auto_client(auto_cert=True)
        # Else a device could pretend to be the server.
        config["openvpn"][0]["remote_cert_tls"] = "server"
        config["openvpn"][0].pop("ns_cert_type", None)
        row = Template(
            name=name,
            type="vpn",
            vpn=vpn,
            default=True,
            auto_cert=True,
            backend=DEFAULT_BACKEND,
            config=config,
        )
        save(row, made, "vpn_template", report, "the template")
        row.tags.add("Management", "VPN")
        return
    tunnel = found.config.get("openvpn", [{}])[0]
    own = [entry for entry in tunnel.get("remote", []) if entry.get("host") == remote["host"]]
    if own and (own[0]["port"] != remote["port"] or tunnel.get("name") != vpn.name or found.name != name):
        own[0]["port"] = remote["port"]
        tunnel["name"] = vpn.name
        found.name = name
        found.full_clean()
        found.save()
        report(f"brought the template {name} up to date")


def management_vpn(made, report):
    if not env.text("VPN_DOMAIN", ""):
        return
    vpn = server(made, report)
    template(vpn, made, report)
    made["vpn_ca"] = vpn.ca_id
    made["vpn_name"] = vpn.name
