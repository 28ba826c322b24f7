"""CPU time of a process and everything below it, living or dead, as the operating system counted it."""

import os
from collections import defaultdict
from pathlib import Path

_PROC = Path("/proc")
_TICK = os.sysconf("SC_CLK_TCK") if _PROC.exists() else 100


class NotVisible(Exception):
    """The process isn't one of this machine's, or this system has no /proc."""


def cpu_seconds(root: int) -> float:
    """User and system time of ``root``, its living descendants, and those that ended and were waited for."""
    children: defaultdict[int, list[int]] = defaultdict(list)
    spent: dict[int, float] = {}
    for pid in (int(entry.name) for entry in _PROC.iterdir() if entry.name.isdigit()):
        if fields := _stat(pid):
            children[int(fields[1])].append(pid)
            spent[pid] = sum(map(int, fields[11:15])) / _TICK  # utime, stime, and the same of children that ended
    if root not in spent:
        raise NotVisible(f"process {root} can't be seen from here")
    total, below = 0.0, [root]
    while below:
        pid = below.pop()
        total += spent[pid]
        below += children[pid]
    return total


def postmaster_of(backend: int) -> int:
    """The PostgreSQL server that a backend belongs to. Raises ``NotVisible`` when it runs somewhere else."""
    title = _PROC / str(backend) / "cmdline"
    try:
        is_postgres = title.read_bytes().startswith(b"postgres: ")
    except OSError:
        is_postgres = False
    fields = _stat(backend) if is_postgres else []
    if not fields:
        raise NotVisible("the database server runs on another machine")
    return int(fields[1])


def _stat(pid: int) -> list[str]:
    """The numbers of /proc/<pid>/stat after the program's name: state, parent, ...; empty when it is gone."""
    try:
        return (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
