"""The one packing, receiving, returns or quarantine bin of a warehouse."""

from warehouse.models import Bin
from warehouse.states import BinKind


def open_station(warehouse_id: int, kind: BinKind) -> Bin:
    """The warehouse's bin of that kind; made when it is first needed, so that no warehouse is half set up."""
    known = Bin.objects.filter(warehouse_id=warehouse_id, kind=kind, is_active=True).order_by("walk_sequence", "pk")
    station = known.first()
    if station is None:
        station, _made = Bin.objects.get_or_create(
            warehouse_id=warehouse_id, code=kind.value.upper(), defaults={"kind": kind}
        )
    return station
