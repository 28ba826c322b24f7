"""Every refusal has one code of its own, and stands on its floor's list."""

import re
from importlib import import_module

from config.docs.house import FLOORS, refusals
from orders.kernel.errors import DomainError
from tests.house.sources import sources

STATUSES = {400, 401, 402, 403, 404, 405, 406, 409, 410, 411, 412, 413, 415, 422, 428, 429, 500, 503}


def every_refusal() -> list[type[DomainError]]:
    return [refusal for floor in FLOORS for refusal in refusals(floor)]


def test_codes_are_unique() -> None:
    codes = [refusal.code for refusal in every_refusal()]
    assert sorted(set(codes)) == sorted(codes)


def test_every_refusal_has_a_code_a_status_and_a_title_of_its_own() -> None:
    odd = [
        refusal
        for refusal in every_refusal()
        if not re.fullmatch(r"[a-z]+(_[a-z]+)*", refusal.code)
        or refusal.http_status not in STATUSES
        or refusal.code == DomainError.code
        or refusal.title == DomainError.title
    ]
    assert odd == []


def test_refusals_are_declared_in_the_errors_module_of_their_floor() -> None:
    for source in sources():
        if source.name.startswith(FLOORS):
            import_module(source.module)
    known = set(every_refusal())
    declared = {cls for cls in descendants(DomainError) if cls.__module__.startswith(FLOORS) and "code" in vars(cls)}
    assert declared == known


def descendants(cls: type) -> set[type]:
    return {below for child in cls.__subclasses__() for below in {child, *descendants(child)}}
