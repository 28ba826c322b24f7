"""The embedded Valkey comes back with its queue after a kill -9, and listens on no port."""

import os
import signal
import stat
from pathlib import Path

import redis

from config.embedded import processes
from config.embedded.paths import MAX_SOCKET_PATH, Layout
from config.embedded.valkey import Valkey


def client(server: Valkey) -> redis.Redis:
    return redis.Redis(unix_socket_path=str(server.socket))


def test_starting_twice_starts_once(valkey: Valkey) -> None:
    assert valkey.start() is True
    assert valkey.start() is False
    assert valkey.stop() is True
    assert valkey.stop() is False
    assert valkey.pid() is None


def test_kill_9_keeps_the_queue(valkey: Valkey) -> None:
    valkey.start()
    client(valkey).rpush("queue", "a", "b")
    pid = valkey.pid()
    assert pid is not None
    assert processes.wait_until(
        lambda: valkey._ask("INFO persistence").count("aof_pending_bio_fsync:0") == 1, patience=5
    )
    os.kill(pid, signal.SIGKILL)
    assert valkey.start() is True
    assert client(valkey).lrange("queue", 0, -1) == [b"a", b"b"]


def test_settings_that_a_broker_needs(valkey: Valkey) -> None:
    valkey.start()
    config = client(valkey).config_get("*")
    assert config["maxmemory-policy"] == "noeviction"
    assert config["appendonly"] == "yes"
    assert config["port"] == "0"
    assert stat.S_IMODE(valkey.socket.stat().st_mode) == 0o700
    assert stat.S_IMODE(valkey.folder.stat().st_mode) == 0o700


def test_stale_files_do_not_matter(valkey: Valkey) -> None:
    valkey.start()
    valkey.stop()
    (valkey.folder / "valkey.pid").write_text(f"{os.getpid()}\n")
    valkey.socket.write_text("not a socket")
    assert valkey.start() is True


def test_long_project_path_moves_only_the_socket(var: Path) -> None:
    server = Valkey(Layout(var / ("long" * 30)))
    assert len(str(server.socket)) <= MAX_SOCKET_PATH
    try:
        server.start()
        assert client(server).ping()
    finally:
        server.erase()
    assert not server.socket.parent.exists()
