"""The demo's own shop: people, places, goods, a partner with a key."""

import pytest

from config.demo.catalogue import build_catalogue
from config.demo.kinds import build_kinds
from config.demo.places import build_places
from config.demo.staff import build_staff
from config.demo.teller import Storyteller
from orders.kernel.actor import SYSTEM
from orders.models import Channel
from orders.models import Partner as PartnerRow
from orders.scopes import Scope
from orders.services.key import issue_key
from tests.api.client import Partner


@pytest.fixture
def shop(transactional_db: None) -> PartnerRow:
    """Everything but orders."""
    from django.contrib.auth.models import Group

    from orders.roles import Role

    for role in Role:
        Group.objects.get_or_create(name=role.value)
    build_staff()
    build_catalogue()
    build_kinds()
    build_places()
    partner = PartnerRow.objects.create(code="webshop", name="Web shop")
    partner.channels.add(Channel.objects.get(code="web"))
    return partner


@pytest.fixture
def api(shop: PartnerRow) -> Partner:
    """The shop's program."""
    _, secret = issue_key(shop, name="journey", scopes=Scope.values, by=SYSTEM)
    return Partner(secret)


@pytest.fixture
def floor(shop: PartnerRow) -> Storyteller:
    """The people of the warehouse."""
    return Storyteller(shop)
