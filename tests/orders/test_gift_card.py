"""Gift cards and store credit: issued, topped up, sent, ended; every amount has its row, and no code is kept."""

from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.core import mail
from django.utils import timezone

from orders.errors import BalanceRefused, NoAddress, TooManyTries
from orders.gift_codes import MOST_TRIES, code_of, found_card
from orders.mailer import send_due_messages
from orders.models import BalanceMovement, Customer, GiftCard, Notification, OrderEvent, StoreCredit
from orders.services.erase import erase_customer
from orders.services.gift_card import disable_gift_card, issue_gift_card, send_gift_card, top_up_gift_card
from orders.services.grant_credit import grant_credit
from orders.services.merge import merge_customers
from orders.services.render import render_message
from tests.factories.orders import ChannelFactory, CustomerFactory
from tests.factories.value import ANN, a_card, credit_of

pytestmark = pytest.mark.django_db(transaction=True)


def everything() -> list[int]:
    """How many rows tell of value: cards, credits, movements, messages, events."""
    return [model.objects.count() for model in (GiftCard, StoreCredit, BalanceMovement, Notification, OrderEvent)]


def test_an_issued_card_has_its_movement_its_event_and_a_code_that_is_not_kept() -> None:
    card = a_card("25.00", email="Ada@Example.com", note="contest")

    code = code_of(card)
    assert (card.balance, card.currency, card.tail, card.email) == (D("25.00"), "EUR", code[-4:], "ada@example.com")
    assert len(code.replace("-", "")) == 16
    row = BalanceMovement.objects.get()
    assert (row.gift_card, row.kind, row.amount, row.actor_name) == (card, "issued", D("25.00"), "ann")
    event = OrderEvent.objects.get()
    assert (event.type, event.order_id, event.public) == ("gift_card.issued", None, False)
    assert event.data == {"gift_card": card.public_id, "amount": "25.00", "currency": "EUR"}
    assert code not in str(GiftCard.objects.values().get())
    assert Notification.objects.get().context == {"gift_card": card.public_id}


def test_a_code_is_read_as_people_type_it() -> None:
    card = a_card()
    code = code_of(card)
    for typed in (code, code.lower(), code.replace("-", ""), f" {code.replace('-', ' ')} ", code.replace("0", "O")):
        assert found_card(typed, tries_of="me") == card
    assert found_card(code[:-1] + ("A" if code[-1] != "A" else "B"), tries_of="me") is None


def test_a_change_of_the_secret_key_leaves_cards_alone(settings) -> None:
    card = a_card(email="ada@example.com")
    code = code_of(card)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [settings.SECRET_KEY]
    assert code_of(card) == code
    settings.SECRET_KEY_FALLBACKS = []
    assert code_of(card) == ""
    assert found_card(code, tries_of="me") == card

    card = send_gift_card(card.pk, by=ANN)  # nobody knows the old code any more: a new one

    assert card.code_version == 2
    assert found_card(code_of(card), tries_of="me") == card
    assert found_card(code, tries_of="me") is None


def test_wrong_codes_are_counted_for_who_types_them() -> None:
    code = code_of(a_card())
    for _ in range(MOST_TRIES):
        assert found_card("XXXX", tries_of="me") is None
    with pytest.raises(TooManyTries):
        found_card(code, tries_of="me")
    assert found_card(code, tries_of="other") is not None


def test_the_mail_brings_the_code_and_what_is_kept_of_it_does_not(settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    card = a_card("25.00", email="ada@example.com", expires_at=timezone.now() + timedelta(days=400))
    code = code_of(card)
    written = render_message(Notification.objects.get())
    assert written.subject == "Your gift card of €25.00 from Blue Mug"
    assert (written.to, code in written.text, code in written.html) == ("ada@example.com", True, True)

    assert send_due_messages() == 1

    assert code in mail.outbox[0].body
    kept = Notification.objects.get()
    assert (kept.status, kept.sent_to) == ("sent", "ada@example.com")
    assert code not in kept.text + kept.html + kept.subject
    assert f"•••• {card.tail}" in kept.text


def test_a_card_is_topped_up_and_given_more_time() -> None:
    card = a_card("10.00")
    later = timezone.now() + timedelta(days=30)

    card = top_up_gift_card(card.pk, amount=D("5.50"), expires_at=later, by=ANN)

    assert (card.balance, card.expires_at) == (D("15.50"), later)
    assert list(card.movements.values_list("kind", "amount")) == [("issued", D("10.00")), ("topped_up", D("5.50"))]


@pytest.mark.parametrize(
    ("amount", "why"), [("0", "positive"), ("-1", "positive"), ("0.001", "positive"), (None, "how much more")]
)
def test_a_wrong_top_up_changes_nothing(amount: str | None, why: str) -> None:
    card = a_card()
    before = everything()
    with pytest.raises(BalanceRefused, match=why):
        top_up_gift_card(card.pk, amount=None if amount is None else D(amount), by=ANN)
    assert everything() == before
    assert GiftCard.objects.get().balance == D("10.00")


def test_an_expired_card_is_topped_up_only_with_more_time() -> None:
    card = a_card()
    GiftCard.objects.update(expires_at=timezone.now() - timedelta(days=1))
    with pytest.raises(BalanceRefused, match="more time"):
        top_up_gift_card(card.pk, amount=D(5), by=ANN)
    assert GiftCard.objects.get().balance == D(10)
    assert top_up_gift_card(card.pk, amount=D(5), expires_at=timezone.now() + timedelta(days=1), by=ANN).is_usable


def test_a_disabled_card_stays_in_the_books_and_takes_nothing() -> None:
    card = disable_gift_card(a_card(email="ada@example.com").pk, by=ANN)
    before = everything()
    for again in (
        lambda: disable_gift_card(card.pk, by=ANN),
        lambda: top_up_gift_card(card.pk, amount=D(1), by=ANN),
        lambda: send_gift_card(card.pk, by=ANN),
    ):
        with pytest.raises(BalanceRefused):
            again()
    assert everything() == before
    assert (card.is_usable, GiftCard.objects.get().balance) == (False, D(10))


def test_a_card_is_sent_again_with_its_code_or_a_new_one() -> None:
    card = a_card()
    with pytest.raises(NoAddress):
        send_gift_card(card.pk, by=ANN)
    assert Notification.objects.count() == 0
    old = code_of(card)

    card = send_gift_card(card.pk, email="Ada@Example.com", by=ANN)
    assert (code_of(card), card.email) == (old, "ada@example.com")
    card = send_gift_card(card.pk, with_new_code=True, by=ANN)

    assert code_of(card) != old
    assert found_card(old, tries_of="me") is None
    assert Notification.objects.count() == 2
    sent = OrderEvent.objects.filter(type="gift_card.sent").order_by("id")
    assert [event.data["is_new_code"] for event in sent] == [False, True]


@pytest.mark.parametrize("amount", ["0", "-5", "1.005"])
def test_a_card_of_no_money_is_not_issued(amount: str) -> None:
    with pytest.raises(BalanceRefused, match="amount"):
        issue_gift_card(ChannelFactory().pk, amount=D(amount), by=ANN)
    assert everything() == [0, 0, 0, 0, 0]


def test_goodwill_adds_up_in_one_credit_and_is_told() -> None:
    credit = credit_of("ada@example.com", "5.00")
    credit = credit_of("ada@example.com", "2.50")

    assert (credit.balance, StoreCredit.objects.count()) == (D("7.50"), 1)
    assert list(credit.movements.values_list("kind", "amount", "reason")) == [
        ("granted", D("5.00"), "goodwill"),
        ("granted", D("2.50"), "goodwill"),
    ]
    written = render_message(Notification.objects.order_by("id").last())
    assert written.subject == "You have €2.50 of credit at Blue Mug"
    assert "so that you have €7.50 now" in written.text
    assert written.to == "ada@example.com"


def test_nobody_without_an_address_gets_credit() -> None:
    guest = CustomerFactory(email=None, reference="guest")
    with pytest.raises(NoAddress):
        grant_credit(guest.pk, channel_id=ChannelFactory().pk, amount=D(5), reason="goodwill", by=ANN)
    assert everything() == [0, 0, 0, 0, 0]
    assert Customer.objects.count() == 1


def test_credit_for_a_merged_customer_is_the_survivors() -> None:
    ann, gone = CustomerFactory(email="new@example.com"), CustomerFactory(email="old@example.com")
    merge_customers(ann.pk, absorbed=gone.pk, by=ANN)

    credit = grant_credit(gone.pk, channel_id=ChannelFactory().pk, amount=D(5), reason="goodwill", by=ANN)

    assert (credit.customer_id, credit.balance, StoreCredit.objects.count()) == (ann.pk, D("5.00"), 1)
    assert render_message(Notification.objects.get()).to == "new@example.com"


def test_nobody_who_was_forgotten_gets_credit() -> None:
    ann, gone = CustomerFactory(email="new@example.com"), CustomerFactory(email="old@example.com")
    merge_customers(ann.pk, absorbed=gone.pk, by=ANN)
    erase_customer(ann.pk, by=ANN)
    before = everything()
    for customer in (ann, gone):
        with pytest.raises(BalanceRefused) as refusal:
            grant_credit(customer.pk, channel_id=ChannelFactory().pk, amount=D(5), reason="goodwill", by=ANN)
        assert refusal.value.detail == "customer: this one was erased; nobody could spend the credit."
    assert everything() == before
