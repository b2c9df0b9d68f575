"""Mailboxes, by IMAP."""

import contextlib
import email
import email.policy
import imaplib

import imapclient
from imapclient.exceptions import IMAPClientError, LoginError

from .problems import Away, Problem, log, there

WHAT = "The mailboxes"
# Of a larger mail, the rest is left out: its head, and nearly always its text, come first.
MOST = 5 * 1024 * 1024
NOT_SELECTABLE = {b"\\noselect", b"\\nonexistent"}


@contextlib.contextmanager
def mailboxes(config, login):
    """A connection, logged in as whose token it is."""
    server = None
    try:
        server = imapclient.IMAPClient(*config.imap, ssl=True, ssl_context=config.tls(), timeout=10)
        server.oauth2_login(login.user, login.token)
        there(WHAT)
        yield server
    except LoginError as why:
        if "UNAVAILABLE" in str(why):
            raise Away(WHAT, why) from None
        log.warning("the mailboxes refuse %s: %s", login.user, str(why)[:200])
        raise Problem(403, "Your account has no mailbox, or is switched off.") from None
    except (IMAPClientError, imaplib.IMAP4.error, OSError) as why:
        raise Away(WHAT, why) from None
    finally:
        if server is not None:
            with contextlib.suppress(Exception):
                server.logout()


def listed(server):
    found = []
    for flags, separator, name in server.list_folders():
        if {flag.lower() for flag in flags} & NOT_SELECTABLE:
            continue
        state = server.folder_status(name, ["MESSAGES", "UNSEEN", "UIDVALIDITY"])
        found.append(
            {
                "name": name,
                "separator": text(separator),
                "use": use(flags),
                "messages": state[b"MESSAGES"],
                "unseen": state[b"UNSEEN"],
                "uid_validity": state[b"UIDVALIDITY"],
            }
        )
    return found


def use(flags):
    """What the folder is for (RFC 6154), or nothing."""
    known = {b"\\drafts", b"\\sent", b"\\trash", b"\\junk", b"\\archive"}
    return next((text(f.lower())[1:] for f in flags if f.lower() in known), None)


def opened(server, name):
    if not name or any(ord(c) < 32 or ord(c) == 127 for c in name):
        raise Problem(404, "There is no such mailbox.")
    try:
        return server.select_folder(name, readonly=True)[b"UIDVALIDITY"]
    except IMAPClientError:
        raise Problem(404, "There is no such mailbox.") from None


def page(server, name, limit, before):
    """The newest mails, or those that are older than one."""
    validity = opened(server, name)
    uids = server.search(["UID", f"1:{before - 1}"]) if before else server.search("ALL")
    # A range whose end is not there means the last mail as well.
    uids = sorted((uid for uid in uids if not before or uid < before), reverse=True)
    chosen = uids[:limit]
    found = server.fetch(chosen, ["ENVELOPE", "FLAGS", "RFC822.SIZE", "INTERNALDATE"]) if chosen else {}
    return {
        "uid_validity": validity,
        "messages": [summary(uid, found[uid]) for uid in chosen if b"ENVELOPE" in found.get(uid, {})],
        "before": chosen[-1] if len(uids) > limit else None,
    }


def summary(uid, data):
    envelope = data[b"ENVELOPE"]
    return {
        "uid": uid,
        "from": people(envelope.from_),
        "to": people(envelope.to),
        "subject": decoded(envelope.subject),
        "date": data[b"INTERNALDATE"].astimezone().isoformat(),
        "size": data[b"RFC822.SIZE"],
        "flags": sorted(text(flag) for flag in data[b"FLAGS"]),
    }


def whole(server, name, uid):
    opened(server, name)
    found = server.fetch([uid], ["ENVELOPE", "FLAGS", "RFC822.SIZE", "INTERNALDATE", f"BODY.PEEK[]<0.{MOST}>"])
    data = found.get(uid)
    if not data or b"ENVELOPE" not in data:
        raise Problem(404, "There is no such mail.")
    mail = email.message_from_bytes(data[b"BODY[]<0>"], policy=email.policy.default)
    return {
        **summary(uid, data),
        "cc": people(data[b"ENVELOPE"].cc),
        "message_id": decoded(data[b"ENVELOPE"].message_id),
        "text": content(mail, "plain"),
        "html": content(mail, "html"),
        "attachments": [attached(part) for part in mail.iter_attachments()] if mail.is_multipart() else [],
        "truncated": data[b"RFC822.SIZE"] > MOST,
    }


def content(mail, kind):
    part = mail.get_body(preferencelist=(kind,))
    if part is None:
        return None
    try:
        return part.get_content()
    except (LookupError, ValueError):  # a character set that nobody knows
        return text(part.get_payload(decode=True) or b"")


def attached(part):
    inner = part.get_payload(decode=True)
    return {
        "name": part.get_filename(),
        "type": part.get_content_type(),
        "size": len(inner) if inner is not None else None,
    }


def people(addresses):
    return [
        {"name": decoded(a.name), "address": text(a.mailbox or b"") + "@" + text(a.host)}
        for a in addresses or ()
        if a.mailbox and a.host
    ]


def decoded(header):
    """A header's text, whatever stands in it."""
    if header is None:
        return None
    try:
        return str(email.policy.default.header_factory("subject", text(header)))
    except (LookupError, ValueError):
        return text(header)


def text(data):
    return data.decode("utf-8", "replace") if isinstance(data, bytes) else data
