"""The supervisor restarts what dies and leaves nobody behind, tested on real processes with real signals."""

import json
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from config.embedded import processes

RUN = """
import json, logging, os, sys
from pathlib import Path
from config.supervisor import Program, Supervisor
folder = Path(sys.argv[1])
logging.basicConfig(filename=folder / "log", format="%(message)s", level=logging.INFO)
programs = [Program(name, [sys.executable, "-c", code], {"FOLDER": str(folder)})
            for name, code in json.loads(sys.argv[2]).items()]
def changed(pids):
    (folder / "pids.tmp").write_text(json.dumps(pids))
    (folder / "pids.tmp").rename(folder / "pids")
Supervisor(programs, logging.getLogger(), on_change=changed, grace=2).run()
"""
STUBBORN = """
    import os, signal, subprocess, sys, time
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    child = subprocess.Popen(["sleep", "300"])
    open(os.environ["FOLDER"] + "/child", "w").write(str(child.pid))
    while True: time.sleep(1)
"""
POLITE = """
    import time
    print("ready", flush=True)
    time.sleep(300)
"""


class Scene:
    def __init__(self, folder: Path, **codes: str) -> None:
        self.folder = folder
        programs = {name: textwrap.dedent(code) for name, code in codes.items()}
        self.process = subprocess.Popen(
            [sys.executable, "-c", RUN, str(folder), json.dumps(programs)], cwd=settings.BASE_DIR
        )

    def pids(self) -> dict[str, int]:
        file = self.folder / "pids"
        return dict(json.loads(file.read_text())) if file.exists() else {}

    def log(self) -> str:
        file = self.folder / "log"
        return file.read_text() if file.exists() else ""


@pytest.fixture
def scenes(tmp_path: Path) -> Iterator[list[Scene]]:
    found: list[Scene] = []
    yield found
    for scene in found:
        scene.process.kill()
        scene.process.wait()


def until(condition, patience: float = 15.0) -> None:
    assert processes.wait_until(condition, patience=patience)


def test_restarts_what_dies_and_writes_down_what_it_says(tmp_path: Path, scenes: list[Scene]) -> None:
    scene = Scene(tmp_path, web=POLITE, job="print('half a line', end='')")
    scenes.append(scene)
    until(lambda: "web     | ready" in scene.log() and "job     | half a line" in scene.log())
    first = scene.pids()["web"]
    subprocess.run(["kill", "-9", str(first)], check=True)
    until(lambda: scene.pids().get("web") not in {first, None})
    until(lambda: scene.log().count("web     | ready") == 2)
    assert "web     | died (-9), starts again in 0.5 s" in scene.log()
    scene.process.send_signal(signal.SIGTERM)
    assert scene.process.wait(10) == 0
    assert not processes.is_running(scene.pids()["web"])


def test_a_program_that_keeps_dying_is_started_less_and_less_often(tmp_path: Path, scenes: list[Scene]) -> None:
    scene = Scene(tmp_path, broken="raise SystemExit(3)")
    scenes.append(scene)
    time.sleep(4.5)
    assert scene.log().count("| started") in {3, 4}
    assert "died (3), starts again in 1.0 s" in scene.log()


def test_nobody_is_left_even_when_term_is_ignored(tmp_path: Path, scenes: list[Scene]) -> None:
    scene = Scene(tmp_path, stubborn=STUBBORN, polite=POLITE)
    scenes.append(scene)
    until((tmp_path / "child").exists)
    until(lambda: (tmp_path / "child").read_text() != "" and "polite" in scene.pids())
    child = int((tmp_path / "child").read_text())
    scene.process.send_signal(signal.SIGINT)
    assert scene.process.wait(25) == 0
    for pid in (child, *scene.pids().values()):
        until(lambda pid=pid: not processes.is_running(pid), patience=2)


def test_what_a_dead_program_left_behind_is_ended(tmp_path: Path, scenes: list[Scene]) -> None:
    scene = Scene(tmp_path, stubborn=STUBBORN)
    scenes.append(scene)
    until(lambda: (tmp_path / "child").exists() and (tmp_path / "child").read_text() != "")
    child = int((tmp_path / "child").read_text())
    subprocess.run(["kill", "-9", str(scene.pids()["stubborn"])], check=True)
    until(lambda: not processes.is_running(child))


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's help is Linux's")
def test_kill_9_of_the_supervisor_ends_its_programs(tmp_path: Path, scenes: list[Scene]) -> None:
    scene = Scene(tmp_path, polite=POLITE)
    scenes.append(scene)
    until(lambda: "ready" in scene.log())
    scene.process.kill()
    until(lambda: not processes.is_running(scene.pids()["polite"]))
