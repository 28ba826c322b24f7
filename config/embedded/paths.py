"""Where the embedded servers live: pure computation, so that settings may import it without side effects.

Everything is inside the project's ignored `var/` folder, with two exceptions that have no way around them:

* A socket path longer than the kernel allows moves the socket (only it) to a short folder under /tmp.
* PostgreSQL refuses to run as root, so root runs it as `postgres` or `nobody`. When that account can't reach
  `var/` (a project under /root, say), its state goes to a private folder under /var/tmp that is named after
  the project's path.
"""

import hashlib
import os
import pwd
import stat
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

MAX_SOCKET_PATH = 107
PORT = 5432  # only a part of the socket's name: nothing listens on TCP
DATABASE = "oms"
SUPERUSER = "postgres"


@dataclass(frozen=True)
class Account:
    """The user that PostgreSQL runs as when we are root."""

    name: str
    uid: int
    gid: int

    def can_reach(self, folder: Path) -> bool:
        """Whether every existing folder on the way to (and including) this one lets the account through."""
        way = [folder, *folder.parents]
        return all(self._may_enter(step) for step in way if step.exists())

    def _may_enter(self, folder: Path) -> bool:
        found = folder.stat()
        if found.st_uid == self.uid:
            return bool(found.st_mode & stat.S_IXUSR)
        if found.st_gid == self.gid:
            return bool(found.st_mode & stat.S_IXGRP)
        return bool(found.st_mode & stat.S_IXOTH)


def server_account() -> Account | None:
    """The account PostgreSQL needs: nobody special, unless we are root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    return None


@dataclass(frozen=True)
class Layout:
    """Every path of the embedded servers, from the one folder `var`."""

    var: Path

    @cached_property
    def account(self) -> Account | None:
        return server_account()

    @cached_property
    def postgres(self) -> Path:
        """PostgreSQL's private folder: data, log, socket and, if need be, a copy of the programs."""
        inside = self.var / "postgres"
        if self.account is None or self.account.can_reach(self.var.parent):
            return inside
        return Path("/var/tmp") / f"{self.name}-postgres"  # noqa: S108 (private: mode 0700, owner checked)

    @cached_property
    def postgres_socket(self) -> Path:
        """The folder of PostgreSQL's socket."""
        inside = self.postgres / "socket"
        return inside if _fits(inside / f".s.PGSQL.{PORT}") else self._short("postgres-socket")

    @cached_property
    def valkey(self) -> Path:
        return self.var / "valkey"

    @cached_property
    def valkey_socket(self) -> Path:
        """Valkey's socket itself."""
        inside = self.valkey / "valkey.sock"
        return inside if _fits(inside) else self._short("valkey-socket") / "valkey.sock"

    @cached_property
    def name(self) -> str:
        """Tells this project's folders outside `var` and its processes from those of another one."""
        return "oms-" + hashlib.sha256(f"{os.geteuid()}:{self.var}".encode()).hexdigest()[:12]

    def _short(self, what: str) -> Path:
        return Path("/tmp") / f"{self.name}-{what}"  # noqa: S108 (private: mode 0700, owner checked)


def _fits(path: Path) -> bool:
    return len(os.fsencode(path)) <= MAX_SOCKET_PATH
