"""Events, as iCalendar (RFC 5545) has them and as programs do."""

import datetime
import uuid

import icalendar

from .problems import Away, Problem

UTC = datetime.timezone.utc


def parsed(text):
    """The calendar of one event, and the event."""
    try:
        calendar = icalendar.Calendar.from_ical(text)
        events = [part for part in calendar.walk("VEVENT") if "RECURRENCE-ID" not in part]
    except (ValueError, IndexError, KeyError) as why:
        raise Away("The calendar's event", why) from None
    if not events:
        raise Problem(404, "There is no such event.")
    return calendar, events[0]


def shown(name, etag, text):
    _, event = parsed(text)
    start = event.decoded("DTSTART", None)
    return {
        "id": name,
        "etag": etag,
        "title": str(event.get("SUMMARY", "")),
        "start": moment(start),
        "end": moment(ending(event, start)),
        "location": optional(event, "LOCATION"),
        "description": optional(event, "DESCRIPTION"),
        "recurrence": rule(event.get("RRULE")),
        "meeting": "ATTENDEE" in event,
    }


def rule(found):
    """A series' rule; the first one, where there are several."""
    found = found[0] if isinstance(found, list) else found
    return found.to_ical().decode() if found else None


def optional(event, name):
    return str(event[name]) if name in event else None


def ending(event, start):
    if "DTEND" in event:
        return event.decoded("DTEND")
    if "DURATION" in event and start is not None:
        return start + event.decoded("DURATION")
    return start if isinstance(start, datetime.datetime) or start is None else start + datetime.timedelta(days=1)


def moment(when):
    return when.isoformat() if when is not None else None


def placed(wish):
    """Start and end as they are written: times in UTC, or whole days, of which the end is the day after the last."""
    start, end = wish.start, wish.end
    timed = isinstance(start, datetime.datetime)
    if timed != isinstance(end, datetime.datetime):
        raise Problem(422, "Start and end are both times or both days.")
    if timed:
        if start.tzinfo is None or end.tzinfo is None:
            raise Problem(422, "A time says its offset: 2026-12-01T10:00:00+01:00.")
        try:
            start, end = start.astimezone(UTC), end.astimezone(UTC)
        except OverflowError:
            raise Problem(422, "This time is too far away.") from None
    if end < start or not timed and end == start:
        raise Problem(422, "An event ends after it begins; the end of whole days is the day after the last.")
    return start, end


def filled(event, wish):
    """Puts what a program says into an event, and leaves what else it has."""
    for name, value in zip(("DTSTART", "DTEND"), placed(wish), strict=True):
        put(event, name, value)
    event.pop("DURATION", None)
    for name, value in (("SUMMARY", wish.title), ("LOCATION", wish.location), ("DESCRIPTION", wish.description)):
        put(event, name, value)
    now = datetime.datetime.now(UTC).replace(microsecond=0)
    put(event, "DTSTAMP", now)
    put(event, "LAST-MODIFIED", now)


def put(event, name, value):
    event.pop(name, None)
    if value is not None:
        event.add(name, value)


def made(wish):
    """A new event: its name in the calendar, and its text."""
    uid = str(uuid.uuid4())
    calendar, event = icalendar.Calendar(), icalendar.Event()
    calendar.add("PRODID", "-//owgen//REST API//EN")
    calendar.add("VERSION", "2.0")
    event.add("UID", uid)
    filled(event, wish)
    calendar.add_component(event)
    return uid + ".ics", calendar.to_ical()


def changed(text, wish):
    """An event with something else in it. Those that others take part in, and series, are left to webmail."""
    calendar, event = parsed(text)
    mine(event)
    if "RRULE" in event or "RDATE" in event or len(calendar.walk("VEVENT")) > 1:
        raise Problem(409, "This is a series, which is changed in webmail.")
    filled(event, wish)
    put(event, "SEQUENCE", int(event.get("SEQUENCE", 0)) + 1)
    return calendar.to_ical()


def mine(event):
    if "ATTENDEE" in event:
        raise Problem(409, "Others take part in this event: change it in webmail, which tells them.")
