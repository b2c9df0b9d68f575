import asyncio
import unittest

import identity


class BeginsAndEnds(unittest.TestCase):
    def answered(self, scope, *messages):
        """What the server hears, and what the application gets"""
        asked, sent, passed_on = list(messages), [], []

        async def app(*passed):
            passed_on.append(passed)

        async def receive():
            return {"type": asked.pop(0)}

        async def send(message):
            sent.append(message["type"])

        asyncio.run(identity.begins_and_ends(app)(scope, receive, send))
        return sent, passed_on == [(scope, receive, send)]

    def test_the_start_and_the_end_are_answered(self):
        sent, passed_on = self.answered({"type": "lifespan"}, "lifespan.startup", "lifespan.shutdown")
        self.assertEqual(sent, ["lifespan.startup.complete", "lifespan.shutdown.complete"])
        self.assertFalse(passed_on)

    def test_requests_are_passed_on(self):
        for kind in ("http", "websocket"):
            self.assertEqual(self.answered({"type": kind}), ([], True))
