"""The types of the API's fields: each says in the schema exactly what ``orders.api.strict`` accepts."""

from collections.abc import Mapping
from typing import Any, ClassVar

from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from orders.countries import COUNTRIES
from orders.currencies import CURRENCIES

_AMOUNT = r"(0|[1-9][0-9]{0,11})(\.[0-9]{1,3})?"
_RATE = r"0(\.[0-9]{1,5})?"
_CURRENCY = "|".join(sorted(CURRENCIES))  # no enum: generated clients would want another type for it


class Line(serializers.CharField):
    """Text on one line: no control characters; blanks around it are cut off."""


class Text(serializers.CharField):
    """Text that may have line breaks and tabs, but no other control characters."""


class Token(serializers.Field[Any, Any, Any, Any]):
    """Text of one fixed form."""

    pattern: ClassVar[str] = ""
    maximum: ClassVar[int] = 255


@extend_schema_field({"type": "string", "pattern": f"^{_AMOUNT}$", "examples": ["12.50"]})
class Amount(Token):
    """Money as a decimal string; how many digits are allowed is the currency's business."""

    pattern = _AMOUNT


@extend_schema_field({"type": "string", "pattern": f"^-?{_AMOUNT}$", "examples": ["-12.50"]})
class Balance(Token):
    """Money that may be owed either way."""

    pattern = f"-?{_AMOUNT}"


@extend_schema_field({"type": "string", "pattern": f"^{_RATE}$", "examples": ["0.19"]})
class Rate(Token):
    """A tax rate as a fraction below one."""

    pattern = _RATE


@extend_schema_field({"type": "string", "enum": sorted(COUNTRIES)})
class Country(Token):
    """ISO 3166-1 alpha-2."""

    pattern = "|".join(sorted(COUNTRIES))


@extend_schema_field({"type": "string", "pattern": f"^({_CURRENCY})$", "examples": ["EUR"]})
class Currency(Token):
    """ISO 4217."""

    pattern = _CURRENCY


@extend_schema_field({"type": "string", "pattern": "^[a-z]{2}(-[A-Za-z]{2,4})?$", "examples": ["de"]})
class Language(Token):
    """BCP 47: a language and perhaps a region."""

    pattern = "[a-z]{2}(-[A-Za-z]{2,4})?"


@extend_schema_field({"type": "string", "pattern": "^([0-9]{8}|[0-9]{12,14})?$", "examples": ["4006381333931"]})
class Gtin(Token):
    """A GTIN of 8, 12, 13 or 14 digits, or nothing."""

    pattern = "([0-9]{8}|[0-9]{12,14})?"


@extend_schema_field(
    {"type": "string", "pattern": r"^(https?://[^\s]{1,490})?$", "examples": ["https://example.com/mug.jpg"]}
)
class WebUrl(Token):
    """An http or https URL, or nothing."""

    pattern = r"(https?://[^\s]{1,490})?"


class Sku(Line):
    """A SKU as it was given with its product."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 64, **kwargs})


@extend_schema_field({})
class Anything(serializers.Field[Any, Any, Any, Any]):
    """Any JSON: in answers, and what of a body is read by itself."""


class Each(serializers.Field[Any, Any, Any, Any]):
    """One of a batch, as ``variant`` describes it; anything else is refused in that one's answer, not the batch's."""

    def __init__(self, variant: type[serializers.Serializer[Any]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.variant = variant


class _EachInSchema(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    target_class = Each

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> Any:
        return {"anyOf": [auto_schema.resolve_serializer(self.target.variant, direction).ref, {}]}


class OneOf(serializers.Field[Any, Any, Any, Any]):
    """One of several objects; their ``type`` tells which."""

    def __init__(self, variants: Mapping[str, type[serializers.Serializer[Any]]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.variants = variants


class _OneOfInSchema(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    target_class = OneOf

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> Any:
        parts = {
            name: auto_schema.resolve_serializer(variant, direction).ref
            for name, variant in self.target.variants.items()
        }
        mapping = {name: part["$ref"] for name, part in parts.items()}
        return {"oneOf": list(parts.values()), "discriminator": {"propertyName": "type", "mapping": mapping}}


@extend_schema_field({"type": "object", "additionalProperties": True})
class Metadata(serializers.Field[Any, Any, Any, Any]):
    """An object of the partner's own; it is kept and given back."""
