"""Collect every translatable text into the catalogs and compile them; run after adding or changing a text."""

import io
import string
import tokenize
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from babel.messages.catalog import Catalog, Message, TranslationError
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po, write_po
from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.template.engine import Engine
from django.utils.translation.template import templatize

SOURCE_LANGUAGE: Final = "en"
KEYWORDS: Final = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


class Text(NamedTuple):
    """One translatable text where it stands; `msgid` is a pair when it has a plural."""

    file: str
    msgid: str | tuple[str, ...]
    context: str | None
    comments: list[str]


class Command(BaseCommand):
    help = "Collect texts from Python and templates, compile the catalogs, list what is untranslated."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; fail if stale or untranslated")

    def handle(self, *_args: Any, check: bool, **_options: Any) -> None:
        """Bring the catalog of every language in `settings.LANGUAGES` up to date, or only say what is not."""
        folder = Path(settings.LOCALE_PATHS[0])
        texts = sorted(texts_of_project(Path(settings.BASE_DIR)), key=in_file_order)
        languages = [code for code, _name in settings.LANGUAGES if code != SOURCE_LANGUAGE]
        complaints = [line for code in languages for line in bring_up_to_date(code, folder, texts, check)]
        for line in complaints:
            self.stderr.write(line)
        if check and complaints:
            raise CommandError("Stale or untranslated: run `manage.py messages`, translate, run it again.")
        self.stdout.write(f"{len(texts)} texts, {', '.join(languages)}, {len(complaints)} to look at.")


def bring_up_to_date(code: str, folder: Path, texts: list[Text], check: bool) -> Iterator[str]:
    """Write the catalog of one language, or with `check` only compare; yields what somebody must look at."""
    po_path = folder / code / "LC_MESSAGES" / "django.po"
    catalog = merged(read_catalog(po_path, code), texts)
    po, mo = as_po(catalog), as_mo(catalog)
    for path, content in ((po_path, po), (po_path.with_suffix(".mo"), mo)):
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        elif not path.exists() or path.read_bytes() != content:
            yield f"{code}: {path.name} is stale"
    for message in catalog:
        if message.id and (problem := problem_of(message, catalog)):
            yield f"{code}: {problem}: {message.id!r} ({message.locations[0][0]})"


def in_file_order(text: Text) -> tuple[str, str, str]:
    """Sort key: not by line, or every moved line of code would change the catalogs."""
    return text.file, text.msgid if isinstance(text.msgid, str) else text.msgid[0], text.context or ""


def texts_of_project(root: Path) -> Iterator[Text]:
    """Every translatable text of the project's own apps and templates."""
    for app in apps.get_app_configs():
        if Path(app.path).parent == root:
            for path in Path(app.path).rglob("*.py"):
                yield from texts_of(path.read_bytes(), str(path.relative_to(root)))
    for folder in Engine.get_default().dirs:
        for path in Path(folder).rglob("*"):
            if path.suffix in {".html", ".txt", ".xml", ".svg"} and path.is_file():
                name = str(path.relative_to(root))
                yield from texts_of(as_python(path.read_text(), name), name)


def as_python(template: str, name: str) -> bytes:
    """A Django template as flat pseudo Python: its texts as gettext calls, all other words blanked out."""
    pseudo = templatize(template, origin=name)
    return "\n".join(line.lstrip() for line in pseudo.splitlines()).encode()


def texts_of(source: bytes, name: str) -> Iterator[Text]:
    """The texts that are marked with a gettext call in `source`."""
    try:
        for _line, msgid, comments, context in extract(
            "python", io.BytesIO(source), keywords=KEYWORDS, comment_tags=["Translators:"]
        ):
            yield Text(name, msgid, context, comments)
    except (SyntaxError, tokenize.TokenError) as error:
        raise CommandError(f"{name}: {error}") from error


def read_catalog(path: Path, code: str) -> Catalog:
    """The catalog as it is on disk; an empty one for a new language."""
    if not path.exists():
        return Catalog(
            locale=code,
            header_comment="",
            project="oms",
            version="1",
            msgid_bugs_address="the issue tracker",
            creation_date=(now := datetime.now(UTC)),
            revision_date=now,
            last_translator="the team",
            language_team="the team",
            fuzzy=False,
        )
    try:
        return read_po(io.BytesIO(path.read_bytes()), locale=code, abort_invalid=True)
    except PoFileError as error:
        raise CommandError(f"{path}: {error}") from error


def merged(catalog: Catalog, texts: list[Text]) -> Catalog:
    """The catalog with exactly the given texts, keeping the translations that it has."""
    template = Catalog()
    for text in texts:
        template.add(text.msgid, context=text.context, locations=[(text.file, 0)], auto_comments=text.comments)
    catalog.update(template, no_fuzzy_matching=True, update_creation_date=False)
    return catalog


def as_po(catalog: Catalog) -> bytes:
    """The catalog as the text file that people edit, sorted by file."""
    out = io.BytesIO()
    write_po(out, catalog, width=0, sort_by_file=True, include_lineno=False, ignore_obsolete=True)
    return out.getvalue().strip() + b"\n"


def as_mo(catalog: Catalog) -> bytes:
    """The catalog as the binary file that Django loads."""
    out = io.BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


def problem_of(message: Message, catalog: Catalog) -> str | None:
    """What a translator must look at: nothing there, doubtful, or placeholders that differ."""
    translations = [message.string] if isinstance(message.string, str) else list(message.string or [""])
    if not all(translations):
        return "untranslated"
    if message.fuzzy:
        return "fuzzy"
    try:
        for error in message.check(catalog):
            return str(error)
        sources = [message.id] if isinstance(message.id, str) else list(message.id)
        if message.python_brace_format and fields(translations[-1]) != fields(sources[-1]):
            return "placeholders differ"
    except (TranslationError, ValueError) as error:
        return str(error)
    return None


def fields(text: str) -> set[str]:
    """The names between braces in a `str.format` text."""
    return {name for _literal, name, _spec, _conversion in string.Formatter().parse(text) if name is not None}
