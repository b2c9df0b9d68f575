"""Mail backends."""

import logging
import ssl

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend
from django.utils.functional import cached_property

logger = logging.getLogger(__name__)


class SmtpBackend(EmailBackend):
    """SMTP; the server's certificate is verified, by an own CA if there is one."""

    @cached_property
    def ssl_context(self):
        return ssl.create_default_context(cafile=settings.EMAIL_CA_FILE or None)


class NoServerBackend(BaseEmailBackend):
    """This installation has no mail server."""

    def send_messages(self, email_messages):
        for message in email_messages:
            logger.warning(
                "not sent, because this installation has no mail server: %r to %d recipient(s)",
                message.subject,
                len(message.recipients()),
            )
        return 0
