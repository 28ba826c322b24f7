"""Buy the labels that are wanted: claim a shipment, ask its carrier, write the labels down.

A claim is a lease by the database's clock. It is committed before the carrier is called, outside of any
transaction, and the answer counts only while the lease is still ours. The shipment's ``label_key`` makes
a repeated purchase the same purchase, so a crash at any point costs a delay, never a second label.
"""

from collections.abc import Sequence
from typing import TypeVar
from zoneinfo import ZoneInfo

from django.utils import timezone

from orders.kernel.actor import SYSTEM
from orders.kernel.documents import Address
from orders.kernel.work import emit, ring, work
from orders.services.exception import open_exception, resolve_exceptions
from shipping.carriers import adapter
from shipping.carriers.protocol import CarrierError, LabelRequest, Labels, Parcel
from shipping.events import ShipmentReady
from shipping.locks import Locked, claimable_label, leased_shipment
from shipping.models import Shipment, ShipmentPackage, ShippingDocument
from shipping.selectors import orders_of_shipment
from shipping.services.lease import lease, put_off
from shipping.services.print_slips import print_slips
from shipping.states import DocumentKind, ShipmentStatus, TrackingStatus
from warehouse.services.label_packages import label_packages

T = TypeVar("T")

STUCK_AFTER = 5  # attempts until a person is asked


def buy_label(shipment_id: int | None = None) -> bool:
    """Buy the label of the next shipment that is due, or of this one; False when there was nothing to do.

    Never raises for a carrier that refuses or is silent: the shipment stays wanted and is tried again, ever
    more slowly, and after ``STUCK_AFTER`` attempts a person is asked as well.
    """
    shipment = _claim(shipment_id)
    if shipment is None:
        return False
    try:
        request = _request(shipment)
        bought = adapter(_of(shipment.carrier).adapter).buy_label(request)
        slips = print_slips(shipment)
    except CarrierError as error:
        _fail(shipment, str(error))
    except Exception as error:
        # A mistake of ours is seen, too: in the log, and by a person when it lasts.
        _fail(shipment, f"{type(error).__name__}: {error}")
        raise
    else:
        _finish(shipment, bought, slips)
    return True


def _claim(shipment_id: int | None) -> Shipment | None:
    with work(by=SYSTEM):
        shipment = claimable_label(shipment_id)
        if shipment is not None:
            lease(shipment)
    return shipment


def _request(shipment: Shipment) -> LabelRequest:
    carrier, service, warehouse = _of(shipment.carrier), _of(shipment.service), shipment.warehouse
    packages = [parcel.package for parcel in shipment.parcels.select_related("package")]
    return LabelRequest(
        key=shipment.label_key,
        account=carrier.account,
        carrier=carrier.name,
        service=service.code,
        service_name=service.name,
        sender=Address.of({"name": warehouse.name, "country": warehouse.country} | warehouse.address),
        receiver=Address.of(shipment.ship_to),
        parcels=tuple(Parcel(reference=p.public_id, weight_g=p.weight_g or 0) for p in packages),
        reference=", ".join(order.number for order in orders_of_shipment(shipment.pk)),
        language=shipment.language,
        ship_on=timezone.now().astimezone(ZoneInfo(warehouse.timezone)).date(),
        tracking_page=carrier.tracking_url,
    )


def _finish(shipment: Shipment, bought: Labels, slips: Sequence[bytes]) -> None:
    """Write the labels down: the parcels are labelled and the shipment is ready, if it is still wanted."""
    with work(by=SYSTEM):
        locked = leased_shipment(shipment.pk, shipment.lease_token)
        if locked is None:
            return  # our lease ran out, and whoever took over gets the same labels
        current = locked.shipment
        current.lease_token = current.leased_until = None
        current.label_cost, current.label_currency = bought.cost, bought.currency
        current.tracking_number, current.tracking_url = bought.tracking_number, bought.tracking_url
        current.label_error = ""
        current.version += 1
        if current.status != ShipmentStatus.LABEL_WANTED:
            current.save()  # cancelled meanwhile: the label that it owes back is known now
            ring("carrier")
            return
        current.make_ready()
        current.tracking_status = TrackingStatus.PRE_TRANSIT
        current.save()
        _keep_papers(current, bought, slips)
        label_packages([package.pk for package in locked.packages], by=SYSTEM)
        _tell(locked)


def _keep_papers(shipment: Shipment, bought: Labels, slips: Sequence[bytes]) -> None:
    parcels = list(shipment.parcels.all())
    papers = []
    for parcel, label, slip in zip(parcels, bought.parcels, slips, strict=True):
        parcel.tracking_number = label.tracking_number
        papers += [
            _paper(parcel, DocumentKind.LABEL, label.pdf),
            _paper(parcel, DocumentKind.LABEL_ZPL, label.zpl.encode(), content_type="application/zpl"),
            _paper(parcel, DocumentKind.PACKING_SLIP, slip),
        ]
    ShipmentPackage.objects.bulk_update(parcels, ["tracking_number"])
    ShippingDocument.objects.bulk_create(papers)


def _paper(
    parcel: ShipmentPackage, kind: DocumentKind, content: bytes, *, content_type: str = "application/pdf"
) -> ShippingDocument:
    return ShippingDocument(
        shipment_id=parcel.shipment_id,
        package_id=parcel.package_id,
        kind=kind,
        content=content,
        content_type=content_type,
    )


def _tell(locked: Locked) -> None:
    shipment = locked.shipment
    for order in locked.orders:
        emit(
            ShipmentReady(
                order_id=order.pk,
                number=order.number,
                shipment=shipment.public_id,
                carrier=_of(shipment.carrier).code,
                tracking_number=shipment.tracking_number,
            )
        )
    if shipment.attempts >= STUCK_AFTER:
        resolve_exceptions(
            category="stuck_label",
            subject_kind="shipment",
            subject_id=shipment.public_id,
            resolution="The label was bought.",
            by=SYSTEM,
        )


def _fail(shipment: Shipment, error: str) -> None:
    with work(by=SYSTEM):
        locked = leased_shipment(shipment.pk, shipment.lease_token)
        if locked is None:
            return
        put_off(locked.shipment, error)
        if locked.shipment.status == ShipmentStatus.LABEL_WANTED and locked.shipment.attempts >= STUCK_AFTER:
            open_exception(
                order_id=locked.orders[0].pk,
                category="stuck_label",
                subject_kind="shipment",
                subject_id=shipment.public_id,
                facts={"attempts": locked.shipment.attempts, "error": error[:200]},
                by=SYSTEM,
            )


def _of(wanted: T | None) -> T:
    """What ``choose_service`` has set before a label can be wanted."""
    assert wanted is not None
    return wanted
