"""Plan a wave: which orders are fetched together, and what that comes to; nothing is reserved before its release."""

import secrets
import time
from collections.abc import Callable, Sequence
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from orders.kernel.actor import Actor
from orders.kernel.work import emit, work
from warehouse.errors import InvalidWave, NotReleasable
from warehouse.events import WavePlanned
from warehouse.models import Bin, Tote, Wave
from warehouse.planning.pick_lists import make_lists
from warehouse.planning.wave_terms import Limits
from warehouse.planning.waves import ITERATIONS, Choice, choose_wave, oldest_first
from warehouse.selectors.shelves import floor_of, grips_for
from warehouse.selectors.waves import Candidate, Ground, fetches_of, wave_ground
from warehouse.states import PickKind

SECONDS = 10.0  # for the search; nobody waits longer for a page
_SEEDS = 2**31


def plan_wave(
    wave: Wave,
    *,
    methods: Sequence[int] = (),
    seed: int | None = None,
    iterations: int = ITERATIONS,
    is_over: Callable[[], bool] | None = None,
    by: Actor,
) -> Wave:
    """Choose the orders of a new wave by its terms and write the plan down; ``methods``: shipping methods by pk.

    Planned again from the wave's seed, for its iterations, on the same stock and orders, it is the same. 1 guard
    2 look around 3 choose 4 work out its figures 5 save 6 tell. Raises ``InvalidWave``, ``NotReleasable`` when
    nothing could join.
    """
    with work(by=by):
        wave.seed = secrets.randbelow(_SEEDS) if seed is None else seed
        limits = _guarded(wave)
        ground = wave_ground(wave, methods=methods, now=timezone.now())
        demands = [candidate.demand for candidate in ground.candidates]
        choice = choose_wave(
            demands, ground.aisles, limits, seed=wave.seed, iterations=iterations, is_over=is_over or _after(SECONDS)
        )
        if not choice.orders:
            raise NotReleasable(_("No order can join a wave now: none that these terms admit has goods on a shelf."))
        wave.aisles = list(choice.aisles)
        wave.iterations = choice.iterations
        wave.aisles_by_age = len(oldest_first(demands, ground.aisles, units=choice.units).aisles)
        _work_out(wave, ground, choice)
        wave.save(force_insert=True)
        wave.methods.set(methods)
        wave.fulfillment_orders.set(choice.orders)
        emit(
            WavePlanned(
                order_id=None,
                wave=wave.public_id,
                warehouse=wave.warehouse.code,
                order_count=wave.orders,
                units=wave.units,
                aisles=len(wave.aisles),
            )
        )
        return wave


def _after(seconds: float) -> Callable[[], bool]:
    end = time.monotonic() + seconds
    return lambda: time.monotonic() > end


def _guarded(wave: Wave) -> Limits:
    """The wave's limits, with the totes that are free for a cluster."""
    if not 0 <= wave.seed < _SEEDS:
        raise _refused("seed", _("A number from 0 to {most}.").format(most=_SEEDS - 1))
    for name in ("max_units", "max_orders", "orders_per_list"):
        if getattr(wave, name) is not None and getattr(wave, name) < 1:
            raise _refused(name, _("At least 1."))
    if wave.max_units is not None and wave.min_units > wave.max_units:
        raise _refused("min_units", _("At most as many as the wave may have."))
    code = wave.warehouse.code
    if wave.zone and not Bin.objects.filter(warehouse=wave.warehouse_id, zone=wave.zone).exists():
        raise _refused("zone", _("Warehouse {code} has no zone of this name.").format(code=code))
    if wave.kind != PickKind.CLUSTER:
        return wave.limits
    totes = Tote.objects.filter(warehouse=wave.warehouse_id, is_active=True, pick_list=None).count()
    if not totes:
        raise _refused("kind", _("Warehouse {code} has no empty totes.").format(code=code))
    return Limits(max_units=wave.max_units, max_orders=wave.max_orders, max_totes=totes, min_units=wave.min_units)


def _refused(field: str, why: str) -> InvalidWave:
    """What is wrong, after the name of what it is about."""
    return InvalidWave(f"{field}: {why}")


def _work_out(wave: Wave, ground: Ground, choice: Choice[str]) -> None:
    """The plan's figures: what it fetches, how far that is, and what it leaves out."""
    chosen = set(choice.orders)
    going = [candidate for candidate in ground.candidates if candidate.row.pk in chosen]
    left = [candidate for candidate in ground.candidates if candidate.row.pk not in chosen]
    fetches = fetches_of(going)
    owners = {fetch.key: candidate.row.pk for candidate in going for fetch in candidate.fetches}
    lists = make_lists(
        grips_for(fetches, ground.shelves, wave.aisles),
        owners=owners,
        floor=floor_of(wave.warehouse, ground.shelves),
        most=orders_on_a_list(wave),
        by_zone=wave.kind == PickKind.ZONE,
    )
    wave.orders, wave.lines, wave.units = len(going), len(fetches), choice.units
    wave.must_go = _urgent(going)
    wave.lists = len(lists)
    wave.metres = Decimal(str(round(sum(each.metres for each in lists), 1)))
    wave.left_out, wave.must_go_left = len(left), _urgent(left)
    oldest = min(left, key=lambda candidate: candidate.since, default=None)
    wave.oldest_left = oldest.row.order.number if oldest else ""
    wave.oldest_left_since = oldest.since if oldest else None


def orders_on_a_list(wave: Wave) -> int:
    """How many orders share one of its lists at most."""
    return 1 if wave.kind == PickKind.SINGLE else wave.orders_per_list


def _urgent(candidates: Sequence[Candidate]) -> int:
    return sum(candidate.is_urgent for candidate in candidates)
