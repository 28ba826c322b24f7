"""A mail server that keeps everything and sends nothing: `python -m config.mailbox.sink PORT FOLDER`.

Each mail is one file, on the disk before the sender hears 250, so the folder is a truthful journal of what was sent.
"""

import asyncio
import os
import signal
import sys
import time
from itertools import count
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session


class Sink:
    """Handles each accepted message by storing it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count(1)
        folder.mkdir(parents=True, exist_ok=True)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002
        """Store, then say so."""
        self._store(envelope)
        return "250 Kept"

    def _store(self, envelope: Envelope) -> None:
        name = f"{time.time_ns()}-{os.getpid()}-{next(self._numbers)}"
        recipients = f"X-Envelope-To: {', '.join(envelope.rcpt_tos)}\r\n".encode()
        unfinished = self._folder / f"{name}.tmp"
        with unfinished.open("wb") as file:
            file.write(recipients + (envelope.original_content or b""))
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(self._folder / f"{name}.eml")
        directory = os.open(self._folder, os.O_RDONLY)
        os.fsync(directory)
        os.close(directory)


async def serve(port: int, folder: Path) -> None:
    """Listen on loopback until SIGTERM."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    sink = Sink(folder)
    server = await loop.create_server(lambda: SMTP(sink, hostname="localhost", enable_SMTPUTF8=True), "127.0.0.1", port)
    async with server:
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
