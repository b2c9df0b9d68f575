"""The API itself."""

import contextlib
import datetime
from typing import Annotated
from urllib.parse import quote

import anyio.to_thread
from fastapi import Depends, FastAPI, Header, Path, Query, Response, Security
from fastapi.openapi.models import OAuthFlowAuthorizationCode, OAuthFlows
from fastapi.security import OAuth2, SecurityScopes

from . import events, mail, models, problems, sending
from .calendars import Calendars
from .problems import Problem
from .provider import Provider

SCOPES = {
    "mail.read": "Read your mail",
    "mail.send": "Send mail as you",
    "calendar.read": "Read your calendars",
    "calendar.write": "Write into your calendars",
}
FAULTS = {code: {"model": models.Fault, "content": {problems.KIND: {}}} for code in (401, 403, 404, 409, 412, 422, 503)}
Named = Annotated[str, Path(max_length=500)]
Etag = Annotated[str, Header(alias="If-Match", max_length=200, pattern=r'^"?[A-Za-z0-9._:+-]+"?$')]
LONGEST = datetime.timedelta(days=400)


def create(config, transports=None):
    transports = transports or {}
    provider = Provider(config, transports.get("provider"))
    calendars = Calendars(config, transports.get("calendars"))

    @contextlib.asynccontextmanager
    async def lifespan(_):
        anyio.to_thread.current_default_thread_limiter().total_tokens = config.at_once
        yield

    app = FastAPI(
        title="Mail and calendars",
        version="1",
        description="For programs that people let in at the provider of logins, by tokens (OAuth 2.0).",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        responses=FAULTS,
    )
    problems.answered_by(app)
    person = people(config, provider)
    read, send = Security(person, scopes=["mail.read"]), Security(person, scopes=["mail.send"])
    look, write = Security(person, scopes=["calendar.read"]), Security(person, scopes=["calendar.write"])

    @app.get("/healthz", include_in_schema=False)
    def health():
        # The provider answers, knows this service, and says that nobody has this token.
        if provider.introspect("nobody-has-this-token")["active"] is not False:
            raise Problem(503, "The provider of logins takes any token.")
        return {}

    mails(app, config, provider, read, send)
    appointments(app, calendars, look, write)
    return app


def people(config, provider):
    scheme = OAuth2(
        flows=OAuthFlows(
            authorizationCode=OAuthFlowAuthorizationCode(
                authorizationUrl=config.issuer + "/oauth/authorize",
                tokenUrl=config.issuer + "/oauth/token",
                refreshUrl=config.issuer + "/oauth/token",
                scopes=SCOPES,
            )
        ),
        auto_error=False,
    )

    def person(wanted: SecurityScopes, said: Annotated[str | None, Depends(scheme)]):
        """Who asks, if the token is for that."""
        kind, _, token = (said or "").partition(" ")
        if kind.lower() != "bearer" or not token:
            raise Problem(401, "Say who you are: Authorization: Bearer TOKEN.", {"WWW-Authenticate": "Bearer"})
        who = provider.person(token.strip())
        lacking = [scope for scope in wanted.scopes if scope not in who.scopes]
        if lacking:
            need = f'Bearer error="insufficient_scope", scope="{" ".join(wanted.scopes)}"'
            raise Problem(403, f"This token is not for {', '.join(lacking)}.", {"WWW-Authenticate": need})
        return who

    return person


def mails(app, config, provider, read, send):
    @app.get("/v1/mailboxes", response_model=list[models.Mailbox])
    def list_mailboxes(who=read):
        with mail.mailboxes(config, provider.login(who)) as server:
            return mail.listed(server)

    @app.get("/v1/mailboxes/{name:path}/messages", response_model=models.Page)
    def list_messages(
        name: Named,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        before: Annotated[int | None, Query(ge=1, le=2**32, description="Only mails with a smaller UID")] = None,
        who=read,
    ):
        """The newest first."""
        with mail.mailboxes(config, provider.login(who)) as server:
            return mail.page(server, name, limit, before)

    @app.get("/v1/messages/{mailbox:path}/{uid}", response_model=models.Message)
    def read_message(mailbox: Named, uid: Annotated[int, Path(ge=1, le=2**32)], who=read):
        """It stays unread."""
        with mail.mailboxes(config, provider.login(who)) as server:
            return mail.whole(server, mailbox, uid)

    @app.post("/v1/messages", status_code=202, response_model=models.Accepted)
    def send_message(wish: models.NewMessage, who=send):
        """Sends a mail as whoever the token is of."""
        return sending.send(config, provider, provider.login(who), wish)


def appointments(app, calendars, look, write):
    @app.get("/v1/calendars", response_model=list[models.Calendar])
    def list_calendars(who=look):
        return calendars.listed(who)

    @app.get("/v1/calendars/{id}/events", response_model=models.Events)
    def list_events(
        id: Named,
        since: Annotated[datetime.datetime, Query(alias="from", description="With its offset")],
        until: Annotated[datetime.datetime, Query(alias="to", description="At most 400 days later")],
        who=look,
    ):
        """Events that take place between two times. Of a series, its first one and the rule."""
        if since.tzinfo is None or until.tzinfo is None:
            raise Problem(422, "A time says its offset: 2026-12-01T00:00:00Z.")
        if not datetime.timedelta() < until - since <= LONGEST:
            raise Problem(422, "to is after from, by no more than 400 days.")
        found = calendars.between(who, id, since.astimezone(events.UTC), until.astimezone(events.UTC))
        return {"events": [events.shown(*one) for one in found]}

    def as_it_is(who, id, event):
        etag, text = calendars.read(who, id, event)
        return events.shown(event, etag, text)

    @app.get("/v1/calendars/{id}/events/{event}", response_model=models.Event)
    def read_event(id: Named, event: Named, who=look):
        return as_it_is(who, id, event)

    @app.post("/v1/calendars/{id}/events", status_code=201, response_model=models.Event)
    def create_event(id: Named, wish: models.NewEvent, response: Response, who=write):
        name, text = events.made(wish)
        calendars.write(who, id, name, text)
        response.headers["Location"] = f"/v1/calendars/{quote(id, safe='')}/events/{name}"
        return as_it_is(who, id, name)

    @app.put("/v1/calendars/{id}/events/{event}", response_model=models.Event)
    def change_event(id: Named, event: Named, wish: models.NewEvent, etag: Etag = None, who=write):
        """Title, time, place and description are those of the request; what else the event has, it keeps."""
        there, text = calendars.read(who, id, event)
        calendars.write(who, id, event, events.changed(text, wish), etag or there)
        return as_it_is(who, id, event)

    @app.delete("/v1/calendars/{id}/events/{event}", status_code=204)
    def remove_event(id: Named, event: Named, etag: Etag = None, who=write):
        there, text = calendars.read(who, id, event)
        events.mine(events.parsed(text)[1])
        calendars.remove(who, id, event, etag or there)
