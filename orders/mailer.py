"""Send one claimed message by mail."""

import time
from collections.abc import Iterator
from smtplib import SMTPRecipientsRefused

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from orders.kernel.work import ask
from orders.models import Notification
from orders.paper_selectors import paper_of
from orders.questions import PrintEnclosure
from orders.services.file_paper import open_paper
from orders.services.outbox import claim_messages, give_back, mark_failed, mark_sent
from orders.services.render import Rendered, render_message
from orders.services.suppress import is_unwanted, suppress_message

_ENOUGH = 30.0  # seconds of sending, half of what a task may take; the next tick goes on
_SAFE_PART = 0.75  # of a lease: what starts later might still be under way when others claim it
_FOR_GOOD = 500  # and above, an answer of SMTP is final; below it, as of greylisting, asking again helps


def send_due_messages() -> int:
    """Send what is due, for half a minute at most; returns how many were sent. One failure never stops the others."""
    sent, enough = 0, time.monotonic() + _ENOUGH
    while (now := time.monotonic()) < enough and (messages := claim_messages()):
        until = min(enough, now + _SAFE_PART * settings.OUTBOX_LEASE_SECONDS)
        while messages and time.monotonic() < until:
            sent += _send(messages.pop(0))
        give_back(messages)
    return sent


def mail_id(message: Notification) -> str:
    """The same for every attempt, so that a mail which goes out twice is seen to be one."""
    domain = settings.SITE_URL.rpartition("/")[2].partition(":")[0] or "localhost"
    return f"<n{message.pk}.{message.change_set.hex}@{domain}>"


def _headers(message: Notification, rendered: Rendered) -> dict[str, str]:
    """With one click to stop such mails where they may be stopped (RFC 2369, RFC 8058)."""
    headers = {"Message-ID": mail_id(message)}
    if rendered.unsubscribe_url:
        headers["List-Unsubscribe"] = f"<{rendered.unsubscribe_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def _send(message: Notification) -> bool:
    lease = message.lease_token
    if lease is None:
        return False
    try:
        if is_unwanted(message):
            suppress_message(message.pk, lease=lease)
            return False
        rendered = render_message(message)
        if not rendered.to:
            mark_failed(message.pk, lease=lease, error="The customer left no address.", is_hopeless=True)
            return False
        mail = EmailMultiAlternatives(
            subject=rendered.subject,
            body=rendered.text,
            from_email=rendered.sender,
            to=[rendered.to],
            reply_to=[rendered.reply_to] if rendered.reply_to else None,
            headers=_headers(message, rendered),
            connection=get_connection(),
        )
        mail.attach_alternative(rendered.html, "text/html")
        for name, pdf in _attachments(message, rendered):
            mail.attach(name, pdf, "application/pdf")
        mail.send()
    except SoftTimeLimitExceeded:
        raise  # the worker must stop; the lease runs out, and the message goes out under the same id
    except SMTPRecipientsRefused as error:
        codes = [code for code, _words in error.recipients.values()]
        refused = f"The mail server refused the address: {', '.join(map(str, codes))}"
        mark_failed(message.pk, lease=lease, error=refused, is_hopeless=all(code >= _FOR_GOOD for code in codes))
        return False
    except Exception as error:
        mark_failed(message.pk, lease=lease, error=f"{type(error).__name__}: {error}")
        return False
    return mark_sent(
        message.pk,
        lease=lease,
        sent_to=rendered.to,
        subject=rendered.subject,
        text=rendered.kept(rendered.text),
        html=rendered.kept(rendered.html),
        mail_id=mail_id(message),
    )


def _attachments(message: Notification, rendered: Rendered) -> Iterator[tuple[str, bytes]]:
    if enclosure := message.context.get("enclosure"):
        yield ask(PrintEnclosure(number=enclosure))
    if message.order_id is not None:
        for number in rendered.papers:
            yield f"{number}.pdf", open_paper(paper_of(message.order_id, number))
