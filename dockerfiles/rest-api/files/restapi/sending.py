"""Mail that somebody sends, by the mail server's submission, as oneself."""

import contextlib
import datetime
import email.policy
import smtplib
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from .mail import mailboxes
from .problems import Away, Problem, log, there

WHAT = "The mail server"


def address(text, name=""):
    """An address as headers have it. Whatever would end a line, or begin another address, is none."""
    if any(ord(c) < 32 or ord(c) == 127 for c in text + name):
        raise Problem(422, "An address has characters that no address has.")
    try:
        made = Address(display_name=name, addr_spec=text)
    except Exception:  # the parser has many ways to say no
        made = None
    if made is None or not made.username or not made.domain or not text.isascii():
        raise Problem(422, "An address is none: NAME@DOMAIN.")
    return made


def letter(config, sender, wish):
    """The mail, from whom it is."""
    mail = EmailMessage(policy=email.policy.SMTP.clone(cte_type="7bit"))
    mail["From"] = sender
    for header, addresses in (("To", wish.to), ("Cc", wish.cc)):
        if addresses:
            mail[header] = [address(a) for a in addresses]
    mail["Subject"] = wish.subject
    mail["Date"] = format_datetime(datetime.datetime.now(datetime.timezone.utc))
    mail["Message-ID"] = make_msgid(domain=config.domain)
    mail.set_content(wish.text)
    if wish.html is not None:
        mail.add_alternative(wish.html, subtype="html")
    return mail


def hand_in(config, login, sender, recipients, data):
    proof = f"user={login.user}\x01auth=Bearer {login.token}\x01\x01"
    try:
        with smtplib.SMTP(*config.smtp, local_hostname="rest-api." + config.domain, timeout=30) as server:
            server.starttls(context=config.tls())
            server.ehlo()
            # What is asked after the proof is why it was refused.
            server.auth("XOAUTH2", lambda challenge=None: proof if challenge is None else "")
            there(WHAT)
            server.sendmail(sender, recipients, data)
    except smtplib.SMTPRecipientsRefused as why:
        refused(next(iter(why.recipients.values())), "A recipient is refused")
    except smtplib.SMTPAuthenticationError as why:
        if why.smtp_code < 500:
            raise Away(WHAT, ValueError(f"it answers {why.smtp_code} to a login")) from None
        log.warning("the mail server refuses %s: %s", login.user, why.smtp_code)
        raise Problem(403, "Your account sends no mail.") from None
    except smtplib.SMTPSenderRefused as why:
        refused((why.smtp_code, why.smtp_error), "The sender is refused")
    except smtplib.SMTPResponseException as why:
        refused((why.smtp_code, why.smtp_error), "The mail is refused")
    except (smtplib.SMTPException, OSError) as why:
        raise Away(WHAT, why) from None


def refused(said, what):
    code, why = said
    why = why.decode("utf-8", "replace") if isinstance(why, bytes) else str(why)
    if code >= 500:
        raise Problem(422, f"{what}: {why[:300]}")
    log.warning("%s for now: %s %s", what, code, why[:200])
    raise Problem(503, f"{what} for now.", {"Retry-After": "60"})


def send(config, provider, login, wish):
    name, own = provider.identity(login)
    # Another address of one's own is one's own: the mail server knows them, and refuses those of others.
    sender = address(wish.sender or own, name)
    mail = letter(config, sender, wish)
    recipients = [address(a).addr_spec for a in [*wish.to, *wish.cc, *wish.bcc]]
    data = mail.as_bytes()
    hand_in(config, login, sender.addr_spec, recipients, data)
    return {"message_id": mail["Message-ID"], "saved": saved(config, login, data)}


def saved(config, login, data):
    """A copy among what was sent, as webmail keeps one. The mail is on its way, so that its lack is no error."""
    with contextlib.suppress(Problem), mailboxes(config, login) as server:
        server.append("Sent", data, flags=[b"\\Seen"])
        return True
    return False
