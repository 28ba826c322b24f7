"""``manage.py docs``: write the pages of ``docs/generated`` from the code, or check that they are fresh."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from config.docs.errors import errors_page
from config.docs.events import events_page
from config.docs.invariants import invariants_page
from config.docs.states import states_page

PAGES = {
    "states.md": states_page,
    "events.md": events_page,
    "errors.md": errors_page,
    "invariants.md": invariants_page,
}
NOTE = "<!-- Written by `manage.py docs`; changes made by hand are lost. -->\n\n"


class Command(BaseCommand):
    help = "Write docs/generated: state diagrams, event map, refusals, invariants."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; fail when a page is stale")

    def handle(self, *_args: Any, check: bool, **_options: Any) -> None:
        folder = Path(settings.BASE_DIR) / "docs" / "generated"
        with translation.override("en"):
            pages = {folder / name: NOTE + page() for name, page in PAGES.items()}
        stale = [path for path, text in pages.items() if not path.exists() or path.read_text() != text]
        if check:
            self._refuse(stale)
            return
        folder.mkdir(parents=True, exist_ok=True)
        for path in stale:
            path.write_text(pages[path])
            self.stdout.write(f"wrote {path.relative_to(settings.BASE_DIR)}")

    def _refuse(self, stale: list[Path]) -> None:
        if stale:
            names = ", ".join(path.name for path in stale)
            raise CommandError(f"stale in docs/generated: {names}. Run manage.py docs.")
