"""Keeps a few programs running: starts them, restarts what dies, writes down what they say, and leaves nobody behind.

One thread and one loop. Every program leads a process group of its own, so that a Ctrl-C reaches only us, and so
that whatever a dead program has left behind can be ended before it is started again.
"""

import ctypes
import logging
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import FrameType

FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0  # seconds before a program that died is started again
GOOD_RUN = 60.0  # after so many seconds a death counts as the first one
GRACE = 15.0  # seconds between "please stop" and the kill
PR_SET_PDEATHSIG = 1


@dataclass
class Program:
    """One program and its present process; the higher its ``niceness``, the more it lets the others go first."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    niceness: int = 0
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    due_at: float = 0.0
    wait: float = FIRST_WAIT
    unfinished_line: bytes = b""

    @property
    def pid(self) -> int | None:
        return self.process.pid if self.process else None


class Supervisor:
    """Runs the programs until SIGTERM, SIGINT or SIGHUP; `watch` is called every few seconds meanwhile."""

    def __init__(
        self,
        programs: Sequence[Program],
        log: logging.Logger,
        *,
        on_change: Callable[[dict[str, int]], None] = lambda _: None,
        watch: Callable[[], None] = lambda: None,
        grace: float = GRACE,
    ) -> None:
        self._programs = programs
        self._log = log
        self._on_change = on_change
        self._watch = watch
        self._grace = grace
        self._selector = selectors.DefaultSelector()
        self._stopping = False

    def run(self) -> None:
        """Start everything, stay, and stop everything."""
        before = {
            number: signal.signal(number, self._stop) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
        }
        try:
            self._stay()
        finally:
            self._end_all()
            for number, handler in before.items():
                signal.signal(number, handler)

    def _stop(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002
        self._stopping = True

    def _stay(self) -> None:
        next_watch = time.monotonic()
        while not self._stopping:
            now = time.monotonic()
            changed = [self._keep_running(program, now) for program in self._programs]
            if any(changed):
                self._on_change({program.name: program.pid for program in self._programs if program.pid})
            if now >= next_watch:
                self._watch()
                next_watch = now + 2
            self._listen(0.2)

    def _keep_running(self, program: Program, now: float) -> bool:
        """Start what is due, notice what died; True if anything changed."""
        if program.process is None:
            if now < program.due_at:
                return False
            self._start(program, now)
            return True
        status = program.process.poll()
        if status is None:
            return False
        self._bury(program)
        wait = FIRST_WAIT if now - program.started_at > GOOD_RUN else program.wait
        program.due_at, program.wait = now + wait, min(wait * 2, LONGEST_WAIT)
        self._log.warning("%-7s | died (%s), starts again in %.1f s", program.name, status, wait)
        return True

    def _start(self, program: Program, now: float) -> None:
        program.process = subprocess.Popen(
            program.command,
            env={**os.environ, **program.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=lambda: _prepare(program.niceness),  # noqa: PLW1509 (safe: there is only one thread here)
        )
        program.started_at = now
        assert program.process.stdout is not None
        os.set_blocking(program.process.stdout.fileno(), False)
        self._selector.register(program.process.stdout, selectors.EVENT_READ, program)
        self._log.info("%-7s | started, pid %d", program.name, program.process.pid)

    def _listen(self, patience: float) -> None:
        """Pass on what the programs say, line by line."""
        for key, _ in self._selector.select(patience):
            program: Program = key.data
            if program.process is None or program.process.stdout is None:
                continue
            if said := program.process.stdout.read(65536):
                self._write_down(program, said)
            else:  # it has closed its end; what became of it is seen elsewhere
                self._selector.unregister(program.process.stdout)

    def _write_down(self, program: Program, said: bytes) -> None:
        *lines, program.unfinished_line = (program.unfinished_line + said).split(b"\n")
        for line in lines:
            self._log.info("%-7s | %s", program.name, line.decode(errors="replace"))

    def _bury(self, program: Program) -> None:
        """Hear the last words, end what is left of its group, and forget the process."""
        process = program.process
        assert process is not None
        assert process.stdout is not None
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        self._write_down(program, process.stdout.read() or b"")
        if program.unfinished_line:
            self._write_down(program, b"\n")
        with suppress(KeyError):
            self._selector.unregister(process.stdout)
        process.stdout.close()
        program.process = None

    def _end_all(self) -> None:
        """Ask everybody to stop, keep listening, and after the grace kill who is still there."""
        running = [program for program in self._programs if program.process]
        for program in running:
            self._signal(program, signal.SIGTERM)
        deadline = time.monotonic() + self._grace
        while any(program.process and program.process.poll() is None for program in running):
            self._listen(0.05)
            if time.monotonic() > deadline:
                for program in running:
                    self._signal(program, signal.SIGKILL)
        for program in running:
            self._bury(program)
            self._log.info("%-7s | stopped", program.name)

    def _signal(self, program: Program, number: signal.Signals) -> None:
        """TERM goes to the leader, who ends its own children in order; KILL to the whole group."""
        if program.process is None or program.process.poll() is not None:
            return
        with suppress(ProcessLookupError):
            if number == signal.SIGKILL:
                os.killpg(program.process.pid, number)
            else:
                program.process.send_signal(number)


def _prepare(niceness: int) -> None:
    stop_with_parent()
    os.nice(niceness)


def stop_with_parent() -> None:
    """Should we be killed with -9, the kernel asks our programs to stop (Linux only)."""
    if sys.platform == "linux":
        _LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


_LIBC = ctypes.CDLL(None, use_errno=True)
