"""There is no way round the services: whatever is posted, nothing that services write changes."""

from typing import Any

from django.contrib import admin
from django.core import serializers
from django.db import models
from django.test import Client
from django.urls import reverse

from orders.admin.records import RecordAdmin
from orders.kernel.guards import StateField
from tests.admin.rows import models_of_the_house

RECORDS = [model for model in models_of_the_house() if isinstance(admin.site._registry[model], RecordAdmin)]
PARENTS = [model for model in models_of_the_house() if admin.site._registry[model].inlines]


def url(model: type[models.Model], view: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{view}", args=args)


def stored(model: type[models.Model]) -> str:
    return serializers.serialize("json", model._default_manager.order_by("pk"))


def forged(model: type[models.Model]) -> dict[str, str]:
    """Every column with another value; a state with its last one."""
    sent = {}
    for field in model._meta.concrete_fields:
        choices = [value for value, _words in field.flatchoices]
        sent[field.name] = str(choices[-1]) if choices else "7"
    return sent


def test_records_are_never_written(boss: Client, furnished: dict[type, Any]) -> None:
    for model in RECORDS:
        attack(boss, furnished[model], model)


def attack(boss: Client, row: Any, model: type[models.Model]) -> None:
    """Post to every address of a row; nothing may change."""
    before, page = stored(model), admin.site._registry[model]
    states = forged(model)
    rows = {f"form-0-{name}": value for name, value in states.items()}
    management = {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1", "form-0-id": str(row.pk)}

    assert boss.post(url(model, "change", row.pk), states).status_code == 403
    assert boss.post(url(model, "add"), states).status_code == 403
    assert boss.post(url(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    boss.post(url(model, "changelist"), {"action": "delete_selected", "_selected_action": row.pk, "post": "yes"})
    boss.post(url(model, "changelist"), rows | management | {"_save": "Save"})

    assert stored(model) == before, model
    assert not page.list_editable, model
    assert "delete_selected" not in boss.get(url(model, "changelist")).content.decode()


def test_parts_of_records_are_never_written_through_their_parent(boss: Client, furnished: dict[type, Any]) -> None:
    for model in PARENTS:
        attack_parts(boss, furnished[model], model)


def attack_parts(boss: Client, parent: Any, model: type[models.Model]) -> None:
    """Post the forms of a page's parts; those that services write may not change."""
    parts = [inline.model for inline in admin.site._registry[model].inlines if not inline.can_delete]
    before = {part: stored(part) for part in parts}
    sent: dict[str, str] = {}
    for part in parts:
        prefix = part._meta.model_name
        sent |= {f"{prefix}s-0-{name}": value for name, value in forged(part).items()}
        sent |= {f"{prefix}s-TOTAL_FORMS": "1", f"{prefix}s-INITIAL_FORMS": "1", f"{prefix}s-0-DELETE": "on"}
    boss.post(url(model, "change", parent.pk), sent)
    assert {part: stored(part) for part in parts} == before, model


def test_a_state_is_nowhere_a_field_of_a_form(boss: Client, furnished: dict[type, Any]) -> None:
    for model in models_of_the_house():
        states = {field.name for field in model._meta.concrete_fields if isinstance(field, StateField)}
        if states:
            context = boss.get(url(model, "change", furnished[model].pk)).context
            assert not states & set(context["adminform"].form.fields)


def test_a_link_alone_does_nothing(boss: Client, furnished: dict[type, Any]) -> None:
    """Opening an action's page changes nothing: only its form, sent, does."""
    for model in models_of_the_house():
        before = stored(model)
        for action in admin.site._registry[model].declared():
            if action.single:
                boss.get(url(model, f"do_{action.name}", furnished[model].pk))
        assert stored(model) == before
