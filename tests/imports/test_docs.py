"""The guide for a shop that moves in: its commands run in their order, and it names every rule."""

import io
import shlex
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from config.exports import orders, products
from config.imports.faults import Fault, Remark
from config.imports.formats import FORMATS
from config.imports.sample import SHOPIFY_ORDERS
from orders.models import Order, Product
from tests.factories.orders import ChannelFactory, ShippingMethodFactory
from tests.factories.shipping import stocked

ROOT = Path(settings.BASE_DIR)
GUIDE = (ROOT / "docs" / "import.md").read_text()
PROMPT = "    uv run manage.py "


def commands() -> list[list[str]]:
    """The guide's commands, word by word."""
    lines = [line.removeprefix(PROMPT) for line in GUIDE.splitlines() if line.startswith(PROMPT)]
    return [[str(ROOT / word) if word.startswith("config/") else word for word in shlex.split(line)] for line in lines]


@pytest.mark.django_db(transaction=True)
def test_the_commands_of_the_guide_bring_a_shop_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(SHOPIFY_ORDERS, tmp_path / "orders.csv")
    ShippingMethodFactory(channels=[ChannelFactory(code="shopify", currency="EUR")])
    found = commands()
    assert len(found) == 11

    for name, *words in found:
        if "--open" in words:
            stocked(Product.objects.get(sku="MUG-BLUE"), 10)
        call_command(name, *words, stdout=io.StringIO(), stderr=io.StringIO())

    assert Product.objects.filter(is_active=True, currency="EUR").count() == 10
    assert Order.objects.get(external_ref="#1005").status == "confirmed"
    assert Order.objects.filter(partner__code="shopify").count() == 5
    assert Order.objects.filter(partner__code="online-retail").count() == 265
    assert (tmp_path / "rejects.csv").read_text().count("not_paid") == 1
    call_command("audit", verbosity=0)


def test_the_guide_names_every_rule_format_and_column() -> None:
    for named in (*Fault, *Remark):
        assert f"| `{named.code}` | {named.sentence} |" in GUIDE
    for format in FORMATS:
        assert f"--format {format.code}" in GUIDE
    for name in (*products.NAMES, *orders.NAMES):
        if not name.startswith(("shipping_", "billing_")):
            assert f"`{name}`" in GUIDE, name
