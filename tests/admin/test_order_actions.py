"""What staff do to orders: each button calls its service, and shows what the service refuses."""

from decimal import Decimal as D

import pytest
from django.test import Client

from orders.admin.action_pages import said_of
from orders.admin.order_forms import CancelForm
from orders.errors import NotCancellable
from orders.kernel.actor import SYSTEM
from orders.kernel.errors import at
from orders.models import Notification, Order, OrderEvent, OrderHold, Product
from orders.requests import PayBy, WantedLine
from orders.services.confirm import confirm_order
from orders.services.place import place_order
from orders.states import NotificationStatus
from tests.admin.acting import act, act_on, action_url, done, form_of, refusal, refusals
from tests.admin.rows import a_row
from tests.factories.orders import OrderFactory, OrderLineFactory, ProductFactory, ShippingMethodFactory
from tests.factories.shipping import confirmed_order, dispatched, stocked
from tests.orders.requests import an_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def mug() -> Product:
    return stocked(ProductFactory(sku="MUG"), 10)


@pytest.fixture
def order(mug: Product) -> Order:
    """Two mugs, authorised and confirmed: 25.00 and 4.90 shipping."""
    return confirmed_order([(mug, 2)])


@pytest.fixture
def unpaid(mug: Product) -> Order:
    """The same, to be paid by hand."""
    ShippingMethodFactory()
    wanted = WantedLine(sku=mug.sku, quantity=2)
    return place_order(an_order(wanted, payment=PayBy(gateway="manual")), by=SYSTEM)


def events(order: Order) -> list[str]:
    return list(OrderEvent.objects.filter(order=order).order_by("seq").values_list("type", flat=True))


def test_confirm(boss: Client, unpaid: Order) -> None:
    assert done(act(boss, unpaid, "confirm"))
    unpaid.refresh_from_db()
    assert unpaid.status == "confirmed"
    told = OrderEvent.objects.get(order=unpaid, type="order.confirmed")
    assert (told.actor_kind, told.actor_name) == ("staff", "boss")


def test_confirm_is_refused_where_it_makes_no_sense(boss: Client, order: Order) -> None:
    before = events(order)
    assert "Only a placed order can be confirmed" in refusal(act(boss, order, "confirm"))
    assert events(order) == before


def test_confirm_a_selection_says_which_were_refused(boss: Client, order: Order, unpaid: Order) -> None:
    page = act_on(boss, [order, unpaid], "confirm").content.decode()
    assert "1 done." in page
    assert f"{order.number}: Only a placed order" in page
    unpaid.refresh_from_db()
    assert unpaid.status == "confirmed"


def test_the_selection_itself_changes_nothing(boss: Client, unpaid: Order) -> None:
    chosen = {"action": "confirm", "_selected_action": [unpaid.pk]}
    response = boss.post("/admin/orders/order/", chosen)
    assert response.status_code == 302
    assert response["Location"].startswith(action_url(unpaid, "confirm", many=True))
    unpaid.refresh_from_db()
    assert unpaid.status == "placed"


def test_record_payment(boss: Client, unpaid: Order) -> None:
    assert form_of(boss, action_url(unpaid, "record_payment"))["amount"] == "29.90"
    assert done(act(boss, unpaid, "record_payment", note="bank 4711"))
    unpaid.refresh_from_db()
    assert (unpaid.payment_status, unpaid.status, unpaid.captured_total) == ("paid", "confirmed", D("29.90"))


def test_more_than_is_owed_is_refused(boss: Client, unpaid: Order) -> None:
    said = refusals(act(boss, unpaid, "record_payment", amount="30"))
    assert said == {"amount": ["At most 29.90 EUR is owed."]}
    unpaid.refresh_from_db()
    assert unpaid.captured_total == 0


@pytest.mark.parametrize(("currency", "step"), [("EUR", "0.01"), ("JPY", "1"), ("KWD", "0.001")])
def test_an_amount_has_the_digits_of_its_currency(boss: Client, currency: str, step: str) -> None:
    row = OrderFactory(currency=currency, total=5, items_total=5)
    amount = boss.get(action_url(row, "record_payment")).context["form"]["amount"]
    attrs = amount.field.widget.attrs
    assert (amount.label, str(attrs["step"]), str(attrs["min"])) == (f"Amount, {currency}", step, step)


def test_units_that_left_meanwhile_are_refused_at_their_line(boss: Client, mug: Product) -> None:
    cup = stocked(ProductFactory(sku="CUP"), 10)
    order = confirmed_order([(mug, 2), (cup, 1)])
    mine, other = order.lines.order_by("position")
    form = CancelForm(
        {"once": "1", "reason": "customer", mine.public_id: "1", other.public_id: "1"}, target=order, user=None
    )
    assert form.is_valid()
    refused = NotCancellable("lines: some have left.", errors=[at("#/lines/1", "not_cancellable", "Left: 0.")])
    assert said_of(refused, form) == [("__all__", "Some have left."), (other.public_id, "Left: 0.")]
    assert said_of(NotCancellable("Order X: it has left."), form) == [(None, "Order X: it has left.")]


def test_a_double_click_is_one_wish(boss: Client, unpaid: Order) -> None:
    url = action_url(unpaid, "record_payment")
    sent = form_of(boss, url) | {"amount": "5.00"}
    assert done(boss.post(url, sent))
    assert done(boss.post(url, sent))
    unpaid.refresh_from_db()
    assert unpaid.captured_total == 5


def test_a_form_that_was_refused_can_be_sent_again(boss: Client, unpaid: Order) -> None:
    url = action_url(unpaid, "record_payment")
    sent = form_of(boss, url)
    refusals(boss.post(url, sent | {"amount": "99"}))
    assert done(boss.post(url, sent))


def test_hold_and_release(boss: Client, order: Order) -> None:
    assert done(act(boss, order, "hold", reason="fraud_review", note="Odd address."))
    hold = OrderHold.objects.get()
    order.refresh_from_db()
    assert (order.fulfillment_status, hold.placed_by, hold.note) == ("on_hold", "boss", "Odd address.")
    page = boss.get(f"/admin/orders/order/{order.pk}/change/").content.decode()
    assert "On hold: Fraud review" in page
    assert done(act(boss, hold, "release"))
    assert "This hold was released before." in refusal(act(boss, hold, "release"))


def test_a_hold_that_would_end_in_the_past_is_refused_at_its_field(boss: Client, order: Order) -> None:
    said = refusals(act(boss, order, "hold", release_at="2020-01-01T10:00"))
    assert said == {"release_at": ["Give a time that is still to come."]}
    assert not OrderHold.objects.exists()


def test_hold_one_line(boss: Client, order: Order) -> None:
    line = order.lines.get()
    assert done(act(boss, order, "hold", reason="other", lines=[line.public_id]))
    assert list(OrderHold.objects.get().lines.all()) == [line]


def test_hold_is_refused_for_an_order_that_left(boss: Client, order: Order) -> None:
    dispatched(order)
    assert "Nothing of this order is left to hold." in refusal(act(boss, order, "hold"))
    assert not OrderHold.objects.exists()


def test_cancel_the_whole_order_frees_the_money(boss: Client, order: Order) -> None:
    assert done(act(boss, order, "cancel", whole="on", reason="customer"))
    order.refresh_from_db()
    assert (order.status, order.payment_status, order.authorized_total) == ("cancelled", "voided", 0)
    said = "Cancelled: the order is worth €29.90 less. €29.90 goes back to the customer."
    assert said in boss.get("/admin/").content.decode()


def test_cancel_one_unit(boss: Client, order: Order) -> None:
    line = order.lines.get()
    assert done(act(boss, order, "cancel", reason="inventory", **{line.public_id: 1}))
    line.refresh_from_db()
    order.refresh_from_db()
    assert (line.cancelled, order.status, order.total) == (1, "confirmed", D("17.40"))
    said = "Cancelled: the order is worth €12.50 less. €12.50 goes back to the customer."
    assert said in boss.get("/admin/").content.decode()


def test_cancel_and_keep_the_money(boss: Client, unpaid: Order) -> None:
    assert done(act(boss, unpaid, "record_payment"))
    assert done(act(boss, unpaid, "cancel", reason="inventory", refund=None, **{unpaid.lines.get().public_id: 1}))
    page = boss.get("/admin/").content.decode()
    assert "Cancelled: the order is worth €12.50 less." in page
    assert "goes back" not in page


def test_cancel_shows_the_money_first(boss: Client, order: Order) -> None:
    page = boss.get(action_url(order, "cancel"))
    facts = {str(name): value for name, value in page.context["form"].facts}
    assert (facts["Total"], facts["Reserved"], facts["Charged"]) == ("€29.90", "€29.90", "€0.00")
    assert facts["Total without all that can go"] == "€0.00"
    assert page.context["form"].rows[0]["cells"][1:] == [2, 2, "€12.50", "€25.00"]


def test_what_cancelling_the_rest_would_leave(boss: Client) -> None:
    order = OrderFactory(status="confirmed", total=D("35.00"), items_total=D("30.10"), shipping_total=D("4.90"))
    OrderLineFactory(order=order, ordered=1, shipped=1, amount=D("10.10"))
    OrderLineFactory(order=order, ordered=3, cancelled=1, amount=D("20.00"))
    form = boss.get(action_url(order, "cancel")).context["form"]
    assert ("Total without all that can go", "€15.00") in [(str(name), value) for name, value in form.facts]
    assert [row["cells"][1:] for row in form.rows] == [[3, 2, "€10.00", "€20.00"]]


def test_nothing_is_held_or_cancelled_that_has_left(boss: Client, order: Order) -> None:
    def buttons() -> set[str]:
        page = boss.get(f"/admin/orders/order/{order.pk}/change/")
        return {str(button["title"]) for button in page.context["actions_detail"]} & {"Hold", "Cancel…"}

    assert buttons() == {"Hold", "Cancel…"}
    dispatched(order)
    assert buttons() == set()


def test_the_money_that_the_head_of_the_page_shows(boss: Client, order: Order) -> None:
    def heads() -> tuple[tuple[str, str, bool], ...]:
        return boss.get(f"/admin/orders/order/{order.pk}/change/").context["page"].heads

    assert heads() == (("Reserved", "€29.90", False), ("Charged", "€0.00", False), ("Still owed", "€0.00", False))
    dispatched(order)
    assert heads() == (("Reserved", "€0.00", False), ("Charged", "€29.90", False), ("Still owed", "€0.00", False))


def test_cancel_wants_to_know_what(boss: Client, order: Order) -> None:
    line = order.lines.get()
    assert "Say what to cancel" in refusal(act(boss, order, "cancel"))
    both = {"whole": "on", line.public_id: 1}
    assert "not both" in refusal(act(boss, order, "cancel", **both))
    order.refresh_from_db()
    assert order.status == "confirmed"


def test_cancel_after_dispatch_is_refused(boss: Client, order: Order) -> None:
    dispatched(order)
    before = events(order)
    assert "Part of this order has left" in refusal(act(boss, order, "cancel", whole="on"))
    assert events(order) == before


def test_refund(boss: Client, order: Order) -> None:
    dispatched(order)
    form = boss.get(action_url(order, "refund")).context["form"]
    assert ("Can be given back", "€29.90") in [(str(name), value) for name, value in form.facts]
    said = refusals(act(boss, order, "refund", amount="30"))
    assert said == {"amount": ["At most 29.90 EUR can be given back."]}
    assert done(act(boss, order, "refund", amount="5.00", reason="goodwill", note="Scratched."))
    order.refresh_from_db()
    refund = order.refunds.get()
    assert (refund.status, refund.amount, refund.granted_by) == ("succeeded", 5, "boss")
    assert (order.refunded_total, order.payment_status) == (5, "partially_refunded")
    note = order.credit_notes.get()
    assert boss.get(f"/admin/orders/creditnote/{note.pk}/pdf/").content.startswith(b"%PDF")
    assert boss.get(f"/admin/orders/invoice/{order.invoices.get().pk}/pdf/").content.startswith(b"%PDF")


def test_note_and_tags(boss: Client, order: Order) -> None:
    assert done(act(boss, order, "note", note="Rings twice.", tags="vip, fragile, vip"))
    order.refresh_from_db()
    assert (order.note, order.tags) == ("Rings twice.", ["vip", "fragile"])


def test_a_stale_note_is_refused(boss: Client, order: Order) -> None:
    Order.objects.filter(pk=order.pk).update(version=7)
    assert "changed meanwhile" in refusal(act(boss, order, "note", note="x", version=6))


def test_only_a_dead_message_is_sent_again(boss: Client) -> None:
    message = a_row(Notification, order=OrderFactory(), status=NotificationStatus.DEAD, attempts=8)
    assert done(act(boss, message, "resend"))
    message.refresh_from_db()
    assert (message.status, message.attempts) == ("pending", 0)


def test_an_action_on_nothing_is_not_found(boss: Client) -> None:
    assert boss.get("/admin/orders/order/999/do/hold/").status_code == 404
    assert boss.get("/admin/orders/order/do/hold/?ids=999,x").status_code == 404


def test_without_a_csrf_token_nothing_happens(unpaid: Order) -> None:
    from django.contrib.auth.models import User

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(User.objects.create_superuser("strict"))
    assert strict.post(action_url(unpaid, "confirm"), {"once": "x"}).status_code == 403
    unpaid.refresh_from_db()
    assert unpaid.status == "placed"


def test_the_way_back_never_leaves_the_house(boss: Client, unpaid: Order) -> None:
    answer = act(boss, unpaid, "confirm", next="https://evil.example.com/")
    assert answer["Location"] == f"/admin/orders/order/{unpaid.pk}/change/"


def test_a_dialog_redirects_by_htmx(boss: Client, unpaid: Order) -> None:
    url = action_url(unpaid, "confirm")
    opened = boss.get(url, headers={"HX-Request": "true"})
    assert 'id="dialog"' in opened.content.decode()
    assert "<html" not in opened.content.decode()
    sent = boss.post(url, {"once": "1"}, headers={"HX-Request": "true"})
    assert (sent.status_code, sent["HX-Redirect"]) == (204, f"/admin/orders/order/{unpaid.pk}/change/")


def test_the_page_shows_only_buttons_that_fit(boss: Client, unpaid: Order) -> None:
    def buttons() -> list[str]:
        page = boss.get(f"/admin/orders/order/{unpaid.pk}/change/")
        return [str(button["title"]) for button in page.context["actions_detail"]]

    paying = ["Record payment", "Send payment link", "Take payment"]
    assert buttons() == ["Confirm", *paying, "Hold", "Note and tags", "Cancel…", "Change…", "More"]
    confirm_order(unpaid.pk, by=SYSTEM)
    assert buttons() == [*paying, "Hold", "Note and tags", "Cancel…", "Change…", "More"]
