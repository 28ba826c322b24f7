"""The script of docs/api.md works as it stands there."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from orders.kernel.actor import SYSTEM
from orders.models import Order, Partner
from orders.scopes import Scope
from orders.services.key import issue_key
from tests.factories.orders import ChannelFactory, ShippingMethodFactory
from tests.factories.warehouse import WarehouseFactory

PAGE = Path(settings.BASE_DIR) / "docs" / "api.md"


@pytest.mark.django_db(transaction=True)
def test_the_first_order_can_be_pasted(live_server: Any) -> None:
    ShippingMethodFactory()
    WarehouseFactory()
    partner = Partner.objects.create(code="shop", name="Shop")
    partner.channels.add(ChannelFactory())
    _, secret = issue_key(partner, name="docs", scopes=Scope.values, by=SYSTEM)
    script = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)[0]

    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"OMS_URL": live_server.url, "OMS_KEY": secret},
    )

    assert done.returncode == 0, done.stderr
    order = Order.objects.get()
    assert done.stdout.startswith(f"{order.number} confirmed 29.90 ")
    assert "['order.placed', 'payment.authorized', 'order.confirmed'" in done.stdout


def test_every_scope_is_explained() -> None:
    told = set(re.findall(r"`([a-z]+:[a-z]+)`", PAGE.read_text()))
    assert told == set(Scope.values)
