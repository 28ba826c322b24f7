"""Looking at processes through /proc; where there is none (macOS), the servers' own checks have to do."""

import contextlib
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

PROC = Path("/proc")


def can_look() -> bool:
    return (PROC / "self" / "cmdline").exists()


def is_running(pid: int) -> bool:
    """Whether the process exists and isn't a zombie (one that nobody reaps looks alive to `kill(pid, 0)`)."""
    try:
        fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return fields[0] not in {"Z", "X"}


def command_line(pid: int) -> list[str]:
    """The words of a process's command line (or the title it has given itself); empty when it is gone."""
    try:
        return (PROC / str(pid) / "cmdline").read_text(errors="replace").rstrip("\0").split("\0")
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return []


def find(matches: Callable[[list[str]], bool]) -> list[int]:
    """The running processes whose command line matches."""
    pids = [int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit()]
    return [pid for pid in pids if (words := command_line(pid)) and matches(words) and is_running(pid)]


def end(pids: Callable[[], list[int]], *, patience: float = 5.0) -> None:
    """Ask the processes to quit at once, and kill those that don't."""
    deadline = time.monotonic() + patience
    wanted = signal.SIGQUIT
    while remaining := pids():
        for pid in remaining:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, wanted)
        time.sleep(0.05)
        if time.monotonic() > deadline:
            wanted = signal.SIGKILL


def wait_until(condition: Callable[[], bool], *, patience: float) -> bool:
    """Poll until the condition holds; False when it didn't within `patience` seconds."""
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
