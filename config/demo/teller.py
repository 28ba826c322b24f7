"""Moves the demo's orders on through the services, as the shop, the picker, the packer and the carrier would."""

import random
from collections import Counter
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone

from orders.kernel.actor import CUSTOMER, SYSTEM, Actor, ActorKind
from orders.models import Order, Partner
from orders.requests import Buyer, OrderRequest, PayBy, WantedLine
from orders.services.place import place_order
from orders.services.settle import settle_payments
from returns.models import Return
from returns.services.approve_return import approve_return
from returns.services.inspect_return import Finding, inspect_return
from returns.services.receive_return import receive_return
from returns.services.request_return import WantedReturn, request_return
from returns.states import Condition, Disposition, ReturnReason
from shipping.carriers.protocol import News
from shipping.models import Shipment
from shipping.services.buy_label import buy_label
from shipping.services.dispatch_shipment import dispatch_shipment
from shipping.services.record_tracking import record_tracking
from shipping.states import TrackingStatus
from warehouse.models import BoxType, FulfillmentOrder, Package, PackingMaterial, PickList
from warehouse.selectors.packing import advise, advise_package, advised_materials
from warehouse.services.open_package import open_package
from warehouse.services.pack import pack_units
from warehouse.services.pick import pick_units
from warehouse.services.release_pick_list import release_pick_list
from warehouse.services.seal_package import seal_package
from warehouse.services.start_pick_list import start_pick_list

PAID = PayBy(gateway="sandbox", token="tok_ok")  # noqa: S106 - the sandbox's word
_PEOPLE = (
    ("Ada Byron", "ada@example.com", "Hauptstr. 1", "10115", "Berlin", "DE", "de"),
    ("Jonas Weber", "jonas.weber@example.com", "Rosenweg 12", "80331", "München", "DE", "de"),
    ("Mia Schneider", "mia@example.com", "Lindenallee 5", "20095", "Hamburg", "DE", "de"),
    ("Claire Martin", "claire@example.com", "12 rue des Fleurs", "69001", "Lyon", "FR", "en"),
    ("Luca Rossi", "luca@example.com", "Via Roma 8", "20121", "Milano", "IT", "en"),
    ("Eva Novak", "eva@example.com", "Mariahilfer Str. 20", "1060", "Wien", "AT", "de"),
)


class Storyteller:
    """Places orders one after the other and moves them on; the same seed tells the same stories."""

    def __init__(self, partner: Partner, *, seed: int = 7) -> None:
        self._partner = partner
        self._chance = random.Random(seed)  # noqa: S311 - a story, not a secret
        self._shop = Actor(kind=ActorKind.PARTNER, name=partner.name, id=partner.pk)
        users = get_user_model().objects
        self._picker = users.get(username="picker")
        self._packer = users.get(username="packer")
        self._count = 0

    def place(self, lines: dict[str, int], *, payment: PayBy | None = PAID, **changes: Any) -> Order:
        """An order of some customer; ``lines`` are units by SKU."""
        name, email, street, postal_code, city, country, language = self._chance.choice(_PEOPLE)
        self._count += 1
        wanted: dict[str, Any] = {
            "external_ref": f"demo-{self._count:05d}",
            "channel": "web",
            "currency": "EUR",
            "customer": Buyer(email=email, name=name, language=language),
            "shipping_address": {
                "name": name,
                "company": "",
                "line1": street,
                "line2": "",
                "city": city,
                "region": "",
                "postal_code": postal_code,
                "country": country,
                "phone": "",
            },
            "shipping_method": "standard",
            "lines": tuple(WantedLine(sku=sku, quantity=units) for sku, units in lines.items()),
            "payment": payment,
        }
        return place_order(OrderRequest(**(wanted | changes)), by=self._shop, partner=self._partner)

    def release(self, order: Order) -> list[PickList]:
        """A pick list for each warehouse that has something to send."""
        waiting = FulfillmentOrder.objects.filter(order=order, status="open")
        return [release_pick_list([row.pk], by=SYSTEM) for row in waiting]

    def pick(self, order: Order) -> None:
        """Everything is in the totes."""
        for pick_list in self.release(order):
            start_pick_list(pick_list.pk, user_id=self._picker.pk, by=_person(self._picker))
            for task in pick_list.tasks.filter(status="open"):
                pick_units(task.pk, quantity=task.quantity, by=_person(self._picker))

    def pack(self, order: Order) -> None:
        """Everything is in boxes, weighed and closed; the labels are wanted."""
        for work in FulfillmentOrder.objects.filter(order=order, status="in_progress"):
            for load in self._loads(work):
                package = open_package(work.pk, user_id=self._packer.pk, by=_person(self._packer))
                for line, units in load.items():
                    pack_units(package.pk, fulfillment_line_id=line, quantity=units, by=_person(self._packer))
                self._seal(package)

    def _loads(self, work: FulfillmentOrder) -> list[Counter[int]]:
        """What goes into which box, unit by unit: into the present one as long as the adviser knows a box for it."""
        loads: list[Counter[int]] = [Counter()]
        lines = {line.pk: line for line in work.lines.select_related("line__product")}
        for line in lines.values():
            for _ in range(line.picked - line.packed):
                tried = loads[-1] + Counter({line.pk: 1})
                fits = advise((lines[pk].line.product, units) for pk, units in tried.items()) is not None
                if fits or not loads[-1]:
                    loads[-1] = tried
                else:
                    loads.append(Counter({line.pk: 1}))
        return [load for load in loads if load]

    def _seal(self, package: Package) -> None:
        box, materials, weight_g = seal_advice(package)
        seal_package(package.pk, box=box, materials=materials, weight_g=weight_g, by=_person(self._packer))

    def label(self, order: Order) -> list[Shipment]:
        """The labels are bought and printed."""
        shipments = list(Shipment.objects.filter(lines__line__order=order).distinct())
        for shipment in shipments:
            buy_label(shipment.pk)
        return shipments

    def dispatch(self, order: Order) -> list[Shipment]:
        """It left, was billed, and the money was taken."""
        self.pick(order)
        self.pack(order)
        shipments = self.label(order)
        for shipment in shipments:
            dispatch_shipment(shipment.pk, by=SYSTEM)
        settle_payments(order.pk)
        return shipments

    def track(self, order: Order, *statuses: TrackingStatus) -> None:
        """News from the carrier about every parcel."""
        for shipment in Shipment.objects.filter(lines__line__order=order).distinct():
            for number, status in enumerate(statuses):
                news = News(
                    event_id=f"{shipment.public_id}-{number}",
                    status=status,
                    occurred_at=timezone.now(),
                    place="Berlin",
                )
                record_tracking(shipment.pk, news, by=Actor(kind=ActorKind.CARRIER, name="House Post"))

    def deliver(self, order: Order) -> None:
        """At the customer's door."""
        self.dispatch(order)
        self.track(order, TrackingStatus.IN_TRANSIT, TrackingStatus.OUT_FOR_DELIVERY, TrackingStatus.DELIVERED)

    def ask_to_return(self, order: Order, reason: ReturnReason) -> Return:
        """The customer wants to send the first line back."""
        line = order.lines.all()[0]
        wanted = WantedReturn(order_line=line.public_id, quantity=1, reason=reason)
        return request_return(order.pk, lines=[wanted], by=CUSTOMER)

    def receive(self, returning: Return) -> Return:
        """It is back on the table."""
        if returning.status == "requested":
            approve_return(returning.pk, by=SYSTEM)
        received = {line.public_id: line.quantity for line in returning.lines.all()}
        return receive_return(returning.pk, received=received, by=SYSTEM)

    def inspect(self, returning: Return) -> None:
        """As good as new: back on the shelf, and the money goes back."""
        findings = [
            Finding(
                line=line.public_id,
                accepted=line.quantity,
                condition=Condition.NEW,
                disposition=Disposition.RESTOCK,
            )
            for line in returning.lines.all()
        ]
        inspect_return(returning.pk, findings=findings, by=SYSTEM)
        settle_payments(returning.order_id)


def _person(user: Any) -> Actor:
    return Actor(kind=ActorKind.STAFF, name=user.get_username(), id=user.pk)


def seal_advice(package: Package) -> tuple[str, dict[str, int], int]:
    """The advised box and materials, and what the scales say, in grams."""
    advice = advise_package(package)
    boxes = BoxType.objects.order_by("inner_length_mm")
    box = boxes.get(pk=advice.box_id) if advice else boxes.reverse()[0]
    materials = advised_materials(advice)
    weights = dict(PackingMaterial.objects.values_list("code", "weight_g_per_unit"))
    lines = package.lines.select_related("fulfillment_line__line__product")
    goods = sum(row.quantity * row.fulfillment_line.line.product.weight_g for row in lines)
    return box.code, materials, goods + box.weight_g + sum(weights[code] * n for code, n in materials.items())
