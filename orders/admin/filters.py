"""Filters of lists that say what they do while nothing is chosen."""

from typing import Any

from django.utils.translation import gettext as _
from unfold.contrib.filters.admin import MultipleChoicesDropdownFilter
from unfold.contrib.filters.forms import DropdownForm


class _SeveralForm(DropdownForm):  # type: ignore[misc]
    def __init__(self, name: str, label: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(name, label, *args, **kwargs)
        self.fields[name].widget.attrs |= {"data-placeholder": _("All"), "aria-label": label.strip()}


class SeveralFilter(MultipleChoicesDropdownFilter):  # type: ignore[misc]
    """Some of the choices; none is all."""

    form_class = _SeveralForm
