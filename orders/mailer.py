"""Send one claimed message by mail."""

import smtplib

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from orders.models import Notification
from orders.services.outbox import claim_messages, mark_failed, mark_sent
from orders.services.render import render_message

# 5xx answers about the address itself: asking again won't help.
_HOPELESS = (smtplib.SMTPRecipientsRefused,)


def send_due_messages() -> int:
    """Send all that is due; returns how many were sent. A failure of one never stops the others."""
    sent = 0
    while messages := claim_messages():
        for message in messages:
            sent += _send(message)
    return sent


def mail_id(message: Notification) -> str:
    """The same for every attempt, so that a mail which goes out twice is seen to be one."""
    domain = settings.SITE_URL.rpartition("/")[2].partition(":")[0] or "localhost"
    return f"<n{message.pk}.{message.change_set.hex}@{domain}>"


def _send(message: Notification) -> bool:
    lease = message.lease_token
    if lease is None:
        return False
    try:
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
            headers={"Message-ID": mail_id(message)},
            connection=get_connection(),
        )
        mail.attach_alternative(rendered.html, "text/html")
        mail.send()
    except _HOPELESS as error:
        mark_failed(message.pk, lease=lease, error=type(error).__name__, is_hopeless=True)
        return False
    except Exception as error:
        mark_failed(message.pk, lease=lease, error=f"{type(error).__name__}: {error}")
        return False
    return mark_sent(
        message.pk,
        lease=lease,
        sent_to=rendered.to,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        mail_id=mail_id(message),
    )
