"""The sink keeps every mail that it has acknowledged; the mailbox shows them, as a page and as JSON."""

import signal
import smtplib
import socket
import subprocess
import sys
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.templatetags.static import static
from django.test import Client
from pytest_django import Settings

from config.embedded.processes import wait_until


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Path:
    settings.MAIL_DIR = tmp_path / "mail"
    return tmp_path / "mail"


@pytest.fixture
def sink(folder: Path) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "config.mailbox.sink", str(port), str(folder)]
    process = subprocess.Popen(command, cwd=django_settings.BASE_DIR)
    assert wait_until(lambda: listens(port), patience=20)
    yield port, process
    process.kill()
    process.wait()


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def letter(number: int) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Laden <shop@example.com>"
    message["To"] = "ada@example.com"
    message["Subject"] = f"Größe {number}: your order"
    message["Message-ID"] = f"<{number}@example.com>"
    message.set_content(f"Hällo, see https://shop.example.com/o/{number}\n")
    message.add_alternative(f"<h1>Hällo {number}</h1><script>alert(1)</script>", subtype="html")
    return message


def send(port: int, *messages: EmailMessage) -> None:
    with smtplib.SMTP("127.0.0.1", port) as connection:
        for message in messages:
            connection.send_message(message)


def test_what_was_acknowledged_survives_kill_9(client: Client, sink: tuple[int, subprocess.Popen[bytes]]) -> None:
    port, process = sink
    send(port, *(letter(number) for number in range(3)))
    process.send_signal(signal.SIGKILL)
    found = client.get("/mailbox/?format=json").json()
    assert [mail["message_id"] for mail in found] == ["<2@example.com>", "<1@example.com>", "<0@example.com>"]
    mail = found[0]
    assert set(mail) == {"id", "to", "from", "subject", "date", "text", "html", "message_id", "headers"}
    assert mail["to"] == "ada@example.com"
    assert mail["from"] == "Laden <shop@example.com>"
    assert mail["subject"] == "Größe 2: your order"
    assert mail["text"] == "Hällo, see https://shop.example.com/o/2\n"
    assert mail["headers"]["Message-ID"] == "<2@example.com>"


def test_pages(client: Client, sink: tuple[int, subprocess.Popen[bytes]]) -> None:
    send(sink[0], letter(7))
    assert "Größe 7" in client.get("/mailbox/").content.decode()
    assert "No mail to" in client.get("/mailbox/?to=someone.else").content.decode()
    name = client.get("/mailbox/?format=json&to=ADA@").json()[0]["id"]
    assert "<iframe" in client.get(f"/mailbox/{name}").content.decode()
    text = client.get(f"/mailbox/{name}?show=text").content.decode()
    assert '<a href="https://shop.example.com/o/7"' in text
    body = client.get(f"/mailbox/{name}/body")
    assert "Hällo 7" in body.content.decode()
    policy = body["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert body["X-Frame-Options"] == "SAMEORIGIN"


def test_a_long_subject_is_unfolded(client: Client, folder: Path) -> None:
    folder.mkdir()
    (folder / "1-2.eml").write_bytes(b"To: ada@example.com\nSubject:\n Your order\n 1234 is on its way\n\nHello\n")
    assert client.get("/mailbox/?format=json").json()[0]["subject"] == "Your order 1234 is on its way"
    page = client.get("/mailbox/?to=ada").content.decode()
    assert "<h1>Mails to ada</h1>" in page


def test_the_icon_that_browsers_ask_for_by_themselves(client: Client) -> None:
    answer = client.get("/favicon.ico")
    assert (answer.status_code, answer["Location"]) == (302, static("favicon.svg"))


@pytest.mark.parametrize("name", ["1-2-3", "..", "%2e%2e%2fsecret", "nothing"])
def test_no_such_mail(client: Client, folder: Path, name: str) -> None:
    assert client.get(f"/mailbox/{name}").status_code == 404


def test_empty(client: Client, folder: Path) -> None:
    assert client.get("/mailbox/?format=json").json() == []
    assert "No mail yet" in client.get("/mailbox/").content.decode()
