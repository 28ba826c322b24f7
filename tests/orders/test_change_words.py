"""What people read of a change."""

from django.utils.translation import override

from orders.change_words import sentences


def said(before: dict[str, str], after: dict[str, str], language: str = "en") -> list[str]:
    entry = {"what": "shipping_address", "line": "", "sku": "", "name": "", "before": before, "after": after}
    with override(language):
        return sentences([entry], currency="EUR", language=language)


def test_a_new_address_is_a_name_and_a_place_and_names_a_country_that_is_another() -> None:
    berlin = {"name": "Ada", "line1": "Hauptstr. 1", "postal_code": "10115", "city": "Berlin", "country": "DE"}
    lyon = {"name": "Ada", "line1": "Rue Mercière 3", "postal_code": "69002", "city": "Lyon", "country": "FR"}
    assert said(berlin, berlin | {"line1": "Am Markt 2"}) == ["It goes to Ada, 10115 Berlin"]
    assert said(berlin, lyon) == ["It goes to Ada, 69002 Lyon, France"]
    assert said(berlin, lyon, "de") == ["Lieferung an Ada, 69002 Lyon, Frankreich"]
