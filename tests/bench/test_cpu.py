"""CPU meters look at real processes."""

import os
import subprocess
import sys

import pytest

from config.bench.cpu import NotVisible, cpu_seconds, postmaster_of

BURN = "import time; end = time.process_time() + 0.3\nwhile time.process_time() < end: pass"


def test_what_a_child_spent_still_counts_when_it_is_gone() -> None:
    before = cpu_seconds(os.getpid())
    subprocess.run([sys.executable, "-c", BURN], check=True)
    assert cpu_seconds(os.getpid()) - before >= 0.28


def test_a_process_elsewhere_is_not_visible() -> None:
    with pytest.raises(NotVisible):
        cpu_seconds(2**30)
    with pytest.raises(NotVisible):
        postmaster_of(os.getpid())
