"""What a staff action is: a button, a form, a right and ONE service. Every floor's admin declares its own with this.

    HOLD = Action(name="hold", label=_("Hold"), permission="orders.hold_order", form=HoldForm, call=hold)

    class OrderAdmin(RecordAdmin):
        staff_actions = (HOLD, ...)

``many`` offers the action for a selection of rows too.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from unfold import widgets

from orders.kernel.actor import Actor

Words = str | Promise
ABOVE = NON_FIELD_ERRORS  # the place above the fields


def must_choose(choices: Iterable[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """The same choices with none of them preset, for decisions that nobody should make by not looking."""
    return [("", _("Choose…")), *choices]


class ActionForm(forms.Form):
    """What an action asks. ``target`` is the row, or the rows of a selection; ``rows`` go into a table of lines."""

    once = forms.CharField(widget=forms.HiddenInput)
    next = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, target: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.target = target
        self.user = user
        self.fields["once"].initial = uuid4().hex
        self.build()
        for each in self.fields.values():
            _dress(each)

    def build(self) -> None:
        """Add the fields that depend on the target."""

    @property
    def rows(self) -> list[dict[str, Any]]:
        """One row per line of the target: ``cells`` of text, then bound ``fields``."""
        return []

    @property
    def headings(self) -> list[Words]:
        """The titles of the table of lines."""
        return []

    @property
    def table(self) -> list[list[tuple[Words, Any]]]:
        """The rows as their cells and bound fields, each with its heading."""
        return [list(zip(self.headings, [*row["cells"], *row["fields"]], strict=True)) for row in self.rows]

    @property
    def facts(self) -> list[tuple[Words, Any]]:
        """What to know before deciding; money first."""
        return []

    def field_of(self, path: str) -> str | None:
        """The field that shows what a service refuses at ``path`` of its request: ``amount``, ``lines/0/quantity``.

        ``ABOVE`` for a part of the request that no single field asks for, None for what is no part of it.
        """
        return path if path in self.fields else None

    @property
    def plain_fields(self) -> list[forms.BoundField]:
        """The fields that aren't part of the table."""
        in_table = {bound.name for row in self.rows for bound in row["fields"]}
        return [bound for bound in self if bound.name not in in_table and not bound.is_hidden]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A page to show instead of going back: for what can be seen only once, such as a new key."""

    template: str
    context: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Download:
    """A file to be kept instead of a page: it is sent as it is made."""

    name: str
    content_type: str
    chunks: Iterable[str]


@dataclass(frozen=True, kw_only=True)
class Action:
    """One thing that staff can do to a row.

    ``call(target, data, by)`` calls one service and returns the sentence to show, or an ``Answer``.
    ``fits`` says whether the button makes sense now; the service has the last word. ``together`` calls once with
    all rows of a selection, not once for each of them. ``rare`` ones are behind «More». What ``downloads``
    returns a ``Download``.
    """

    name: str
    label: Words
    permission: str
    call: Callable[[Any, dict[str, Any], Actor], Words | Answer | Download]
    form: type[ActionForm] = ActionForm
    intro: Words = ""
    submit: Words = ""
    icon: str = ""
    variant: str = "default"
    fits: Callable[[Any], bool] = lambda row: True
    many: bool = False
    together: bool = False
    single: bool = True
    in_rows: bool = False
    rare: bool = False
    downloads: bool = False


def _dress(each: forms.Field) -> None:
    """Give a plain field the looks of the back office."""
    match each.widget:
        case forms.HiddenInput():
            return
        case forms.CheckboxSelectMultiple():
            each.widget = widgets.UnfoldAdminCheckboxSelectMultipleWidget(choices=each.widget.choices)
            return
        case forms.CheckboxInput():
            classes = widgets.SWITCH_CLASSES
        case forms.Select():
            classes = widgets.SELECT_CLASSES
            each.widget.template_name = "unfold/widgets/select.html"
        case forms.Textarea():
            classes = widgets.TEXTAREA_CLASSES
            each.widget.attrs |= {"rows": 3, "cols": 40}
        case _:
            classes = widgets.INPUT_CLASSES
    each.widget.attrs["class"] = " ".join([*classes, each.widget.attrs.get("class", "")]).strip()
