"""The mails that the demo's SMTP sink kept, read from their files: for the mailbox page, outside production only."""

import email
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default
from functools import lru_cache
from pathlib import Path

FITTING_ID = re.compile(r"[0-9-]{1,80}")


@dataclass(frozen=True)
class Mail:
    """One mail as it arrived."""

    id: str
    to: str
    sender: str
    subject: str
    date: datetime
    text: str
    html: str
    message_id: str
    headers: tuple[tuple[str, str], ...]

    def as_json(self) -> dict[str, object]:
        """The shape of `?format=json`."""
        return {
            "id": self.id,
            "to": self.to,
            "from": self.sender,
            "subject": self.subject,
            "date": self.date.isoformat(),
            "text": self.text,
            "html": self.html,
            "message_id": self.message_id,
            "headers": dict(self.headers),
        }


def mails(folder: Path, *, to: str = "") -> list[Mail]:
    """All mails, newest first; with `to`, only those to this address."""
    names = sorted((path.stem for path in folder.glob("*.eml")), key=_arrival, reverse=True)
    found = (_read(folder / f"{name}.eml") for name in names)
    return [mail for mail in found if not to or to.lower() in mail.to.lower()]


def mail(folder: Path, name: str) -> Mail | None:
    """The mail of this id, if there is one."""
    path = folder / f"{name}.eml"
    return _read(path) if FITTING_ID.fullmatch(name) and path.exists() else None


def _arrival(name: str) -> tuple[int, ...]:
    return tuple(int(part) for part in name.split("-"))


@lru_cache(maxsize=5000)
def _read(path: Path) -> Mail:
    """Files never change, so each is parsed once per process."""
    message: EmailMessage = email.message_from_bytes(path.read_bytes(), policy=default)
    return Mail(
        id=path.stem,
        to=str(message["X-Envelope-To"] or message["To"] or ""),
        sender=str(message["From"] or ""),
        subject=" ".join(str(message["Subject"] or "").split()),  # a folded header brings white space
        date=datetime.fromtimestamp(int(path.stem.split("-")[0]) / 1e9, tz=UTC),
        text=_body(message, "plain"),
        html=_body(message, "html"),
        message_id=str(message["Message-ID"] or ""),
        headers=tuple((key, str(value)) for key, value in message.items()),
    )


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    return str(part.get_content()).replace("\r\n", "\n") if part is not None else ""
