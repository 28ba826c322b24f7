"""The generated pages say what the code says."""

from pathlib import Path

import pytest
from django.conf import settings as house
from django.core.management import CommandError, call_command, find_commands


def test_the_generated_pages_of_this_repository_are_fresh() -> None:
    call_command("docs", check=True)


def test_docs_writes_what_check_misses(tmp_path: Path, settings, capsys) -> None:
    settings.BASE_DIR = tmp_path
    with pytest.raises(CommandError, match=r"states\.md, events\.md, errors\.md, invariants\.md"):
        call_command("docs", check=True)
    assert list(tmp_path.iterdir()) == []

    call_command("docs")
    call_command("docs", check=True)

    page = tmp_path / "docs" / "generated" / "states.md"
    page.write_text(page.read_text().replace("confirmed --> completed: complete\n", ""))
    with pytest.raises(CommandError, match=r"stale in docs/generated: states\.md\."):
        call_command("docs", check=True)
    assert "confirmed --> completed" not in page.read_text()


def test_the_readme_names_every_command() -> None:
    readme = (house.BASE_DIR / "README.md").read_text()
    ours = find_commands(str(house.BASE_DIR / "config" / "management"))
    unsaid = [name for name in ours if f"`{name}" not in readme]
    assert unsaid == ["migrate"], "each is a row of the README's table; migrate is Django's, unhurried"
