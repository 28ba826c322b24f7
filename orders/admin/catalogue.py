"""What is sold, where, and how it may be shipped."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, QuerySet
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from orders.admin.action import Action, ActionForm
from orders.admin.chips import BAD, GOOD, amount, column, link
from orders.admin.records import RecordAdmin, SettingAdmin
from orders.errors import InvalidRequest
from orders.exports.cells import money as money_cell
from orders.exports.cells import shortest
from orders.kernel.actor import Actor
from orders.kernel.money import is_exact
from orders.models import BundleComponent, DigitalCode, DigitalGood, Product, ProductSubstitute, ShippingMethod
from orders.services.deliver_digital import add_codes
from orders.services.product import refuse_kind, settle_components
from orders.states import LineKind

MOST_CODES, LONGEST_CODE = 5_000, 500


class ProductForm(forms.ModelForm):  # type: ignore[type-arg]
    """The rules that the API has for products too."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:  # 64.00, not the column's 64.000, which is a lot of money to a German reader
            self.initial["price"] = money_cell(self.instance.price, self.instance.currency)
            self.initial["tax_rate"] = shortest(self.instance.tax_rate)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        price, currency = data.get("price"), data.get("currency")
        if price is not None and currency and not is_exact(price, currency):
            self.add_error("price", _("%(currency)s has fewer digits.") % {"currency": currency})
        cap, taken = data.get("preorder_cap"), self.instance.preorder_taken
        if cap is not None and cap < taken:
            self.add_error("preorder_cap", _("%(taken)s units are preordered already.") % {"taken": taken})
        if data.get("is_digital") and data.get("preorder_ships_on"):
            self.add_error("preorder_ships_on", _("Only goods are preordered."))
        policy = data.get("out_of_stock_policy") or []
        if len(set(policy)) < len(policy):
            self.add_error("out_of_stock_policy", _("Name each way out once."))
        return data


class ComponentFormSet(BaseInlineFormSet):  # type: ignore[type-arg]
    """The rules that the API has for bundles too."""

    def clean(self) -> None:
        super().clean()
        kept = [form for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        parts = [form.cleaned_data["component"] for form in kept if form.cleaned_data.get("component")]
        bundle = self.instance
        if parts and (bundle.is_digital or bundle.preorder_ships_on):
            raise ValidationError(_("A bundle isn't digital, and its components have their own preorders."))
        try:
            known = bundle if bundle.pk else None
            refuse_kind(known, currency=bundle.currency, is_digital=bundle.is_digital, parts=parts)
        except InvalidRequest as refusal:
            raise ValidationError([error.detail for error in refusal.errors]) from refusal


class ComponentInline(TabularInline):  # type: ignore[misc]
    """What makes a product a bundle."""

    model = BundleComponent
    fk_name = "bundle"
    formset = ComponentFormSet
    autocomplete_fields: ClassVar[Any] = ("component",)
    extra = 0
    verbose_name = _("component")
    verbose_name_plural = _("Components of a bundle")


class SubstituteInline(TabularInline):  # type: ignore[misc]
    """What may be sent instead."""

    model = ProductSubstitute
    fk_name = "product"
    autocomplete_fields: ClassVar[Any] = ("substitute",)
    extra = 0
    verbose_name = _("substitute")
    verbose_name_plural = _("What may be sent instead")


class PreorderFilter(admin.SimpleListFilter):
    """Products whose orders wait for a day."""

    title = _("preorders")
    parameter_name = "preorder"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("open", _("Can be preordered")), ("taken", _("Somebody waits for it"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Product]) -> QuerySet[Product]:
        if self.value() == "open":
            return queryset.filter(preorder_ships_on__gt=timezone.localdate())
        return queryset.filter(preorder_taken__gt=0) if self.value() == "taken" else queryset


@admin.register(Product)
class ProductAdmin(SettingAdmin):
    """Products; partners write them through the API as well."""

    form = ProductForm
    list_display: ClassVar[Any] = ("sku", "name", amount("price"), "kind_", "preorders", "is_active")
    list_filter: ClassVar[Any] = (
        "is_active",
        "is_bundle",
        "is_digital",
        PreorderFilter,
        ("fragility", ChoicesDropdownFilter),
        "ships_alone",
        "is_hazmat",
    )
    search_fields: ClassVar[Any] = ("sku__istartswith", "name__icontains", "gtin__exact")
    readonly_fields: ClassVar[Any] = ("preorder_taken", "version", "created_at", "updated_at")
    inlines: ClassVar[Any] = (ComponentInline, SubstituteInline)
    fieldsets: ClassVar[Any] = (
        (None, {"fields": (("sku", "gtin"), "name", "description", "image_url", ("is_active", "is_digital"))}),
        (_("Price"), {"fields": (("price", "currency", "tax_rate"),)}),
        (
            _("Size and weight"),
            {"fields": (("weight_g", "length_mm", "width_mm", "height_mm"), ("fragility", "is_hazmat", "ships_alone"))},
        ),
        (
            _("When it is out of stock"),
            {"fields": ("out_of_stock_policy", ("preorder_ships_on", "preorder_cap", "preorder_taken"))},
        ),
        (_("Data"), {"fields": ("metadata", ("version", "created_at", "updated_at"))}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Product | None = None) -> Any:
        """A SKU is a product's name for everybody outside; it never changes."""
        return (*self.readonly_fields, "sku") if obj else self.readonly_fields

    def save_model(self, request: HttpRequest, obj: Product, form: Any, change: bool) -> None:
        """Partners that read the product before must read it again before they write."""
        obj.version += change
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Its components make it a bundle."""
        super().save_related(request, form, formsets, change)
        settle_components(form.instance.pk)

    @column(_("kind"), label=True)
    def kind_(self, product: Product) -> str:
        return "" if product.kind == LineKind.GOODS else str(product.kind.label)

    @column(_("preorders"), ordering="preorder_ships_on", header=True)
    def preorders(self, product: Product) -> list[str]:
        if product.preorder_ships_on is None:
            return ["", ""]
        cap = "∞" if product.preorder_cap is None else product.preorder_cap
        day = date_format(product.preorder_ships_on, "DATE_FORMAT")
        return [day, _("%(taken)s of %(cap)s taken") % {"taken": product.preorder_taken, "cap": cap}]


class CodesForm(ActionForm):
    """Codes as the maker sent them."""

    codes = forms.CharField(label=_("Codes"), widget=forms.Textarea, help_text=_("One a line, at most 5,000."))

    @property
    def facts(self) -> list[Any]:
        return [(_("Still free"), self.target.codes.filter(line=None).count())]

    def clean_codes(self) -> list[str]:
        codes = list(dict.fromkeys(line.strip() for line in self.cleaned_data["codes"].splitlines() if line.strip()))
        if len(codes) > MOST_CODES or any(len(code) > LONGEST_CODE for code in codes):
            raise ValidationError(_("At most 5,000 codes of at most 500 characters."))
        return codes


def _add_codes(good: DigitalGood, data: dict[str, Any], by: Actor) -> Any:
    added = add_codes(good.pk, data["codes"], by=by)
    return ngettext("%(n)s new code.", "%(n)s new codes.", added) % {"n": added}


ADD_CODES = Action(
    name="add_codes",
    label=_("Add codes…"),
    intro=_("Each goes to one customer, and is never shown here again. Who waits for one gets it at once."),
    submit=_("Add them"),
    permission="orders.change_digitalgood",
    form=CodesForm,
    call=_add_codes,
    icon="vpn_key",
    variant="primary",
    fits=lambda good: good.uses_codes,
)


class DigitalGoodForm(forms.ModelForm):  # type: ignore[type-arg]
    """Only what is digital is delivered so."""

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("product") and not data["product"].is_digital:
            self.add_error("product", _("This product isn't digital."))
        return data


@admin.register(DigitalGood)
class DigitalGoodAdmin(SettingAdmin):
    """What digital products deliver; their codes are seen by nobody but their buyers."""

    form = DigitalGoodForm
    list_display: ClassVar[Any] = (link("product"), "url", "uses_codes", "pool")
    list_select_related: ClassVar[Any] = ("product",)
    list_filter: ClassVar[Any] = ("uses_codes",)
    search_fields: ClassVar[Any] = ("product__sku__istartswith", "product__name__icontains")
    autocomplete_fields: ClassVar[Any] = ("product",)
    fields: ClassVar[Any] = ("product", "url", "text", "uses_codes")
    staff_actions = (ADD_CODES,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[DigitalGood]:
        free = DigitalCode.objects.filter(good=OuterRef("pk"), line=None)
        goods: QuerySet[DigitalGood] = super().get_queryset(request)
        return goods.annotate(has_codes=Exists(free))

    @column(_("codes"), label={"some": GOOD, "none": BAD})
    def pool(self, good: Any) -> tuple[str, Any] | None:
        if not good.uses_codes:
            return None
        return ("some", _("There are some")) if good.has_codes else ("none", _("There are none left"))


@admin.register(BundleComponent)
class BundleComponentAdmin(RecordAdmin):
    """Which products are part of which bundles; edited on the bundle's page."""

    list_display: ClassVar[Any] = (link("bundle"), link("component"), "quantity")
    list_select_related: ClassVar[Any] = ("bundle", "component")
    detail_select_related: ClassVar[tuple[str, ...]] = ("bundle", "component")
    search_fields: ClassVar[Any] = ("bundle__sku__istartswith", "component__sku__istartswith")


@admin.register(ProductSubstitute)
class ProductSubstituteAdmin(RecordAdmin):
    """What may be sent instead of what; edited on the product's page."""

    list_display: ClassVar[Any] = (link("product"), link("substitute"), "rank", "ratio")
    list_select_related: ClassVar[Any] = ("product", "substitute")
    detail_select_related: ClassVar[tuple[str, ...]] = ("product", "substitute")
    search_fields: ClassVar[Any] = ("product__sku__istartswith", "substitute__sku__istartswith")


@admin.register(DigitalCode)
class DigitalCodeAdmin(RecordAdmin):
    """Which codes were given to whom, without the codes."""

    list_display: ClassVar[Any] = ("id", link("good"), link("line"), "given_at")
    list_select_related: ClassVar[Any] = ("good__product", "line")
    detail_select_related: ClassVar[tuple[str, ...]] = ("good__product", "line")
    search_fields: ClassVar[Any] = ("good__product__sku__istartswith", "line__public_id__exact")
    hidden: ClassVar[tuple[str, ...]] = ("sealed", "fingerprint")


@admin.register(ShippingMethod)
class ShippingMethodAdmin(SettingAdmin):
    """What customers choose between."""

    list_display: ClassVar[Any] = ("code", "name", "shown_price", "days", "is_active")
    list_filter: ClassVar[Any] = ("is_active",)
    search_fields: ClassVar[Any] = ("code__istartswith", "name__icontains")
    fields: ClassVar[Any] = (
        ("code", "name"),
        ("price", "tax_rate"),
        "countries",
        ("days_min", "days_max"),
        "channels",
        "is_active",
    )

    @column(_("price"), ordering="price")
    def shown_price(self, method: ShippingMethod) -> str:
        return f"{method.price:.2f}"

    @column(_("working days"))
    def days(self, method: ShippingMethod) -> str:
        return f"{method.days_min}–{method.days_max}"
