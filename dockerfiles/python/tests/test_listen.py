import resource
import unittest

from openwisp.listen import addresses, allow_connections, command


class Listening(unittest.TestCase):
    server = ["server", "--http-socket={}:8080", "module"]

    def test_only_where_the_edge_is(self):
        # The loopback stands for a network that this machine is on.
        got = command(self.server, ["127.0.0.0/8"])
        self.assertEqual(got, ["server", *["--http-socket=127.0.0.1:8080"] * 2, "module"])

    def test_not_at_all_without_an_address_there(self):
        # From a network that it is not on it would be reached by the address of another one, or not at all.
        for elsewhere in ("203.0.113.0/24", "2001:db8::/64"):
            self.assertEqual(addresses([elsewhere]), [])
            self.assertEqual(command(self.server, [elsewhere]), [])

    def test_everywhere_where_nothing_is_said(self):
        self.assertEqual(command(self.server, []), ["server", "--http-socket=0.0.0.0:8080", "module"])


class Limits(unittest.TestCase):
    def test_files(self):
        given = resource.getrlimit(resource.RLIMIT_NOFILE)
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, given)
        hard = given[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
        allow_connections(512)
        self.assertEqual(resource.getrlimit(resource.RLIMIT_NOFILE), (512, hard))
        # What is more than enough stays, and nobody goes beyond what the engine allows.
        allow_connections(300)
        self.assertEqual(resource.getrlimit(resource.RLIMIT_NOFILE), (512, hard))
        if hard != resource.RLIM_INFINITY:
            allow_connections(hard + 1)
            self.assertEqual(resource.getrlimit(resource.RLIMIT_NOFILE), (hard, hard))
