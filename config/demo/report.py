"""What the demo tells: `var/demo.json` for programs, and the same for the person at the terminal."""

import json
import shutil
import subprocess
from dataclasses import asdict
from pathlib import Path

from django.conf import settings

from config.demo.build import Shop


def write(file: Path, *, url: str, shop: Shop, pids: dict[str, int]) -> None:
    """Write the whole file at once, so that nobody reads half of it."""
    content = {
        "url": url,
        "commit": _commit(),
        **{name: {"key": key} for name, key in shop.keys.items()},
        "staff": {role: asdict(login) for role, login in shop.staff.items()},
        "mailbox": f"{url}/mailbox/",
        "pids": pids,
    }
    unfinished = file.with_suffix(".new")
    unfinished.write_text(json.dumps(content, indent=2) + "\n")
    unfinished.replace(file)


def words(*, url: str, shop: Shop, log: Path) -> str:
    """The same for people."""
    lines = [
        "",
        f"The shop is open: {url}/admin/",
        "",
        f"  Mailbox       {url}/mailbox/",
        f"  Health        {url}/healthz/deep",
        f"  Log           {log}",
        "",
        *(f"  {role:<18} {login.username} / {login.password}" for role, login in shop.staff.items()),
        "",
        *(f"  {name:<18} {key}" for name, key in shop.keys.items()),
        "Ctrl-C stops it.",
    ]
    return "\n".join(lines)


def _commit() -> str:
    git = shutil.which("git")
    if git is None:
        return ""
    done = subprocess.run(
        [git, "rev-parse", "HEAD"], cwd=settings.BASE_DIR, capture_output=True, text=True, check=False
    )
    return done.stdout.strip()
