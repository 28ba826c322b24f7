"""Every table is found in the back office, and every list and page of it opens, empty and with rows."""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import models
from django.test import Client, RequestFactory
from django.urls import reverse

from orders.admin.records import RecordAdmin, SettingAdmin
from orders.kernel.guards import StateField
from orders.states import RuleKind
from tests.admin.rows import models_of_the_house

MODELS = models_of_the_house()
SETTINGS = [model for model in MODELS if isinstance(admin.site._registry.get(model), SettingAdmin)]
# A product's version is counted, and a hold rule's kind is chosen on the page before its form.
NOT_ASKED = {
    "orders.Product": {"version"},
    "orders.HoldRule": {"kind"},
    "warehouse.SourcingRule": {"kind", "parameters"},  # chosen first; asked one by one
}


def url(model: type[models.Model], view: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{view}", args=args)


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m._meta.label)
def test_every_model_has_a_page_of_one_of_the_two_kinds(model: type[models.Model]) -> None:
    page = admin.site._registry[model]
    assert isinstance(page, RecordAdmin | SettingAdmin)
    assert page.search_fields, "rows must be found"
    assert len(page.list_display) > 1
    assert page.show_full_result_count is False


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m._meta.label)
def test_rows_with_a_state_are_never_edited(model: type[models.Model]) -> None:
    if any(isinstance(field, StateField) for field in model._meta.concrete_fields):
        assert isinstance(admin.site._registry[model], RecordAdmin)


@pytest.mark.parametrize("model", SETTINGS, ids=lambda m: m._meta.label)
def test_every_setting_stands_in_its_form(model: type[models.Model]) -> None:
    page, asked = admin.site._registry[model], set[str]()
    for kind in ("", *RuleKind.values):  # whose forms differ
        request = RequestFactory().get("/", {"kind": kind})
        request.user = User(is_active=True, is_staff=True, is_superuser=True)
        asked |= set(page.get_form(request).base_fields)
    settings = {field.name for field in model._meta.concrete_fields if field.editable and not field.primary_key}
    many = {field.name for field in model._meta.many_to_many}
    assert (settings | many) - asked == NOT_ASKED.get(model._meta.label, set())


def test_every_list_opens_without_rows(boss: Client) -> None:
    for model in MODELS:
        assert boss.get(url(model, "changelist")).status_code == 200, model


def test_every_list_search_and_page_opens_with_rows(boss: Client, furnished: dict[type, Any]) -> None:
    for model in MODELS:
        row = furnished[model]
        listed = boss.get(url(model, "changelist"))
        assert listed.status_code == 200, model
        shown = listed.content + boss.get(url(model, "changelist"), {"p": "2"}, follow=True).content
        assert url(model, "change", row.pk) in shown.decode(), model
        for text in ("7K3M-92QX-H", "+4915112345678 '; --"):
            assert boss.get(url(model, "changelist"), {"q": text}).status_code == 200, model
        assert boss.get(url(model, "change", row.pk)).status_code == 200, model


def test_settings_can_be_added(boss: Client) -> None:
    for model in MODELS:
        page = admin.site._registry[model]
        added = boss.get(url(model, "add")).status_code
        if isinstance(page, RecordAdmin) or model._meta.label == "orders.Customer":
            assert added == 403, model
        else:
            assert added == 200, model


def test_the_first_page_opens(boss: Client, furnished: dict[type, Any]) -> None:
    assert boss.get(reverse("admin:index")).status_code == 200
