"""Thousands of requests made up from the schema: no error of ours, and no answer that the schema doesn't know."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from orders.kernel.actor import SYSTEM
from orders.models import ApiKey
from orders.models import Partner as PartnerRow
from orders.requests import WantedLine
from orders.scopes import Scope
from orders.services.key import issue_key
from orders.services.place import place_order
from tests.factories.orders import ChannelFactory, ProductFactory, ShippingMethodFactory
from tests.factories.shipping import stocked
from tests.orders.requests import PAID, an_order

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]

SECONDS = 45
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "response_headers_conformance",
    "negative_data_rejection",
    "unsupported_method",
    "ignored_auth",
)


def test_no_request_breaks_the_api(live_server: Any, tmp_path: Path) -> None:
    ShippingMethodFactory()
    row = PartnerRow.objects.create(code="shop", name="Shop")
    row.channels.add(ChannelFactory())
    stocked(ProductFactory(sku="MUG-BLUE"), 1000)
    for _ in range(3):
        place_order(an_order(WantedLine(sku="MUG-BLUE", quantity=1), payment=PAID), partner=row, by=SYSTEM)
    key, secret = issue_key(row, name="all", scopes=Scope.values, requests_per_minute=1_000_000, by=SYSTEM)

    done = subprocess.run(
        [
            *(str(Path(sys.executable).with_name("schemathesis")), "run", f"{live_server.url}/api/v1/schema"),
            *("--header", f"Authorization: Bearer {secret}", "--checks", ",".join(CHECKS)),
            *("--phases", "coverage,fuzzing", "--max-time", str(SECONDS), "--seed", "1", "--no-color"),
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2_000:]
    assert ApiKey.objects.get(pk=key.pk).last_used_at is not None
