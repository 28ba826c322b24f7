"""How far a parcel goes, as far as that can be known from a country and a postal code.

An estimate for comparing warehouses, never for telling anybody a distance. In the destination's own country it follows
the postal code: ``HOME_KM`` when nothing is in common, a third of it for each leading character that is. From another
country it is the great circle from the warehouse (its coordinates, else the middle of its country) to the middle of
the destination's country, and never less than from any place at home: borders cost more than kilometres.
"""

from functools import lru_cache
from math import asin, cos, radians, sin, sqrt

from warehouse.planning.countries import CENTRES

HOME_KM = 300
# As far as two places on earth can be apart: for what nobody knows.
UNKNOWN_KM = 20_000
_RADIUS_KM = 6371
_NARROWS = 3  # by how much each further character of a postal code narrows a place down
_MOST_CHARACTERS = 4

Point = tuple[float, float]


@lru_cache(maxsize=65_536)
def km_between(country: str, postal_code: str, *, to_country: str, to_postal_code: str, at: Point | None = None) -> int:
    """About how far it is from a warehouse (``at``: its latitude and longitude, where they are known) to an address."""
    if not to_country:
        return UNKNOWN_KM
    if country == to_country:
        shared: int = _common(_plain(postal_code), _plain(to_postal_code))
        return int(HOME_KM / _NARROWS**shared)
    start, end = at or CENTRES.get(country), CENTRES.get(to_country)
    if start is None or end is None:
        return UNKNOWN_KM
    return max(HOME_KM + 1, round(great_circle(start, end)))


def great_circle(start: Point, end: Point) -> float:
    """Kilometres between two points, by the haversine formula."""
    (lat, lon), (to_lat, to_lon) = (tuple(map(radians, point)) for point in (start, end))
    half = sin((to_lat - lat) / 2) ** 2 + cos(lat) * cos(to_lat) * sin((to_lon - lon) / 2) ** 2
    return 2 * _RADIUS_KM * asin(min(1.0, sqrt(half)))


def _plain(postal_code: str) -> str:
    return "".join(filter(str.isalnum, postal_code)).upper()[:_MOST_CHARACTERS]


def _common(one: str, other: str) -> int:
    """How many leading characters two codes have in common."""
    return next(
        (i for i, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), min(len(one), len(other))
    )
