"""What staff can do with waves; each action calls one service."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from orders.admin.action import Action, ActionForm, Answer
from orders.admin.chips import url_of
from orders.kernel.actor import Actor
from orders.models import ShippingMethod
from warehouse.models import Warehouse, Wave
from warehouse.services.cancel_wave import cancel_wave
from warehouse.services.plan_wave import plan_wave
from warehouse.services.release_wave import release_wave
from warehouse.states import PickKind, WaveStatus

RIGHT = "warehouse.release_pick_list"
_MOST = 100_000


def _count(label: Any, initial: int | None, *, required: bool = True, least: int = 1, help_text: Any = "") -> Any:
    return forms.IntegerField(
        label=label, min_value=least, max_value=_MOST, initial=initial, required=required, help_text=help_text
    )


class PlanForm(ActionForm):
    """Which work, how much of it, and how it is walked."""

    kind = forms.ChoiceField(label=_("Kind"), choices=PickKind.choices, initial=PickKind.BATCH)
    max_units = _count(_("Units at most"), None, required=False)
    max_orders = _count(_("Orders at most"), 100)
    orders_per_list = _count(_("Orders on a list"), 12, help_text=_("Of a cluster list: totes on a cart."))
    min_units = _count(
        _("Units at least"),
        None,
        required=False,
        least=0,
        help_text=_("Until then more units come before fewer aisles."),
    )
    methods = forms.ModelMultipleChoiceField(
        label=_("Shipping methods"),
        queryset=ShippingMethod.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: all."),
    )
    zone = forms.CharField(
        label=_("Zone"), max_length=16, required=False, help_text=_("Only what this zone can give alone.")
    )
    min_age_minutes = _count(_("Minutes old at least"), None, required=False, least=0)
    lead_minutes = _count(
        _("Minutes before the cut-off"), 120, least=0, help_text=_("From then on, what leaves today must go.")
    )
    max_age_hours = _count(
        _("Hours old at most"), None, required=False, help_text=_("Older orders must go; empty: however old.")
    )
    complete_only = forms.BooleanField(
        label=_("Only complete orders"), required=False, help_text=_("Those of which something is missing stay behind.")
    )
    seed = forms.IntegerField(
        label=_("Seed"), min_value=0, max_value=2**31 - 1, required=False, help_text=_("To plan the same again.")
    )

    def build(self) -> None:
        methods: Any = self.fields["methods"]
        methods.queryset = ShippingMethod.objects.filter(is_active=True).order_by("code")


def _plan(warehouse: Warehouse, data: dict[str, Any], by: Actor) -> Answer:
    terms = {name: data[name] for name in PlanForm.base_fields if name not in ("once", "next", "methods", "seed")}
    terms |= {name: data[name] or 0 for name in ("min_units", "min_age_minutes")}
    methods = [method.pk for method in data["methods"]]
    wave = plan_wave(Wave(warehouse=warehouse, **terms), methods=methods, seed=data["seed"], by=by)
    context = {"wave": wave, "figures": figures(wave), "back": url_of(wave)}
    return Answer(template="admin/warehouse/wave_planned.html", context=context)


def figures(wave: Wave) -> list[tuple[Any, Any]]:
    """What a plan comes to, for people who decide on it."""
    return [
        (_("Orders"), wave.orders),
        (_("Must go"), wave.must_go),
        (_("Lines"), wave.lines),
        (_("Units"), wave.units),
        (_("Aisles"), wave.aisle_count),
        (_("Aisles for the oldest orders"), wave.aisles_by_age),
        (_("Lists"), wave.lists),
        (_("Metres"), wave.metres),
        (_("Left out"), wave.left_out),
        (_("Must go, left out"), wave.must_go_left),
        (_("Oldest left out"), wave.oldest_left or "–"),
    ]


def _release(wave: Wave, data: dict[str, Any], by: Actor) -> Any:
    done = release_wave(wave.pk, by=by)
    return _("Released: %(n)s lists are on the floor.") % {"n": done.lists}


def _cancel(wave: Wave, data: dict[str, Any], by: Actor) -> Any:
    cancel_wave(wave.pk, by=by)
    return _("Cancelled: its orders are free for other waves.")


class WaveForm(ActionForm):
    """The plan's figures, to look at before it is released or given up."""

    @property
    def facts(self) -> list[Any]:
        return figures(self.target) if isinstance(self.target, Wave) else []


PLAN_WAVE = Action(
    name="plan_wave",
    label=_("Plan a wave"),
    intro=_("What must go, then what gives the most units per aisle. Nothing is reserved before its release."),
    permission=RIGHT,
    form=PlanForm,
    call=_plan,
    icon="waves",
    variant="primary",
    fits=lambda warehouse: warehouse.is_active,
)
RELEASE_WAVE = Action(
    name="release",
    label=_("Release"),
    intro=_("Its lists go to the floor. What was held, called off or listed meanwhile stays behind."),
    permission=RIGHT,
    form=WaveForm,
    call=_release,
    icon="checklist",
    variant="primary",
    fits=lambda wave: wave.status == WaveStatus.PLANNED,
)
CANCEL_WAVE = Action(
    name="cancel",
    label=_("Cancel"),
    intro=_("Its lists are called back, as long as nobody works on one."),
    permission=RIGHT,
    form=WaveForm,
    call=_cancel,
    icon="close",
    variant="danger",
    fits=lambda wave: wave.status in (WaveStatus.PLANNED, WaveStatus.RELEASED),
)
