"""Calendars, by CalDAV at webmail's, which believes this service who somebody is (RFC 4791).

It is on a network with this service alone. So nothing that a program says gets into a request but as a quoted part of a
path or as the body of an event, and the person is the one whose token the provider of logins knows."""

import re
import xml.etree.ElementTree as xml
from urllib.parse import quote, unquote, urlsplit

import httpx

from .problems import Away, Problem, there

WHAT = "The calendars"
DAV, CAL = "{DAV:}", "{urn:ietf:params:xml:ns:caldav}"
# A part of a path: no slash, and not one of dots alone.
PART = re.compile(r"(?!\.+$)[^/\x00-\x1f\x7f]{1,250}")
MOST = 16 * 1024 * 1024

LIST = (
    '<?xml version="1.0" encoding="utf-8"?><d:propfind xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav">'
    "<d:prop><d:displayname/><d:resourcetype/><c:supported-calendar-component-set/></d:prop></d:propfind>"
)
QUERY = (
    '<?xml version="1.0" encoding="utf-8"?><c:calendar-query xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav">'
    "<d:prop><d:getetag/><c:calendar-data/></d:prop>"
    '<c:filter><c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT">'
    '<c:time-range start="{}" end="{}"/></c:comp-filter></c:comp-filter></c:filter></c:calendar-query>'
)


class Calendars:
    def __init__(self, config, transport=None):
        self.config = config
        # Each process there has one connection at a time: none is kept.
        limits = httpx.Limits(max_keepalive_connections=0)
        self.http = httpx.Client(timeout=20, limits=limits, transport=transport, trust_env=False)

    def ask(self, who, method, *parts, body=None, **headers):
        if not self.config.calendars:
            raise Problem(404, "There are no calendars here.")
        for part in parts:
            if not PART.fullmatch(part):
                raise Problem(404, "There is no such calendar or event.")
        path = "/".join(quote(part, safe="") for part in (who.name, "Calendar", *parts))
        if len(parts) < 2:
            path += "/"
        headers = {name.replace("_", "-"): value for name, value in headers.items() if value is not None}
        headers |= {"X-WebObjects-Remote-User": who.name, "Connection": "close"}
        try:
            with self.http.stream(
                method, f"{self.config.calendars}/SOGo/dav/{path}", content=body, headers=headers
            ) as answer:
                data = b"".join(limited(answer))
        except httpx.HTTPError as why:
            raise Away(WHAT, why) from None
        return answer, data

    def listed(self, who):
        answer, data = self.ask(who, "PROPFIND", body=LIST, depth="1", content_type="application/xml")
        found = []
        for href, props in several(answer, data):
            kinds = {c.get("name") for c in props.iter(CAL + "comp")}
            if props.find(f"{DAV}resourcetype/{CAL}calendar") is None or kinds and "VEVENT" not in kinds:
                continue
            name = last(href)
            found.append({"id": name, "name": props.findtext(DAV + "displayname") or name})
        return found

    def between(self, who, calendar, start, end):
        """The events of some time, as (id, etag, text)."""
        body = QUERY.format(start.strftime("%Y%m%dT%H%M%SZ"), end.strftime("%Y%m%dT%H%M%SZ"))
        answer, data = self.ask(who, "REPORT", calendar, body=body, depth="1", content_type="application/xml")
        for href, props in several(answer, data):
            if text := props.findtext(CAL + "calendar-data"):
                yield last(href), props.findtext(DAV + "getetag"), text

    def read(self, who, calendar, event):
        answer, data = self.ask(who, "GET", calendar, event)
        checked(answer)
        return answer.headers.get("ETag"), data

    def write(self, who, calendar, event, text, etag=None):
        """A new event without an etag; in place of the one that has it, otherwise."""
        condition = {"if_match": etag} if etag else {"if_none_match": "*"}
        answer, _ = self.ask(who, "PUT", calendar, event, body=text, content_type="text/calendar", **condition)
        checked(answer)
        return answer.headers.get("ETag")

    def remove(self, who, calendar, event, etag):
        answer, _ = self.ask(who, "DELETE", calendar, event, if_match=etag)
        checked(answer)


def limited(answer):
    size = 0
    for chunk in answer.iter_bytes():
        size += len(chunk)
        if size > MOST:
            raise Problem(413, "These are too many events at once: ask for a shorter time.")
        yield chunk


def checked(answer):
    code = answer.status_code
    if code < 500:
        there(WHAT)
    if code < 300:
        return
    if code in (401, 403):
        raise Problem(403, "This calendar is somebody else's, who does not let you do this.")
    if code in (404, 410):
        raise Problem(404, "There is no such calendar or event.")
    if code in (409, 412):
        raise Problem(412, "The event is not as it was when it was read, or is there already.")
    if code < 500:
        raise Problem(422, "The calendar does not take this event.")
    raise Away(WHAT, ValueError(f"it answers {code}"))


def several(answer, data):
    """The parts of an answer about several things, each with the properties that there are."""
    checked(answer)
    try:
        root = xml.fromstring(data)
    except xml.ParseError as why:
        raise Away(WHAT, why) from None
    for response in root.iter(DAV + "response"):
        href = response.findtext(DAV + "href")
        for state in response.iter(DAV + "propstat"):
            props = state.find(DAV + "prop")
            if href and props is not None and " 200 " in (state.findtext(DAV + "status") or "") + " ":
                yield href, props


def last(href):
    return unquote(urlsplit(href).path.rstrip("/").rsplit("/", 1)[-1])
