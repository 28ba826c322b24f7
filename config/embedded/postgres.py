"""PostgreSQL for a laptop and the tests: durable commits, no TCP, and back up again after any kill -9."""

import os
import shutil
import subprocess
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from psycopg import pq

from config.embedded import folders, processes
from config.embedded.binaries import postgres_bindir, readable_bindir
from config.embedded.errors import EmbeddedError
from config.embedded.locks import exclusive
from config.embedded.paths import DATABASE, PORT, SUPERUSER, Layout

START_PATIENCE = 60.0  # seconds; crash recovery after a kill -9 takes its time
LOG_LIMIT = 10_000_000

CONFIGURATION = """\
# Written at every start by config/embedded/postgres.py.
listen_addresses = ''
port = {port}
unix_socket_directories = '{socket}'
unix_socket_permissions = 0700
cluster_name = '{cluster}'
max_connections = 200
shared_buffers = 256MB
work_mem = 8MB
maintenance_work_mem = 128MB
max_wal_size = 2GB
checkpoint_timeout = 15min
wal_compression = on
random_page_cost = 1.1
jit = off
log_lock_waits = on
log_timezone = 'UTC'
timezone = 'UTC'
"""


@dataclass(frozen=True)
class Postgres:
    """One cluster in one private folder; fsync stays on, so a commit is a commit here too."""

    layout: Layout
    name = "postgresql"

    @property
    def folder(self) -> Path:
        return self.layout.postgres

    @property
    def socket(self) -> Path:
        return self.layout.postgres_socket / f".s.PGSQL.{PORT}"

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    @property
    def _log(self) -> Path:
        return self.folder / "postgresql.log"

    @cached_property
    def _bindir(self) -> Path:
        return readable_bindir(postgres_bindir(), self.folder, self.layout.account)

    def start(self) -> bool:
        """Make sure that it answers and that the database is there; True if it wasn't running."""
        folders.make_var(self.layout.var)
        with self._lock():
            if self._settled():
                return False
            self._prepare()
            self._clear_what_a_crash_left()
            self._launch()
            return True

    def stop(self) -> bool:
        """Shut down cleanly, ending open sessions; False if it wasn't running."""
        if not self.layout.var.exists():
            return False
        with self._lock():
            if self.pid() is None:
                return False
            self._run("pg_ctl", "stop", "-D", str(self._data), "-m", "fast", "-w", "-t", "30")
            return True

    def erase(self) -> None:
        """Stop, and delete every trace."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.rmtree(self.layout.postgres_socket, ignore_errors=True)

    def is_up(self) -> bool:
        """Whether it takes connections now (not while it starts or recovers)."""
        where = (
            f"host='{self.layout.postgres_socket}' port={PORT} user={SUPERUSER} dbname={SUPERUSER} connect_timeout=5"
        )
        return pq.PGconn.ping(where.encode()) == pq.Ping.OK

    def pid(self) -> int | None:
        """The postmaster's pid if it runs; a pid file that lies counts as nothing."""
        try:
            pid = int((self._data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (FileNotFoundError, NotADirectoryError, ValueError):
            return None
        if processes.can_look():
            return pid if self._is_postmaster(processes.command_line(pid)) and processes.is_running(pid) else None
        return pid if self.is_up() else None

    def version(self) -> str:
        program = postgres_bindir() / "postgres"
        words = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.split()
        return words[2]  # postgres (PostgreSQL) 18.6

    def _lock(self) -> AbstractContextManager[None]:
        return exclusive(self.layout.var / "postgres.lock")

    def _settled(self) -> bool:
        """Up; or on its way up or down, which we wait for: what lives is never killed."""
        if self.is_up():
            return True
        if (pid := self.pid()) is None:
            return False
        if not processes.wait_until(lambda: self.is_up() or self.pid() is None, patience=START_PATIENCE):
            raise EmbeddedError(f"PostgreSQL (pid {pid}) runs but doesn't answer; see {self._log}")
        return self.is_up()

    def _prepare(self) -> None:
        """A cluster in its own folder; made under another name first: half of one is never started."""
        if os.geteuid() == 0 and self.layout.account is None:
            raise EmbeddedError("PostgreSQL refuses to run as root, and there is no user `postgres` or `nobody`")
        folders.make_private(self.folder, self.layout.account)
        folders.make_private(self.layout.postgres_socket, self.layout.account)
        if not self._data.exists():
            unfinished = self.folder / "data.new"
            shutil.rmtree(unfinished, ignore_errors=True)
            self._run(
                "initdb",
                "-D",
                str(unfinished),
                "-U",
                SUPERUSER,
                "--auth=trust",
                "-E",
                "UTF8",
                *self._locale(),
            )
            self._run(
                "postgres",
                "--single",
                "-D",
                str(unfinished),
                SUPERUSER,
                words=f"CREATE DATABASE {DATABASE}\n",
            )
            unfinished.rename(self._data)
        self._check_major()
        self._configure()

    def _major(self) -> int:
        return int(self.version().split(".")[0])

    def _locale(self) -> list[str]:
        if self._major() >= 17:
            return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        return ["--locale=C.UTF-8"]

    def _check_major(self) -> None:
        made_by = int((self._data / "PG_VERSION").read_text())
        if made_by != self._major():
            raise EmbeddedError(
                f"{self._data} was made by PostgreSQL {made_by}, the programs are {self._major()}: "
                "`manage.py services reset` starts afresh, OMS_PG_BINDIR chooses other programs"
            )

    def _configure(self) -> None:
        configuration = self._data / "postgresql.conf"
        text = CONFIGURATION.format(port=PORT, socket=self.layout.postgres_socket, cluster=self.layout.name)
        configuration.write_text(text)
        if self._log.exists() and self._log.stat().st_size > LOG_LIMIT:
            self._log.replace(self._log.with_suffix(".log.1"))

    def _clear_what_a_crash_left(self) -> None:
        """Backends outlive a killed postmaster for a while; the pid in its files may be a zombie's or a stranger's.

        We hold the lock and there is no postmaster, so nothing that still runs is of use. PostgreSQL's own
        check refuses to start for as long as a process of that pid exists.
        """
        if processes.can_look():
            processes.end(lambda: processes.find(self._is_ours))
            for claim in (self._data / "postmaster.pid", self.socket.with_name(f"{self.socket.name}.lock")):
                claim.unlink(missing_ok=True)

    def _launch(self) -> None:
        """Start and wait. While an old backend holds the shared memory PostgreSQL says no: ask again."""
        arguments = [
            "start",
            "-D",
            str(self._data),
            "-l",
            str(self._log),
            "-w",
            "-t",
            str(int(START_PATIENCE)),
        ]
        refused: list[EmbeddedError] = []

        def started() -> bool:
            try:
                self._run("pg_ctl", *arguments)
            except EmbeddedError as error:
                refused.append(error)
                return False
            return True

        if not processes.wait_until(started, patience=20) or not processes.wait_until(self.is_up, patience=15):
            last_words = self._log.read_text(errors="replace")[-2000:] if self._log.exists() else ""
            raise EmbeddedError(
                f"PostgreSQL doesn't start ({self._log}):\n{last_words}{refused[-1] if refused else ''}"
            )

    def _is_postmaster(self, command_line: list[str]) -> bool:
        return command_line[1:3] == ["-D", str(self._data)] and Path(command_line[0]).name == "postgres"

    def _is_ours(self, command_line: list[str]) -> bool:
        return self._is_postmaster(command_line) or command_line[0].startswith(f"postgres: {self.layout.name}: ")

    def _run(self, program: str, *arguments: str, words: str = "") -> None:
        """Run one of PostgreSQL's programs as the server's account; `words` go to its input."""
        account = self.layout.account
        done = subprocess.run(
            [self._bindir / program, *arguments],
            input=words,
            capture_output=True,
            text=True,
            cwd=self.folder,
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            umask=0o077,
            start_new_session=True,
            check=False,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
        if done.returncode != 0:
            raise EmbeddedError(f"{program} failed: {done.stderr or done.stdout}")
