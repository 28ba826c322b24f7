"""Every refusal of the shipping floor."""

from orders.kernel.errors import DomainError


class NotPacked(DomainError):
    code = "not_packed"
    title = "Not everything is packed yet"


class NoCarrierService(DomainError):
    code = "no_carrier_service"
    title = "No carrier takes this parcel"


class OrderNotShippable(DomainError):
    code = "order_not_shippable"
    title = "This order can't be shipped"


class ShipmentNotReady(DomainError):
    code = "shipment_not_ready"
    title = "The shipment isn't ready"


class AlreadyDispatched(DomainError):
    code = "already_dispatched"
    title = "The shipment has left already"


class NotOnItsWay(DomainError):
    code = "not_on_its_way"
    title = "The shipment isn't on its way"


class NotTrackable(DomainError):
    code = "not_trackable"
    title = "This shipment can't be tracked"
