"""Substitutes where people meet them: the customer's page and mail, the scanner floor, the back office, the API."""

from decimal import Decimal as D
from html import unescape
from typing import Any

import pytest
from django.test import Client

from orders.kernel.actor import SYSTEM
from orders.links import status_path
from orders.models import Channel, Notification, Product
from orders.services.render import render_message
from orders.states import SubstituteWish
from tests.warehouse.scenes import level, on_a_list
from tests.warehouse.test_substitution import bought, mug, one_is_missing, similar, wishes
from tests.warehouse.test_web import login, said
from warehouse.api.render import substitutions_part
from warehouse.models import PickTask, SubstitutionProposal
from warehouse.selectors.substitute_card import proposals_of_orders
from warehouse.services.answer_substitute import accept_substitute
from warehouse.states import AnswerBy

__all__ = ["login", "mug"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(mug: Product) -> SubstitutionProposal:
    """The customer is asked whether a dearer cup may be sent."""
    Channel.objects.update(substitute_price="its_own")
    return one_is_missing(bought(mug), similar(mug, "15.00"))


def opened(row: SubstitutionProposal) -> Client:
    """A browser that followed the order's link."""
    client = Client()
    client.get(status_path(row.order))
    return client


def here(row: SubstitutionProposal) -> str:
    return f"/o/{row.order.public_id}/substitutes/{row.public_id}"


@pytest.mark.parametrize(
    ("answer", "status", "total"), [("accept", "applied", "32.40"), ("decline", "declined", "29.90")]
)
def test_the_customer_reads_the_question_and_answers_once(
    asked: SubstitutionProposal, answer: str, status: str, total: str
) -> None:
    client = opened(asked)
    page = unescape(client.get(f"/o/{asked.order.public_id}").content.decode())
    assert "Dürfen wir Ihnen stattdessen dies schicken?" in page
    assert "Sie zahlen 2,50\xa0€ mehr." in page
    assert here(asked) in page

    told = client.post(here(asked), {"answer": answer})
    again = client.post(here(asked), {"answer": "accept"})

    assert (told.status_code, told["Location"]) == (302, f"/o/{asked.order.public_id}")
    assert again.status_code == 409
    asked.refresh_from_db()
    asked.order.refresh_from_db()
    assert (asked.status, asked.answered_by, asked.order.total) == (status, "customer", D(total))
    assert here(asked) not in client.get(f"/o/{asked.order.public_id}").content.decode()


def test_nobody_else_answers_and_nothing_is_read_as_an_answer(asked: SubstitutionProposal) -> None:
    client = opened(asked)
    assert Client().post(here(asked), {"answer": "accept"}).status_code == 404
    assert client.get(here(asked)).status_code == 405
    assert client.post(here(asked) + "x", {"answer": "accept"}).status_code == 404
    for nonsense in ({}, {"answer": "maybe"}):
        assert client.post(here(asked), nonsense).status_code == 302
    asked.refresh_from_db()
    assert asked.status == "proposed"


@pytest.mark.parametrize(
    ("unanswered", "sentence"), [("accept", "schicken wir es."), ("decline", "schicken wir es nicht.")]
)
def test_the_mail_says_what_silence_means(mug: Product, unanswered: str, sentence: str) -> None:
    Channel.objects.update(substitute_price="its_own", substitute_unanswered=unanswered)
    row = one_is_missing(bought(mug), similar(mug, "10.00"))
    mail = render_message(Notification.objects.get(template="warehouse/mail/substitute"))
    assert mail.subject == f"Dürfen wir Ihnen etwas anderes schicken? Bestellung {row.order.number}"
    assert sentence in mail.text
    assert "2,50\xa0€ weniger" in mail.text
    assert "#substitutions" in mail.text
    assert "#substitutions" in mail.html


def test_a_no_is_acknowledged(asked: SubstitutionProposal) -> None:
    opened(asked).post(here(asked), {"answer": "decline"})
    mail = render_message(Notification.objects.get(template="warehouse/mail/substitute_declined"))
    assert mail.subject == f"Wir schicken nichts anderes: Bestellung {asked.order.number}"
    assert "Wie Sie wünschen: Wir schicken nichts anderes statt 1 × " in mail.text
    assert "{" not in mail.text


@pytest.mark.parametrize("wish", [SubstituteWish.ASK, SubstituteWish.ALWAYS_ACCEPT])
def test_a_picker_proposes_with_the_scanner_in_hand(mug: Product, login: Any, wish: SubstituteWish) -> None:
    cup = similar(mug)
    order = bought(mug)
    wishes(wish)
    task = on_a_list(order).tasks.get()
    client = login("pick")
    url = f"/wh/lists/{task.pick_list.public_id}"
    client.post(f"{url}/start")
    assert f'value="{cup.sku}"' in client.get(url).content.decode()

    answer = client.post(
        f"/wh/tasks/{task.public_id}/short", {"reason": "not_found", "substitute": cup.sku}, follow=True
    )

    is_sent = wish == SubstituteWish.ALWAYS_ACCEPT
    assert said(answer) == [
        f"The customer takes {cup.sku} instead: 2 are on your walk."
        if is_sent
        else f"2 x MUG reported missing. The customer is asked about {cup.sku}."
    ]
    assert [*PickTask.objects.order_by("pk").values_list("status", flat=True)] == ["substituted", *["open"] * is_sent]
    row = SubstitutionProposal.objects.get()
    assert (row.proposed_by, row.status) == ("petra", "applied" if is_sent else "proposed")


def test_what_is_gone_is_told_and_the_units_are_looked_after(mug: Product, login: Any) -> None:
    cup = similar(mug, units=1)
    task = on_a_list(bought(mug)).tasks.get()

    answer = login("pick").post(
        f"/wh/tasks/{task.public_id}/short", {"reason": "not_found", "substitute": cup.sku}, follow=True
    )

    assert said(answer) == ["2 x MUG reported missing. Nothing can be sent instead now."]
    assert not SubstitutionProposal.objects.exists()
    assert level(cup) == {"on_hand": 1}


def test_a_shop_reads_it_beside_the_order(asked: SubstitutionProposal) -> None:
    accept_substitute(asked.pk, answered_by=AnswerBy.STAFF, by=SYSTEM)
    (told,) = substitutions_part([asked.order_id])[asked.order_id]
    assert {name: told[name] for name in ("status", "sku", "units", "substitute", "quantity", "difference")} == {
        "status": "applied",
        "sku": "MUG",
        "units": 1,
        "substitute": "CUP-1",
        "quantity": 1,
        "difference": "2.50",
    }
    assert proposals_of_orders([asked.order_id]) == [asked]


def test_preferences_that_never_ask_follow_the_order(mug: Product) -> None:
    cup = similar(mug)
    order = bought(mug)
    row = one_is_missing(order, cup, SubstituteWish.NEVER_ASK)
    assert (row.status, row.answered_by) == ("applied", "wish")
