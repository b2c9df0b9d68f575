"""The topology that shows who is connected to the management VPN; the VPN's container uploads its status."""

from swapper import load_model

from .. import env
from .vpn import find, save

Topology = load_model("topology", "Topology")


def vpn_topology(made, report):
    if not env.text("VPN_DOMAIN", ""):
        return
    key = env.secret("topology_key")
    found = find(Topology, made, "topology", label=made["vpn_name"], parser="netdiff.OpenvpnParser")
    if found is None:
        row = Topology(label=made["vpn_name"], parser="netdiff.OpenvpnParser", strategy="receive", key=key)
        row.name = row.label
        save(row, made, "topology", report, "the topology")
    elif (found.key, found.label) != (key, made["vpn_name"]):
        found.key, found.label = key, made["vpn_name"]
        found.full_clean()
        found.save()
        report(f"brought the topology {found.label} up to date")
