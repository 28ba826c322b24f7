"""What the screens of ``/wh/`` show: lists to pick, work to pack, goods to put back."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum

from orders.models import OrderHold
from warehouse.models import FulfillmentOrder, FulfillmentOrderLine, Package, PickList, PickTask, PutBackTask
from warehouse.selectors.holds import held_among
from warehouse.selectors.work import to_release, unreleased_lines
from warehouse.states import ACTIVE, TO_DO, PackageStatus, PickKind, PickListStatus, PutBackStatus

# More than anybody scrolls through; the rest moves up as work gets done.
_MOST = 50
# Kinds of lists that a picker takes another cart for, or another zone.
_SPECIAL = (PickKind.CLUSTER, PickKind.ZONE)


@dataclass(frozen=True, kw_only=True)
class ListCard:
    """A pick list in a list."""

    public_id: str
    warehouse: str
    status: str
    picker: str
    kind: str
    orders: tuple[str, ...]
    bins: int
    units: int
    picked: int


@dataclass(frozen=True, kw_only=True)
class WorkCard:
    """A fulfillment order in a list; ``units`` are those that the list is about."""

    id: int
    public_id: str
    order: str
    warehouse: str
    units: int
    of: int
    promised_on: date | None
    hold: str = ""


@dataclass(frozen=True, kw_only=True)
class Board:
    """The first screen."""

    mine: tuple[ListCard, ...]
    to_pick: tuple[ListCard, ...]
    to_pack: tuple[WorkCard, ...]
    to_release: tuple[WorkCard, ...]
    to_put_back: tuple[PutBackTask, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.mine or self.to_pick or self.to_pack or self.to_release or self.to_put_back)


def board(user_id: int, *, picks: bool, packs: bool, releases: bool, puts_back: bool) -> Board:
    """What somebody with these rights may do next, the most urgent first."""
    mine = PickList.objects.filter(picker=user_id, status__in=[PickListStatus.RELEASED, PickListStatus.IN_PROGRESS])
    free = PickList.objects.filter(picker=None, status=PickListStatus.RELEASED)
    return Board(
        mine=_cards(mine.order_by("pk")) if picks else (),
        to_pick=_cards(free.order_by("pk")) if picks else (),
        to_pack=_to_pack() if packs else (),
        to_release=_to_release() if releases else (),
        to_put_back=tuple(put_backs()[:_MOST]) if puts_back else (),
    )


def pick_lists() -> QuerySet[PickList]:
    """Pick lists with what their page shows."""
    return PickList.objects.select_related("warehouse", "picker")


def pick_tasks() -> QuerySet[PickTask]:
    """Tasks with their list."""
    return PickTask.objects.select_related("pick_list")


def work_orders() -> QuerySet[FulfillmentOrder]:
    """Fulfillment orders with what their page shows."""
    return FulfillmentOrder.objects.select_related("order", "warehouse")


def packages() -> QuerySet[Package]:
    """Packages with what their page shows."""
    return Package.objects.select_related("box", "fulfillment_order")


def put_backs() -> QuerySet[PutBackTask]:
    """Goods at the packing station that belong on a shelf."""
    rows = PutBackTask.objects.filter(status=PutBackStatus.OPEN).select_related("product", "bin", "line__order")
    return rows.order_by("pk")


def tasks_of(pick_list: PickList) -> QuerySet[PickTask]:
    """A list's tasks in walk order."""
    return pick_list.tasks.select_related("bin", "product", "line__order", "tote").order_by("sequence", "pk")


def lines_to_pack(row: FulfillmentOrder) -> QuerySet[FulfillmentOrderLine]:
    """What a fulfillment order still asks for, or has."""
    return row.lines.filter(quantity__gt=0).select_related("line__product").order_by("line__position")


def to_pack_on(pick_list: PickList) -> tuple[WorkCard, ...]:
    """The fulfillment orders of a list that a packer can go on with."""
    rows = work_orders().filter(pick_lists=pick_list, status__in=ACTIVE)
    return _work_cards(rows, units=Sum(F("lines__picked") - F("lines__packed")), of=Sum("lines__quantity"))


def _cards(lists: QuerySet[PickList]) -> tuple[ListCard, ...]:
    rows = lists.select_related("warehouse", "picker").prefetch_related("tasks__line__order")[:_MOST]
    return tuple(
        ListCard(
            public_id=row.public_id,
            warehouse=row.warehouse.code,
            status=row.status,
            picker=row.picker.get_username() if row.picker else "",
            kind=f"{row.get_kind_display()} {row.zone}".strip() if row.kind in _SPECIAL else "",
            orders=tuple(dict.fromkeys(task.line.order.number for task in row.tasks.all())),
            bins=len({task.bin_id for task in row.tasks.all()}),
            units=sum(task.wanted for task in row.tasks.all()),
            picked=sum(task.picked for task in row.tasks.all()),
        )
        for row in rows
    )


def _to_pack() -> tuple[WorkCard, ...]:
    """Goods at the packing station: picked and in no sealed package; first what nobody still fetches parts of."""
    fetching = PickTask.objects.filter(fulfillment_order=OuterRef("pk"), status__in=TO_DO)
    open_now = Package.objects.filter(fulfillment_order=OuterRef("pk"), status=PackageStatus.OPEN)
    rows = work_orders().filter(status__in=ACTIVE).alias(is_fetching=Exists(fetching), is_open=Exists(open_now))
    rows = rows.filter(Q(lines__picked__gt=F("lines__packed")) | Q(is_open=True)).order_by(
        "is_fetching", F("promised_on").asc(nulls_last=True), "pk"
    )
    pks = list(dict.fromkeys(rows.values_list("pk", flat=True)))[:_MOST]
    cards = _work_cards(
        work_orders().filter(pk__in=pks), units=Sum(F("lines__picked") - F("lines__packed")), of=Sum("lines__quantity")
    )
    return tuple(sorted(cards, key=lambda card: pks.index(card.id)))


def _to_release() -> tuple[WorkCard, ...]:
    """Work of confirmed orders that is on no list yet, what was promised first at the top; what is held says why.

    Where only some lines are held the others can go: the card counts those.
    """
    pks = list(to_release(work_orders()).values_list("pk", flat=True))
    lines = unreleased_lines(pks)
    held = held_among({line.line_id: line.line.order_id for line in lines})
    waiting, going, holds = dict.fromkeys(pks, 0), dict.fromkeys(pks, 0), dict[int, OrderHold]()
    for line in lines:
        units: int = line.unreleased  # type: ignore[attr-defined]
        waiting[line.fulfillment_order_id] += units
        if line.line_id in held:
            holds[line.fulfillment_order_id] = held[line.line_id]
        else:
            going[line.fulfillment_order_id] += units
    chosen = work_orders().filter(pk__in=[pk for pk, units in waiting.items() if units])
    return tuple(
        WorkCard(
            id=row.pk,
            public_id=row.public_id,
            order=row.order.number,
            warehouse=row.warehouse.code if row.warehouse else "",
            units=going[row.pk] or waiting[row.pk],
            of=waiting[row.pk],
            promised_on=row.promised_on,
            hold=holds[row.pk].get_reason_display() if row.pk in holds and not going[row.pk] else "",
        )
        for row in chosen.order_by("warehouse__code", F("promised_on").asc(nulls_last=True), "pk")[:_MOST]
    )


def _work_cards(rows: QuerySet[FulfillmentOrder], *, units: Sum, of: Sum) -> tuple[WorkCard, ...]:
    return tuple(
        WorkCard(
            id=row.pk,
            public_id=row.public_id,
            order=row.order.number,
            warehouse=row.warehouse.code if row.warehouse else "",
            units=row.units,
            of=row.of,
            promised_on=row.promised_on,
        )
        for row in rows.annotate(units=units, of=of)
    )
