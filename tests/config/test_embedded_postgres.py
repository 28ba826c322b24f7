"""The embedded PostgreSQL comes back with every committed row, whatever was done to it."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pytest

from config.embedded import processes
from config.embedded.binaries import postgres_bindir
from config.embedded.errors import EmbeddedError
from config.embedded.paths import DATABASE, MAX_SOCKET_PATH, SUPERUSER, Layout
from config.embedded.postgres import Postgres

START = "import sys; from pathlib import Path; from config.embedded.paths import Layout; " + (
    "from config.embedded.postgres import Postgres; from config.embedded.valkey import Valkey; "
    "print([Server(Layout(Path(sys.argv[1]))).start() for Server in (Postgres, Valkey)])"
)


def connect(server: Postgres) -> psycopg.Connection:
    return psycopg.connect(host=str(server.layout.postgres_socket), user=SUPERUSER, dbname=DATABASE, autocommit=True)


def pid_of(server: Postgres) -> int:
    pid = server.pid()
    assert pid is not None
    return pid


def test_starting_twice_starts_once(postgres: Postgres) -> None:
    assert postgres.start() is True
    assert postgres.start() is False
    assert postgres.stop() is True
    assert postgres.stop() is False
    assert postgres.pid() is None


def test_durability_and_private_files(postgres: Postgres) -> None:
    postgres.start()
    with connect(postgres) as connection:
        for setting, expected in {"fsync": "on", "synchronous_commit": "on", "listen_addresses": ""}.items():
            assert connection.execute(f"SHOW {setting}").fetchone() == (expected,)
        assert connection.execute("SELECT lower('ÄÖ')").fetchone() == ("äö",)
    for folder in (postgres.folder, postgres.layout.postgres_socket):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_kill_9_loses_no_commit(postgres: Postgres) -> None:
    postgres.start()
    connection = connect(postgres)
    connection.execute("CREATE TABLE kept (id int)")
    for round_ in range(3):
        connection.execute("INSERT INTO kept VALUES (%s)", [round_])
        os.kill(pid_of(postgres), signal.SIGKILL)
        assert postgres.start() is True
        connection = connect(postgres)
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (round_ + 1,)
    connection.close()


def test_kill_9_while_a_backend_is_busy(postgres: Postgres) -> None:
    """A busy backend misses that its postmaster died and holds the shared memory: it must be ended."""
    postgres.start()
    query = "SELECT count(*) FROM generate_series(1, 1000000000000)"
    code = f"import psycopg, sys; psycopg.connect(sys.argv[1]).execute('{query}')"
    where = f"host={postgres.layout.postgres_socket} user={SUPERUSER} dbname={DATABASE}"
    client = subprocess.Popen([sys.executable, "-c", code, where], stderr=subprocess.DEVNULL)
    with connect(postgres) as connection:
        busy = f"SELECT count(*) FROM pg_stat_activity WHERE query = '{query}'"
        assert processes.wait_until(lambda: connection.execute(busy).fetchone() == (1,), patience=20)
    os.kill(pid_of(postgres), signal.SIGKILL)
    started = time.monotonic()
    assert postgres.start() is True
    assert time.monotonic() - started < 30
    client.wait(10)


@pytest.mark.parametrize("lie", ["a stranger", "nobody", "a zombie", "nonsense"])
def test_stale_pid_file(postgres: Postgres, lie: str) -> None:
    postgres.start()
    pid_file = postgres.folder / "data" / "postmaster.pid"
    lock_file = postgres.socket.with_name(f"{postgres.socket.name}.lock")
    text = pid_file.read_text()
    postgres.stop()
    stranger = subprocess.Popen(["sleep", "60"], start_new_session=True)
    if lie in {"a zombie", "nobody"}:
        stranger.kill()
        processes.wait_until(lambda: not processes.is_running(stranger.pid), patience=5)
    if lie == "nobody":
        stranger.wait()
    first, _, rest = text.partition("\n")
    pid_file.write_text("nonsense" if lie == "nonsense" else f"{stranger.pid}\n{rest}")
    lock_file.write_text(pid_file.read_text())
    try:
        assert first != str(stranger.pid)
        assert postgres.pid() is None
        assert postgres.start() is True
        if lie == "a stranger":
            assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_half_made_cluster_is_made_again(postgres: Postgres) -> None:
    postgres.start()
    postgres.stop()
    (postgres.folder / "data").rename(postgres.folder / "data.new")
    (postgres.folder / "data.new" / "PG_VERSION").unlink()
    assert postgres.start() is True


def test_eight_processes_at_once(postgres: Postgres, valkey: object, var: Path) -> None:
    starters = [
        subprocess.Popen([sys.executable, "-c", START, str(var)], stdout=subprocess.PIPE, text=True) for _ in range(8)
    ]
    answers = sorted(starter.communicate(timeout=100)[0].strip() for starter in starters)
    assert [starter.returncode for starter in starters] == [0] * 8
    flat = "".join(answers)
    assert flat.count("True") == 2
    assert flat.count("False") == 14
    with connect(postgres) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_other_major_version_is_refused_by_name(postgres: Postgres) -> None:
    postgres.start()
    postgres.stop()
    (postgres.folder / "data" / "PG_VERSION").write_text("9\n")
    with pytest.raises(EmbeddedError, match="was made by PostgreSQL 9"):
        postgres.start()


def test_long_project_path_moves_only_the_socket() -> None:
    with tempfile.TemporaryDirectory(prefix="oms-test-") as root:
        Path(root).chmod(0o755)
        server = Postgres(Layout(Path(root) / ("long" * 30) / "var"))
        assert len(str(server.socket)) <= MAX_SOCKET_PATH
        assert server.folder.is_relative_to(root)
        try:
            server.start()
            connect(server).close()
        finally:
            server.erase()
        assert not server.layout.postgres_socket.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as another account")
def test_root_in_a_folder_that_the_account_cannot_reach() -> None:
    """As under /root: the state moves to a private folder elsewhere, and the parent's mode is left alone."""
    with tempfile.TemporaryDirectory(prefix="oms-test-") as root:
        assert stat.S_IMODE(Path(root).stat().st_mode) == 0o700
        server = Postgres(Layout(Path(root) / "var"))
        assert server.folder.parent == Path("/var/tmp")
        try:
            server.start()
            connect(server).close()
            assert stat.S_IMODE(Path(root).stat().st_mode) == 0o700
            assert stat.S_IMODE(server.folder.stat().st_mode) == 0o700
            assert Path(f"/proc/{server.pid()}").stat().st_uid != 0
        finally:
            server.erase()
        assert not server.folder.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as another account")
def test_programs_that_the_account_cannot_read_are_copied(postgres: Postgres, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OMS_PG_BINDIR", raising=False)
    wheel = postgres_bindir().parents[1]
    with tempfile.TemporaryDirectory(prefix="oms-test-") as root:
        hidden = Path(root) / "site-packages"
        shutil.copytree(wheel, hidden / wheel.name, ignore=shutil.ignore_patterns("include", "*.a"))
        shutil.copytree(wheel.with_name(f"{wheel.name}.libs"), hidden / f"{wheel.name}.libs")
        monkeypatch.setenv("OMS_PG_BINDIR", str(hidden / wheel.name / "pginstall" / "bin"))
        server = Postgres(postgres.layout)
        server.start()
        assert server._bindir.is_relative_to(server.folder)
        connect(server).close()
        server.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to make a stranger's folder")
def test_a_strangers_folder_is_refused(var: Path) -> None:
    server = Postgres(Layout(var))
    server.folder.mkdir(parents=True)
    os.chown(server.folder, 4242, 4242)
    with pytest.raises(EmbeddedError, match="belongs to another user"):
        server.start()


def test_full_server_counts_as_running(postgres: Postgres) -> None:
    """No free connection is no reason to start a second server, or to kill this one."""
    postgres.start()
    (postgres.folder / "data" / "postgresql.auto.conf").write_text("max_connections = 5\n")
    postgres.stop()
    postgres.start()
    pid = postgres.pid()
    held = []
    with pytest.raises(psycopg.OperationalError):
        for _ in range(6):
            held.append(connect(postgres))
    assert postgres.start() is False
    assert postgres.pid() == pid
    for connection in held:
        connection.close()
