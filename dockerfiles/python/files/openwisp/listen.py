"""python -m openwisp.listen COMMAND [ARGUMENT...]

Becomes a server that listens on the loopback, for the probe, and on this container's addresses in LISTEN_NETWORKS,
which are separated by commas; without these on all. An argument with {} is repeated for each address.
"""

import ipaddress
import os
import resource
import socket
import sys


def addresses(networks):
    """This container's addresses in networks: those from which it would send there."""
    found = []
    for network in map(ipaddress.ip_network, networks):
        family = socket.AF_INET6 if network.version == 6 else socket.AF_INET
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                # Nothing is sent: the kernel only chooses the address.
                probe.connect((str(network[1]), 9))
                address = probe.getsockname()[0]
        except OSError:
            continue
        if ipaddress.ip_address(address) in network:
            found.append(address)
    return found


def command(arguments, networks):
    """The command with its addresses, or nothing if it has none where it should listen."""
    own = addresses(networks)
    if networks and not own:
        return []
    listening = ["127.0.0.1", *own] if networks else ["0.0.0.0"]
    out = []
    for part in arguments:
        out += [part.replace("{}", address) for address in listening] if "{}" in part else [part]
    return out


def allow_connections(wanted=65536):
    """Allows as many open files as the engine bears: each connection is one, and some engines begin with 1,024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


if __name__ == "__main__":
    given = os.environ.get("LISTEN_NETWORKS", "")
    server = command(sys.argv[1:], [n for n in given.split(",") if n])
    if not server:
        sys.exit(f"there is no address of this container in {given}, where the edge is")
    allow_connections()
    os.execvp(server[0], server)
