"""The key with which OpenWISP logs in on devices, and the template that puts its public half there."""

from cryptography.hazmat.primitives import serialization
from openwisp_controller.config.settings import DEFAULT_BACKEND
from swapper import load_model

from .. import env
from .vpn import find, save

Credentials, Template = load_model("connection", "Credentials"), load_model("config", "Template")

AUTHORIZED_KEYS = "/etc/dropbear/authorized_keys"


def public_half(private):
    key = serialization.load_ssh_private_key(private.encode(), None).public_key()
    line = key.public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    return f"{line.decode()} openwisp\n"


def ssh_access(made, report):
    # The end of line belongs to the format.
    private = env.secret("ssh_key") + "\n"
    public = public_half(private)
    credentials(private, public, made, report)
    template(public, made, report)
    made["ssh_public_key"] = public


def credentials(private, public, made, report):
    found = find(Credentials, made, "credentials", name="OpenWISP Default")
    if found is None:
        if "credentials" not in made:
            row = Credentials(
                name="OpenWISP Default",
                connector="openwisp_controller.connection.connectors.ssh.Ssh",
                params={"username": "root", "key": private},
                auto_add=True,
            )
            save(row, made, "credentials", report, "the credentials")
    elif found.params.get("key") != private and made.get("ssh_public_key") != public:
        # The secret changed, and not somebody's mind in the dashboard.
        found.params = {**found.params, "key": private}
        found.full_clean()
        found.save()
        report(f"gave the credentials {found.name} the key in secrets/ssh_key")


def template(public, made, report):
    found = find(Template, made, "ssh_template", name="SSH Keys")
    if found is None:
        if "ssh_template" not in made:
            row = Template(
                name="SSH Keys",
                default=True,
                backend=DEFAULT_BACKEND,
                config={"files": [{"path": AUTHORIZED_KEYS, "mode": "0600", "contents": public}]},
            )
            save(row, made, "ssh_template", report, "the template")
        return
    old = made.get("ssh_public_key")
    if not old or old == public:
        return
    for file in found.config.get("files", []):
        # Other keys in the file stay.
        if file["path"] == AUTHORIZED_KEYS and old in file["contents"]:
            file["contents"] = file["contents"].replace(old, public)
            found.full_clean()
            found.save()
            report(f"gave the template {found.name} the new public key")
