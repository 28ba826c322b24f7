"""Private folders for the servers: made with mode 0700 and the right owner, never taken from a stranger."""

import os
import stat
from pathlib import Path

from config.embedded.errors import EmbeddedError
from config.embedded.paths import Account


def make_var(var: Path) -> None:
    """Create `var` (and only what is missing above it), open enough for the server's account to pass."""
    missing = [folder for folder in [var, *var.parents] if not folder.exists()]
    for folder in reversed(missing):
        folder.mkdir(exist_ok=True)
        if os.geteuid() == 0:
            folder.chmod(0o755)
    if os.geteuid() == 0 and not var.stat().st_mode & 0o001:
        var.chmod(var.stat().st_mode | 0o011)


def make_private(folder: Path, account: Account | None = None) -> None:
    """Create a folder that only the server's account (or else we) can enter; refuse somebody else's."""
    uid, gid = (account.uid, account.gid) if account else (os.geteuid(), os.getegid())
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {uid, os.geteuid()}:
        raise EmbeddedError(f"{folder} belongs to another user; remove it or set OMS_VAR_DIR to another folder")
    if found.st_uid != uid:
        os.chown(folder, uid, gid)
    if found.st_mode & 0o077:
        folder.chmod(0o700)


def give_away(tree: Path, account: Account | None) -> None:
    """Hand a whole tree over to the server's account."""
    if account is None:
        return
    for folder, _, files in os.walk(tree):
        os.chown(folder, account.uid, account.gid)
        for name in files:
            os.chown(Path(folder) / name, account.uid, account.gid, follow_symlinks=False)


def size(tree: Path) -> int:
    """Bytes below a folder; files that vanish meanwhile don't count."""
    total = 0
    for folder, _, files in os.walk(tree):
        for name in files:
            try:
                total += (Path(folder) / name).lstat().st_size
            except FileNotFoundError:
                continue
    return total
