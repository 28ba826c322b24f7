"""Valkey for a laptop and the tests: Celery's broker and the cache, on a socket, kept in a file."""

import contextlib
import os
import shutil
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

from config.embedded import folders, processes
from config.embedded.binaries import valkey_server
from config.embedded.errors import EmbeddedError
from config.embedded.locks import exclusive
from config.embedded.paths import Layout


@dataclass(frozen=True)
class Valkey:
    """One server in one private folder."""

    layout: Layout
    name = "valkey"

    @property
    def folder(self) -> Path:
        return self.layout.valkey

    @property
    def socket(self) -> Path:
        return self.layout.valkey_socket

    def start(self) -> bool:
        """Make sure that it answers; True if it wasn't running."""
        folders.make_var(self.layout.var)
        with self._lock():
            if self._settled():
                return False
            folders.make_private(self.folder)
            folders.make_private(self.socket.parent)
            self._launch()
            if not processes.wait_until(self.is_up, patience=30):
                raise EmbeddedError(f"Valkey doesn't answer; see {self.folder / 'valkey.log'}")
            return True

    def stop(self) -> bool:
        """Save and stop; False if it wasn't running."""
        if not self.layout.var.exists():
            return False
        with self._lock():
            pid = self.pid()
            if pid is None:
                return False
            self._ask("SHUTDOWN")
            gone = (lambda: not processes.is_running(pid)) if processes.can_look() else (lambda: not self._listens())
            if not processes.wait_until(gone, patience=30):
                raise EmbeddedError(f"Valkey (pid {pid}) doesn't stop; see {self.folder / 'valkey.log'}")
            return True

    def erase(self) -> None:
        """Stop, and delete every trace."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
        if self.socket.parent != self.folder:
            shutil.rmtree(self.socket.parent, ignore_errors=True)

    def is_up(self) -> bool:
        """Whether it answers now (while it reads its file after a crash it says LOADING instead)."""
        return self._ask("PING").startswith("+PONG")

    def pid(self) -> int | None:
        found = self._info("process_id")
        return int(found) if found else None

    def version(self) -> str:
        program = valkey_server()
        words = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.split()
        return next((word.removeprefix("v=") for word in words if word.startswith("v=")), "unknown")

    def _lock(self) -> contextlib.AbstractContextManager[None]:
        return exclusive(self.layout.var / "valkey.lock")

    def _settled(self) -> bool:
        """Up; or on its way up, which we wait for rather than start a second one on the same files."""
        return self.is_up() or (self._listens() and processes.wait_until(self.is_up, patience=30))

    def _launch(self) -> None:
        arguments = {
            "daemonize": "yes",
            "port": "0",
            "unixsocket": self.socket,
            "unixsocketperm": "700",
            "dir": self.folder,
            "pidfile": self.folder / "valkey.pid",
            "logfile": self.folder / "valkey.log",
            "appendonly": "yes",
            "maxmemory-policy": "noeviction",
        }
        words = [str(word) for key, value in arguments.items() for word in (f"--{key}", value)]
        done = subprocess.run(
            [valkey_server(), *words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            cwd=self.folder,
            env={"PATH": os.defpath},
            umask=0o077,
            check=False,
        )
        if done.returncode != 0:
            raise EmbeddedError(f"Valkey doesn't start: {done.stderr or done.stdout}")

    def _info(self, key: str) -> str | None:
        for line in self._ask("INFO server").splitlines():
            if line.startswith(f"{key}:"):
                return line.partition(":")[2]
        return None

    def _listens(self) -> bool:
        with contextlib.closing(socket.socket(socket.AF_UNIX)) as connection:
            return connection.connect_ex(str(self.socket)) == 0

    def _ask(self, command: str) -> str:
        """One inline command and the first piece of its answer; empty when nobody answers."""
        with contextlib.closing(socket.socket(socket.AF_UNIX)) as connection:
            connection.settimeout(2)
            try:
                connection.connect(str(self.socket))
                connection.sendall(f"{command}\r\n".encode())
                return connection.recv(65536).decode(errors="replace")
            except OSError:
                return ""
