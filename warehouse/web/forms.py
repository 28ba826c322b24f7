"""What the screens of ``/wh/`` send."""

from typing import Any

from django import forms
from django.core.validators import slug_re
from django.utils.translation import gettext_lazy as _

from warehouse.models import PackingMaterial
from warehouse.states import ShortReason


class ScanForm(forms.Form):
    """One scan; ``client_id`` tells a repeated one from a new one."""

    code = forms.CharField(max_length=255)
    client_id = forms.CharField(max_length=64)


class ClientForm(forms.Form):
    """Something that counts once, whoever sends it twice."""

    client_id = forms.CharField(max_length=64)


class ShortForm(forms.Form):
    """Why units are missing, and the SKU that may be sent instead of them, if one was chosen."""

    reason = forms.ChoiceField(choices=ShortReason.choices)
    substitute = forms.CharField(max_length=64, required=False)


class AnswerForm(forms.Form):
    """What a customer says about a substitute."""

    answer = forms.ChoiceField(choices=[("accept", "accept"), ("decline", "decline")])


class PublicIdsField(forms.MultipleChoiceField):
    """Public ids; whether they exist is for the database to say."""

    def valid_value(self, value: str) -> bool:
        return slug_re.fullmatch(value) is not None


class ReleaseForm(forms.Form):
    """The work that goes onto one list."""

    work = PublicIdsField()


class UnpackForm(forms.Form):
    line = forms.IntegerField(min_value=1)


_NO_WEIGHT = _("That is no weight. Put the package on the scale and enter the grams that it says.")


class SealForm(forms.Form):
    """The box, its weight in grams, and pieces of each material (``material_<code>``)."""

    box = forms.CharField(max_length=16)
    weight_g = forms.IntegerField(
        min_value=1,
        max_value=1_000_000,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), _NO_WEIGHT),
    )

    def __init__(self, *args: Any, materials: list[PackingMaterial], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._materials = materials
        for material in materials:
            self.fields[f"material_{material.code}"] = forms.IntegerField(min_value=0, max_value=1000, required=False)

    def materials(self) -> dict[str, int]:
        """Code -> pieces, of what is used."""
        pieces = {m.code: self.cleaned_data.get(f"material_{m.code}") or 0 for m in self._materials}
        return {code: n for code, n in pieces.items() if n}
