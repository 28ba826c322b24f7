"""What the demo's shop consists of; every run calls this, and what is already there stays."""

from collections.abc import Callable
from dataclasses import dataclass, field

from config.demo.staff import Login, build_staff


@dataclass(frozen=True)
class Shop:
    """What a visitor needs to know to get in: partners' API keys by name, and the staff's logins by role."""

    keys: dict[str, str] = field(default_factory=dict)
    staff: dict[str, Login] = field(default_factory=dict)


def build(*, orders: int, tell: Callable[[str], object]) -> Shop:
    """Make what is missing: people, places, goods, partners, orders in every state, and ``orders`` real baskets."""
    from config.demo.catalogue import build_catalogue
    from config.demo.kinds import build_kinds
    from config.demo.partners import build_partners
    from config.demo.places import build_places

    staff = build_staff()
    build_catalogue()
    build_kinds()
    build_places()
    keys = build_partners()
    _build_orders(orders, tell)
    return Shop(keys=keys, staff=staff)


def _build_orders(baskets: int, tell: Callable[[str], object]) -> None:
    from config.demo.baskets import fill_baskets
    from config.demo.purchases import buy_goods
    from config.demo.stories import tell_stories
    from orders.models import Order, Partner

    partner = Partner.objects.get(code="webshop")
    if not Order.objects.filter(partner=partner).exists():
        tell("  telling stories: orders in every state ...")
        tell_stories(partner)
        buy_goods()
    if baskets:
        fill_baskets(partner, count=baskets, tell=tell)
