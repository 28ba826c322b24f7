"""How the tests press a button: open the form, fill it in, send it."""

from typing import Any

from django.db.models import Model
from django.forms import BoundField, ChoiceField
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse


def action_url(row: Model | type[Model], name: str, *, many: bool = False) -> str:
    """The page of an action on a row, or on a selection of rows."""
    view = f"admin:{row._meta.app_label}_{row._meta.model_name}_do_{name}"
    return reverse(f"{view}_many") if many else reverse(view, args=[row.pk])  # type: ignore[union-attr]


def form_of(client: Client, url: str) -> dict[str, Any]:
    """What a browser would send of the form as it opens: a list always has something chosen."""
    form = client.get(url).context["form"]
    values = {bound.name: _chosen(bound) if bound.value() is None else bound.value() for bound in form}
    return {name: value for name, value in values.items() if value not in (None, False)}


def _chosen(bound: BoundField) -> Any:
    is_list = type(bound.field) is ChoiceField
    return bound.field.choices[0][0] if is_list else None  # type: ignore[attr-defined]


def act(client: Client, row: Model, name: str, /, **answers: Any) -> HttpResponse:
    """Open the action's form, answer it (None: leave out), send it."""
    url = action_url(row, name)
    return client.post(url, _filled(form_of(client, url), answers))


def act_on(client: Client, rows: list[Any], name: str, /, **answers: Any) -> HttpResponse:
    """The same for a selection."""
    url = f"{action_url(rows[0], name, many=True)}?ids={','.join(str(row.pk) for row in rows)}"
    return client.post(url, _filled(form_of(client, url), answers), follow=True)


def _filled(values: dict[str, Any], answers: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**values, **answers}.items() if value is not None}


def done(response: HttpResponse) -> bool:
    """The service did it, and we were sent back."""
    return response.status_code == 302


def refusal(response: HttpResponse) -> str:
    """What the service said no with, as the form shows it above its fields."""
    return " ".join(refusals(response).get("__all__", []))


def refusals(response: HttpResponse) -> dict[str, list[str]]:
    """All that the form shows as wrong, by field; ``__all__`` is above them."""
    assert response.status_code == 200, response
    return dict(response.context["form"].errors)  # type: ignore[attr-defined]
