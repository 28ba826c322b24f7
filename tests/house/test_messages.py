"""Every text of the project is in the German catalog, translated, and compiled."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.template.engine import Engine

PYTHON = """
from django.utils.translation import gettext_lazy as _, ngettext, pgettext

title = _("Thank you")
several = lambda n: ngettext("{n} parcel", "{n} parcels", n)
noun = pgettext("noun", "Order")
"""
TEMPLATE = """
{% load i18n %}<p class="it's (unbalanced">
    {% translate "Thank you" %} {% blocktranslate trimmed with name=order.name %}
        Hello {{ name }}, it is on
        its way.
    {% endblocktranslate %}</p>
{% if a %}{% translate "100 % wool" %}{% endif %}
"""
TRANSLATIONS = {
    'msgid "Thank you"\nmsgstr ""': 'msgid "Thank you"\nmsgstr "Danke"',
    'msgid "Order"\nmsgstr ""': 'msgid "Order"\nmsgstr "Bestellung"',
    'msgstr[0] ""': 'msgstr[0] "{n} Paket"',
    'msgstr[1] ""': 'msgstr[1] "{n} Pakete"',
    'its way."\nmsgstr ""': 'its way."\nmsgstr "Hallo %(name)s, es ist unterwegs."',
    'wool"\nmsgstr ""': 'wool"\nmsgstr "100 %% Wolle"',
}


@pytest.fixture
def project(tmp_path, settings, monkeypatch):
    """A small project with one app, one template and no catalog."""
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "texts.py").write_text(PYTHON)
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "mail.html").write_text(TEMPLATE)
    settings.BASE_DIR = tmp_path
    settings.LOCALE_PATHS = [tmp_path / "locale"]
    shop = type("Shop", (), {"path": str(tmp_path / "shop")})
    monkeypatch.setattr("config.management.commands.messages.apps.get_app_configs", lambda: [shop])
    monkeypatch.setattr(Engine.get_default(), "dirs", [tmp_path / "templates"])
    return tmp_path


def po(project: Path) -> Path:
    return project / "locale" / "de" / "LC_MESSAGES" / "django.po"


def translate(project: Path) -> None:
    text = po(project).read_text()
    for empty, filled in TRANSLATIONS.items():
        assert text.count(empty) == 1, empty
        text = text.replace(empty, filled)
    po(project).write_text(text)


def test_the_catalogs_of_this_repository_are_complete_and_compiled():
    call_command("messages", check=True)


def test_collects_texts_from_python_and_templates_in_file_order(project, capsys):
    call_command("messages")

    text = po(project).read_text()
    assert [line for line in text.splitlines() if line.startswith(("#:", "msgid", "msgctxt"))] == [
        'msgid ""',
        "#: shop/texts.py",
        'msgctxt "noun"',
        'msgid "Order"',
        "#: shop/texts.py",
        'msgid "{n} parcel"',
        'msgid_plural "{n} parcels"',
        "#: shop/texts.py templates/mail.html",
        'msgid "Thank you"',
        "#: templates/mail.html",
        'msgid "100 %% wool"',
        "#: templates/mail.html",
        'msgid "Hello %(name)s, it is on its way."',
    ]
    assert capsys.readouterr().err.count("de: untranslated") == 5


def test_keeps_translations_drops_what_is_gone_and_passes_the_check(project):
    call_command("messages")
    translate(project)
    (project / "templates" / "mail.html").write_text('{% load i18n %}{% translate "Thank you" %}')

    call_command("messages")

    text = po(project).read_text()
    assert 'msgid "Thank you"\nmsgstr "Danke"' in text
    assert "wool" not in text
    call_command("messages", check=True)


@pytest.mark.parametrize(
    ("edit", "complaint"),
    [
        (("Danke", ""), "untranslated: 'Thank you' (shop/texts.py)"),
        (("Hallo %(name)s", "Hallo %(nom)s"), "'Hello %(name)s, it is on its way.'"),
        (("{n} Pakete", "{m} Pakete"), "placeholders differ: ('{n} parcel', '{n} parcels')"),
        (("Danke", "Vielen Dank"), "django.mo is stale"),
    ],
)
def test_check_fails_and_writes_nothing(project, capsys, edit, complaint):
    call_command("messages")
    translate(project)
    call_command("messages")
    po(project).write_text(po(project).read_text().replace(*edit))
    before = {path: path.read_bytes() for path in po(project).parent.iterdir()}

    with pytest.raises(CommandError):
        call_command("messages", check=True)

    assert complaint in capsys.readouterr().err
    assert {path: path.read_bytes() for path in po(project).parent.iterdir()} == before


def test_check_sees_a_new_text(project, capsys):
    call_command("messages")
    translate(project)
    call_command("messages")
    (project / "shop" / "texts.py").write_text(PYTHON + 'new = _("Brand new")\n')
    capsys.readouterr()

    with pytest.raises(CommandError):
        call_command("messages", check=True)

    assert capsys.readouterr().err == ("de: django.po is stale\nde: untranslated: 'Brand new' (shop/texts.py)\n")
