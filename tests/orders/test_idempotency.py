"""A POST that is sent twice acts once."""

from datetime import timedelta
from threading import Event, Thread

import pytest
from django.db import connection
from django.utils import timezone

from orders.errors import IdempotencyConflict, IdempotencyInFlight
from orders.kernel.actor import SYSTEM
from orders.kernel.work import work
from orders.models import ApiKey, Channel, Customer, IdempotencyKey, Order, Partner
from orders.services.idempotency import (
    Answer,
    Once,
    Replay,
    act_once,
    answer,
    claim,
    claim_order,
    forget_keys,
    remember_refusal,
)

CREATED = Answer(status=201, body='{"b":1,"a":2}', headers={"Location": "/api/v1/orders/X"})
REFUSED = Answer(status=409, body='{"code":"out_of_stock"}')


@pytest.fixture
def once() -> Once:
    partner = Partner.objects.create(code="shop", name="Shop")
    key = ApiKey.objects.create(partner=partner, prefix="oms_test", key_hash="0" * 64)
    return Once(api_key_id=key.pk, key="k-1", fingerprint="f-1")


def order_of(once: Once) -> Order:
    channel = Channel.objects.create(code="web", name="Web", currency="EUR", brand_name="Shop")
    customer = Customer.objects.create(email="ada@example.com")
    order = Order.objects.create(channel=channel, customer=customer, currency="EUR")
    IdempotencyKey.objects.filter(key=once.key).update(order=order)
    return order


@pytest.mark.django_db(transaction=True)
def test_a_new_key_is_claimed_and_answered_with_one_statement_each(once, django_assert_num_queries):
    with work(by=SYSTEM):
        with django_assert_num_queries(1):
            assert claim(once) is None
        with django_assert_num_queries(1):
            answer(once, CREATED)

    with work(by=SYSTEM), django_assert_num_queries(2):
        assert claim(once) == Replay(answer=CREATED, order_id=None)


@pytest.mark.django_db(transaction=True)
def test_a_placement_claims_its_key_and_its_orders_pk_in_one_statement(once, django_assert_num_queries):
    with work(by=SYSTEM):
        with django_assert_num_queries(1):
            pk = claim_order(once)
        channel = Channel.objects.create(code="web", name="Web", currency="EUR", brand_name="Shop")
        customer = Customer.objects.create(email="ada@example.com")
        order = Order.objects.create(pk=pk, channel=channel, customer=customer, currency="EUR")
        answer(once, CREATED)

    with work(by=SYSTEM):
        assert claim_order(once) == Replay(answer=CREATED, order_id=order.pk)


@pytest.mark.django_db(transaction=True)
def test_the_same_key_with_another_request_is_a_conflict(once):
    with work(by=SYSTEM):
        claim(once)
        answer(once, CREATED)

    other = Once(api_key_id=once.api_key_id, key=once.key, fingerprint="f-2")
    with pytest.raises(IdempotencyConflict), work(by=SYSTEM):
        claim(other)

    assert IdempotencyKey.objects.get().fingerprint == "f-1"


@pytest.mark.django_db(transaction=True)
def test_keys_belong_to_their_credential(once):
    with work(by=SYSTEM):
        claim(once)
        answer(once, CREATED)
    partner = Partner.objects.create(code="other", name="Other")
    stranger = ApiKey.objects.create(partner=partner, prefix="oms_other", key_hash="1" * 64)

    with work(by=SYSTEM):
        assert claim(Once(api_key_id=stranger.pk, key=once.key, fingerprint=once.fingerprint)) is None


@pytest.mark.django_db(transaction=True)
def test_a_claimed_key_without_an_answer_is_in_flight(once):
    with work(by=SYSTEM):
        claim(once)

    with pytest.raises(IdempotencyInFlight), work(by=SYSTEM):
        claim(once)


@pytest.mark.django_db(transaction=True)
def test_a_request_that_died_is_in_flight_until_its_order_is_decided(once):
    with work(by=SYSTEM):
        claim(once)
        order = order_of(once)

    with pytest.raises(IdempotencyInFlight), work(by=SYSTEM):
        claim(once)

    order.place(at=timezone.now())
    order.save()
    with work(by=SYSTEM):
        assert claim(once) == Replay(answer=None, order_id=order.pk)


@pytest.mark.django_db(transaction=True)
def test_after_48_hours_a_key_is_new_again(once):
    with work(by=SYSTEM):
        claim(once)
        answer(once, CREATED)
    IdempotencyKey.objects.update(created_at=timezone.now() - timedelta(hours=48, minutes=1))

    again = Once(api_key_id=once.api_key_id, key=once.key, fingerprint="f-2")
    with work(by=SYSTEM):
        assert claim(again) is None

    record = IdempotencyKey.objects.get()
    assert (record.fingerprint, record.status, record.body, record.headers) == ("f-2", None, "", {})


@pytest.mark.django_db(transaction=True)
def test_forgetting_deletes_only_old_records(once):
    for age, key in ((47, "young"), (49, "old")):
        IdempotencyKey.objects.create(api_key_id=once.api_key_id, key=key, fingerprint="f")
        IdempotencyKey.objects.filter(key=key).update(created_at=timezone.now() - timedelta(hours=age))

    assert forget_keys() == 1
    assert list(IdempotencyKey.objects.values_list("key", flat=True)) == ["young"]


@pytest.mark.django_db(transaction=True)
def test_a_refusal_is_remembered_after_its_rollback(once):
    with pytest.raises(ZeroDivisionError), work(by=SYSTEM):
        claim(once)
        raise ZeroDivisionError
    assert not IdempotencyKey.objects.exists()

    remember_refusal(once, REFUSED)

    with work(by=SYSTEM):
        assert claim(once) == Replay(answer=REFUSED, order_id=None)


@pytest.mark.django_db(transaction=True)
def test_a_refusal_never_overwrites_a_faster_retry(once):
    with work(by=SYSTEM):
        claim(once)
        order = order_of(once)

    remember_refusal(once, REFUSED)
    assert IdempotencyKey.objects.get().status is None

    order.decline()
    order.save()
    remember_refusal(once, REFUSED)
    assert IdempotencyKey.objects.get().status == 409


@pytest.mark.django_db(transaction=True)
def test_acting_once_acts_once(once):
    acts = []

    def act() -> Answer:
        acts.append(1)
        return CREATED

    assert act_once(once, by=SYSTEM, act=act) == (CREATED, False)
    assert act_once(once, by=SYSTEM, act=act) == (CREATED, True)
    assert acts == [1]


@pytest.mark.django_db(transaction=True)
def test_two_at_once_wait_for_each_other_and_act_once(once):
    entered, go, acts, told = Event(), Event(), [], []

    def act() -> Answer:
        acts.append(1)
        entered.set()
        assert go.wait(5)
        return CREATED

    def request() -> None:
        try:
            told.append(act_once(once, by=SYSTEM, act=act))
        finally:
            connection.close()

    first = Thread(target=request)
    first.start()
    assert entered.wait(5)
    second = Thread(target=request)
    second.start()
    go.set()
    first.join(10)
    second.join(10)

    assert acts == [1]
    assert sorted(told, key=lambda t: t[1]) == [(CREATED, False), (CREATED, True)]


@pytest.mark.django_db(transaction=True)
def test_a_request_that_waits_too_long_is_told_to_retry(once):
    entered, go = Event(), Event()

    def act() -> Answer:
        entered.set()
        assert go.wait(10)
        return CREATED

    def request() -> None:
        try:
            act_once(once, by=SYSTEM, act=act)
        finally:
            connection.close()

    first = Thread(target=request)
    first.start()
    assert entered.wait(5)
    with pytest.raises(IdempotencyInFlight):
        act_once(once, by=SYSTEM, act=act)
    go.set()
    first.join(10)

    assert act_once(once, by=SYSTEM, act=act) == (CREATED, True)
