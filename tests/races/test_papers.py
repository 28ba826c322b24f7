"""Numbers without a gap when many bill at once and some break off, and one file whoever makes it."""

from threading import Event
from typing import Any

import pytest
from django.core.files.storage import storages

from orders.kernel.actor import SYSTEM
from orders.kernel.work import work
from orders.locks import locked_series
from orders.models import Channel, Invoice, Order, PaperFile
from orders.services.file_paper import file_due_papers, open_paper
from orders.services.invoice import issue_invoice
from tests.factories.orders import ChannelFactory
from tests.orders.papers import a_shop, billed, bought
from tests.races.runners import at_once

pytestmark = pytest.mark.django_db(transaction=True)


class Broken(Exception):
    pass


def break_off(order: Order) -> None:
    with work(by=SYSTEM):
        issue_invoice(order.pk, units={line.pk: 1 for line in order.lines.all()}, cause_id="sh_x", by=SYSTEM)
        raise Broken


def test_rollbacks_between_many_bills_leave_no_gap() -> None:
    a_shop()
    orders = [bought() for _ in range(10)]
    jobs: list[Any] = [
        (lambda o=order: break_off(o)) if i % 2 else (lambda o=order: billed(o)) for i, order in enumerate(orders)
    ]

    done = at_once(jobs)

    assert [type(each) for each in done] == [Invoice, Broken] * 5
    assert sorted(Invoice.objects.values_list("sequence", flat=True)) == [1, 2, 3, 4, 5]
    assert billed(orders[1]).sequence == 6


def test_a_series_never_waits_for_another() -> None:
    a_shop()
    other = ChannelFactory(code="other", invoice_series="other", invoice_prefix="O-")
    here, there = bought(), bought()
    Order.objects.filter(pk=there.pk).update(channel=other)
    year = billed(bought()).issued_on.year
    is_held, is_billed = Event(), Event()

    def hold() -> bool:
        with work(by=SYSTEM):
            locked_series("invoice", year, prefix="INV-")
            is_held.set()
            return is_billed.wait(timeout=30)

    def bill_the_other() -> str:
        assert is_held.wait(timeout=30)
        number = billed(there).number
        is_billed.set()
        return number

    assert at_once([hold, bill_the_other]) == [True, f"O-{year}-000001"]  # type: ignore[list-item]
    assert billed(here).number == f"INV-{year}-000002"


def test_many_who_ask_at_once_get_the_same_file() -> None:
    a_shop(e_invoice="en16931")
    invoice = billed(bought())
    Channel.objects.update(seller_name="Others")

    jobs: list[Any] = [lambda: open_paper(Invoice.objects.get())] * 4 + [file_due_papers] * 2
    done = at_once(jobs)

    files = {each for each in done if isinstance(each, bytes)}
    assert not [each for each in done if isinstance(each, Exception)]
    assert files == {open_paper(invoice)}
    with storages["papers"].open(PaperFile.objects.get().name) as stored:
        assert files == {stored.read()}
