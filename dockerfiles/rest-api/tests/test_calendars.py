"""Events, as programs write them and as the calendar has them."""

import httpx
import icalendar
from support import Case

WISH = {
    "title": "Planning",
    "start": "2026-12-01T10:00:00+01:00",
    "end": "2026-12-01T11:00:00+01:00",
    "location": "Room, 1",
}
MULTI = '<?xml version="1.0"?><D:multistatus xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">{}</D:multistatus>'
PART = (
    "<D:response><D:href>{}</D:href><D:propstat><D:status>HTTP/1.1 200 OK</D:status>"
    "<D:prop>{}</D:prop></D:propstat></D:response>"
)
HOME = "/SOGo/dav/anna/Calendar/"
LISTED = MULTI.format(
    PART.format(HOME, "<D:displayname>All</D:displayname><D:resourcetype><D:collection/></D:resourcetype>")
    + PART.format(
        HOME + "personal/",
        "<D:displayname>Personal</D:displayname><D:resourcetype><D:collection/><C:calendar/></D:resourcetype>",
    )
)


def found(text):
    data = f'<D:getetag>"gcs1"</D:getetag><C:calendar-data>{text}</C:calendar-data>'
    return MULTI.format(PART.format(HOME + "personal/a%20b.ics", data))


SPAN = "?from=2026-12-01T00:00:00Z&to=2026-12-31T00:00:00Z"


def event(*lines):
    return "\r\n".join(
        [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:x",
            "BEGIN:VEVENT",
            "UID:1",
            "DTSTAMP:20261101T000000Z",
            "SUMMARY:Tea",
        ]
        + [*lines, "BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-PT15M", "END:VALARM", "END:VEVENT", "END:VCALENDAR", ""]
    )


class Calendar:
    """One calendar of somebody's."""

    def __init__(self, text=None):
        self.text, self.asked, self.etag = text, [], 1

    def __call__(self, request):
        self.asked.append(request)
        match request.method:
            case "PUT":
                if request.headers.get("If-Match", f'"{self.etag}"') != f'"{self.etag}"':
                    return httpx.Response(412)
                self.text, self.etag = request.content.decode(), self.etag + 1
                return httpx.Response(201)
            case "GET" if self.text:
                return httpx.Response(200, text=self.text, headers={"ETag": f'"{self.etag}"'})
            case "DELETE":
                self.text = None
                return httpx.Response(204)
            case "PROPFIND":
                return httpx.Response(207, text=LISTED)
            case "REPORT":
                return httpx.Response(207, text=found(self.text))
        return httpx.Response(404)


class Events(Case):
    def setUp(self):
        super().setUp()
        self.calendars = Calendar()

    def test_calendars(self):
        self.assertEqual(self.ask("GET", "/v1/calendars").json(), [{"id": "personal", "name": "Personal"}])
        (request,) = self.calendars.asked
        self.assertEqual(request.url.raw_path, b"/SOGo/dav/anna/Calendar/")
        self.assertEqual(request.headers["X-WebObjects-Remote-User"], "anna")
        self.assertNotIn("Authorization", request.headers)
        self.assertNotIn("/oauth/token", self.provider.paths(), "a calendar needs no login of the mailboxes")

    def test_an_event_comes_and_goes(self):
        answer = self.ask("POST", "/v1/calendars/personal/events", json=WISH)
        self.assertEqual(answer.status_code, 201, answer.text)
        said, put = answer.json(), self.calendars.asked[0]
        self.assertEqual(
            (said["title"], said["start"], said["end"]),
            ("Planning", "2026-12-01T09:00:00+00:00", "2026-12-01T10:00:00+00:00"),
        )
        self.assertEqual((put.headers["If-None-Match"], said["etag"], said["location"]), ("*", '"2"', "Room, 1"))
        path = answer.headers["Location"]
        self.assertEqual(self.ask("GET", path).json(), said)
        changed = self.ask(
            "PUT", path, json=WISH | {"title": "Later", "location": None}, headers={"If-Match": said["etag"]}
        )
        self.assertEqual(
            (changed.status_code, changed.json()["title"], changed.json()["location"]), (200, "Later", None)
        )
        self.problem(self.ask("PUT", path, json=WISH, headers={"If-Match": said["etag"]}), 412)
        self.assertEqual(self.ask("DELETE", path).status_code, 204)
        self.problem(self.ask("GET", path), 404)

    def test_what_else_an_event_has_it_keeps(self):
        self.calendars.text = event("DTSTART;VALUE=DATE:20261201", "DURATION:P1D", "CATEGORIES:Home")
        self.assertEqual(self.ask("PUT", "/v1/calendars/personal/events/1.ics", json=WISH).status_code, 200)
        (kept,) = icalendar.Calendar.from_ical(self.calendars.text).walk("VEVENT")
        self.assertEqual((str(kept["UID"]), int(kept["SEQUENCE"]), len(kept.walk("VALARM"))), ("1", 1, 1))
        self.assertIn("CATEGORIES", kept)
        self.assertNotIn("DURATION", kept)

    def test_events_of_some_time(self):
        for lines, want in (
            (["DTSTART;VALUE=DATE:20261201", "DTEND;VALUE=DATE:20261203"], ("2026-12-01", "2026-12-03", None, False)),
            (
                ["DTSTART:20261201T100000Z", "DURATION:PT1H"],
                ("2026-12-01T10:00:00+00:00", "2026-12-01T11:00:00+00:00", None, False),
            ),
            (
                ["DTSTART;TZID=Europe/Rome:20261201T100000"],
                ("2026-12-01T10:00:00+01:00", "2026-12-01T10:00:00+01:00", None, False),
            ),
            (
                ["DTSTART:20261201T100000", "DTEND:20261201T110000"],
                ("2026-12-01T10:00:00", "2026-12-01T11:00:00", None, False),
            ),
            (
                ["DTSTART;VALUE=DATE:20261201", "RRULE:FREQ=DAILY;COUNT=2", "ATTENDEE:mailto:b@x.org"],
                ("2026-12-01", "2026-12-02", "FREQ=DAILY;COUNT=2", True),
            ),
        ):
            with self.subTest(lines):
                self.calendars.text = event(*lines)
                answer = self.ask("GET", "/v1/calendars/personal/events" + SPAN)
                self.assertEqual(answer.status_code, 200, answer.text)
                (one,) = answer.json()["events"]
                self.assertEqual((one["start"], one["end"], one["recurrence"], one["meeting"]), want)
                self.assertEqual((one["id"], one["etag"]), ("a b.ics", '"gcs1"'))
        self.assertIn(b'start="20261201T000000Z" end="20261231T000000Z"', self.calendars.asked[0].content)

    def test_series_and_meetings_are_webmails(self):
        for lines in (["RRULE:FREQ=DAILY"], ["ATTENDEE:mailto:bert@example.org"]):
            with self.subTest(lines):
                self.calendars.text = text = event("DTSTART:20261201T100000Z", *lines)
                self.problem(self.ask("PUT", "/v1/calendars/personal/events/1.ics", json=WISH), 409)
                self.assertEqual(self.calendars.text, text)
        self.problem(self.ask("DELETE", "/v1/calendars/personal/events/1.ics"), 409)

    def test_what_is_no_event(self):
        for wish in (
            {"start": "2026-12-01T10:00:00"},
            {"start": "2026-12-01"},
            {"start": 5},
            {"end": "2026-12-01T08:00:00Z"},
            {"start": "2026-12-01", "end": "2026-12-01"},
            {"start": "0001-01-01T00:00:00+14:00"},
            {"title": "x\r\nATTENDEE:mailto:eve@example.net"},
            {"description": "x\rATTENDEE:mailto:eve@example.net"},
            {"location": "x\nX:y"},
            {"attendees": ["bert@example.org"]},
        ):
            with self.subTest(wish):
                self.problem(self.ask("POST", "/v1/calendars/personal/events", json=WISH | wish), 422)
        self.assertEqual(self.calendars.asked, [])

    def test_a_description_of_several_lines_is_one_value(self):
        text = "one\r\nATTENDEE:mailto:eve@example.net\nEND:VEVENT"
        answer = self.ask("POST", "/v1/calendars/personal/events", json=WISH | {"description": text})
        self.assertEqual(answer.json()["description"], text.replace("\r\n", "\n"))
        self.assertFalse(answer.json()["meeting"])

    def test_midnight_is_a_time(self):
        wish = WISH | {"start": "2026-12-01T00:00:00Z", "end": "2026-12-02T00:00:00Z"}
        self.assertEqual(
            self.ask("POST", "/v1/calendars/personal/events", json=wish).json()["start"], "2026-12-01T00:00:00+00:00"
        )

    def test_nobody_leaves_the_own_calendars(self):
        for name in (
            "..",
            "%2e%2e",
            "..%2f..%2fbert%2fCalendar%2fpersonal",
            "a%2fb",
            "%0d%0aX-WebObjects-Remote-User:%20bert",
            ".",
        ):
            with self.subTest(name):
                answer = self.ask("GET", f"/v1/calendars/{name}/events/1.ics")
                self.assertIn(answer.status_code, (404, 405))
                self.assertEqual(self.calendars.asked, [])
        self.ask("GET", "/v1/calendars/a%3fb%23c/events/1.ics")
        self.assertEqual(self.calendars.asked[0].url.raw_path, b"/SOGo/dav/anna/Calendar/a%3Fb%23c/1.ics")

    def test_times_of_a_question(self):
        for span in (
            "",
            "?from=2026-12-01T00:00:00Z",
            "?from=2026-12-02T00:00:00Z&to=2026-12-01T00:00:00Z",
            "?from=2020-12-01T00:00:00Z&to=2026-12-01T00:00:00Z",
            "?from=2026-12-01T00:00:00&to=2026-12-02T00:00:00",
        ):
            with self.subTest(span):
                self.problem(self.ask("GET", "/v1/calendars/personal/events" + span), 422)

    def test_refusals(self):
        for code, status in ((401, 403), (403, 403), (404, 404), (412, 412), (400, 422), (502, 503)):
            with self.subTest(code):
                self.calendars = lambda _, code=code: httpx.Response(code)
                self.problem(self.ask("GET", "/v1/calendars"), status)

    def test_where_there_are_no_calendars(self):
        self.http = self.api(calendars=None)
        self.problem(self.ask("GET", "/v1/calendars"), 404)
