"""The programs of a demo: web, worker, beat and the SMTP sink, as the supervisor runs them."""

import socket
import sys
from pathlib import Path

from config.celery import QUEUES, queue_name
from config.supervisor import Program

PYTHON = (sys.executable, "-u")


def programs(*, port: int, mail_dir: Path) -> list[Program]:
    """All of them. They run as production would, without debug pages, and send their mail to the sink."""
    mail_port = free_port()
    environment = {
        "DEBUG": "0",
        "SITE_URL": site_url(port),
        "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",
        "PYTHONUNBUFFERED": "1",
    }
    queues = ",".join(queue_name(queue) for queue in QUEUES)
    worker = f"celery -A config worker --concurrency 2 --without-gossip --without-mingle --loglevel INFO -Q {queues}"
    commands = {
        "web": [*web_command(port), "--respawn-failed-workers"],
        "worker": [*PYTHON, "-m", *worker.split()],
        "beat": [*PYTHON, "-m", "celery", "-A", "config", "beat", "--loglevel", "WARNING", "--pidfile="],
        "mail": [*PYTHON, "-m", "config.mailbox.sink", str(mail_port), str(mail_dir)],
    }
    # All of them start at once, on few cores: people wait for the web, so it goes first.
    return [
        Program(name, command, environment, niceness=0 if name == "web" else 10) for name, command in commands.items()
    ]


def web_command(port: int) -> list[str]:
    """The web server, as docs/operations.md starts it: a worker per core, and threads that wait for gateways."""
    options = f"--interface wsgi --host 127.0.0.1 --port {port} --workers 2 --blocking-threads 4 --no-ws"
    return [*PYTHON, "-m", "granian", "config.wsgi:application", *options.split()]


def site_url(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    """Whether we could listen there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
