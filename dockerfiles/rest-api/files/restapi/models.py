"""What programs send and get, as OpenAPI describes it."""

import datetime
import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainValidator, WithJsonSchema

CONTROL = re.compile(r"[\x00-\x1f\x7f]")
IN_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)")


def one_line(text):
    if CONTROL.search(text):
        raise ValueError("is one line, without control characters")
    return text


def plain(text):
    if IN_TEXT.search(text):
        raise ValueError("has control characters")
    return text


def moment(said):
    """A time that happens to be midnight is no day."""
    if not isinstance(said, str):
        raise ValueError("is a time or a day, in quotes")
    if len(said) == len("2026-12-01"):
        return datetime.date.fromisoformat(said)
    return datetime.datetime.fromisoformat(said)


Line = Annotated[str, Field(max_length=998), AfterValidator(one_line)]
Text = Annotated[str, Field(max_length=1_000_000), AfterValidator(plain)]
Moment = Annotated[
    datetime.date | datetime.datetime,
    PlainValidator(moment),
    WithJsonSchema({"anyOf": [{"type": "string", "format": "date-time"}, {"type": "string", "format": "date"}]}),
]


class Sent(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Who(BaseModel):
    name: str | None
    address: str


class Mailbox(BaseModel):
    name: str
    separator: str | None = Field(description="What stands between the name and that of a folder in it")
    use: str | None = Field(description="drafts, sent, trash, junk or archive")
    messages: int
    unseen: int
    uid_validity: int = Field(description="With another number, UIDs of before mean nothing")


class Summary(BaseModel):
    uid: int
    sender: list[Who] = Field(alias="from")
    to: list[Who]
    subject: str | None
    date: datetime.datetime = Field(description="When it came")
    size: int
    flags: list[str]


class Attachment(BaseModel):
    name: str | None
    type: str
    size: int | None


class Message(Summary):
    cc: list[Who]
    message_id: str | None
    text: str | None
    html: str | None = Field(description="As its sender wrote it: nothing has been taken out")
    attachments: list[Attachment]
    truncated: bool = Field(description="Larger than 5 MiB, of which the rest was not looked at")


class Page(BaseModel):
    uid_validity: int
    messages: list[Summary]
    before: int | None = Field(description="What to ask for next, if there are older ones")


class NewMessage(Sent):
    sender: Line | None = Field(None, alias="from", description="An address of one's own; the first one without")
    to: list[Line] = Field(min_length=1, max_length=100)
    cc: list[Line] = Field([], max_length=100)
    bcc: list[Line] = Field([], max_length=100)
    subject: Line
    text: Text
    html: Text | None = None


class Accepted(BaseModel):
    message_id: str
    saved: bool = Field(description="Whether there is a copy in Sent")


class Calendar(BaseModel):
    id: str
    name: str


class NewEvent(Sent):
    title: Line
    start: Moment = Field(description="A time with its offset, or a day")
    end: Moment = Field(description="Likewise; of days, the one after the last")
    location: Line | None = None
    description: Text | None = None


class Event(BaseModel):
    id: str
    etag: str | None
    title: str
    start: str | None
    end: str | None
    location: str | None
    description: str | None
    recurrence: str | None = Field(description="The rule of a series (RRULE)")
    meeting: bool = Field(description="Others take part, so that it is changed in webmail alone")


class Events(BaseModel):
    events: list[Event]


class Fault(BaseModel):
    """A problem (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
