"""The screens of the floor over HTTP: who may, what comes in, what is answered."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from orders.kernel.work import work
from orders.locks import locked_order
from orders.models import Order
from tests.factories.warehouse import BinFactory, BoxTypeFactory
from tests.warehouse.scenes import PICKER, on_a_list, ordered, packed, picked, sealed, stocked, user, work_of
from warehouse.models import Package, PickList, PickTask, PutBackTask, ScanEvent
from warehouse.services.pick import pick_units
from warehouse.services.release_units import release_units

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("books")]

Login = Callable[..., Client]


@pytest.fixture
def login(client: Client) -> Login:
    """A member of staff with these rights of the floor, logged in."""

    def log_in(*rights: str, name: str = "petra") -> Client:
        person: User = user(name)
        person.is_staff = True
        person.save()
        person.user_permissions.set(Permission.objects.filter(codename__in=rights))
        client.force_login(person)
        return client

    return log_in


def said(answer) -> list[str]:  # type: ignore[no-untyped-def]
    """The messages on the screen that the answer leads to."""
    return [str(message) for message in answer.context["messages"]]


def test_strangers_log_in_first(client: Client) -> None:
    answer = client.get("/wh/lists/pl_x")

    assert (answer.status_code, answer["Location"]) == (302, "/wh/login?next=/wh/lists/pl_x")
    assert client.post("/wh/release").status_code == 302


def test_rights_open_screens(login: Login) -> None:
    pick_list = on_a_list(ordered((stocked(5), 1)))
    row = pick_list.fulfillment_orders.get()
    screens = {
        "pick": f"/wh/lists/{pick_list.public_id}",
        "pack": f"/wh/pack/{row.public_id}",
    }
    for right in ("pick", "pack", "release_pick_list", "finish_put_back"):
        client = login(right)
        assert client.get("/wh/").status_code == 200
        for needed, url in screens.items():
            assert client.get(url).status_code == (200 if needed == right else 403)
        assert client.post("/wh/release").status_code == (302 if right == "release_pick_list" else 403)
    assert login().get("/wh/").status_code == 403


def call_off(order: Order, units: int) -> None:
    with work(by=PICKER):
        locked_order(order.pk)
        release_units(order.pk, {order.lines.get().pk: units}, by=PICKER)


def test_somebody_who_left_is_no_staff(login: Login) -> None:
    client = login("pick")
    User.objects.update(is_staff=False)

    assert client.get("/wh/").status_code == 403


def test_the_board_shows_what_one_may_do(login: Login) -> None:
    mug = stocked(50)
    listed, to_pack, to_release, called_off = (ordered((mug, n)) for n in (1, 2, 3, 4))
    on_a_list(listed)
    picked(to_pack)
    pick_units(on_a_list(called_off).tasks.get().pk, quantity=4, by=PICKER)
    call_off(called_off, 4)

    board = login("pick", "pack", "release_pick_list", "finish_put_back").get("/wh/").context["board"]

    assert [card.orders for card in board.to_pick] == [(listed.number,)]
    assert [(card.order, card.units) for card in board.to_pack] == [(to_pack.number, 2)]
    assert [(card.order, card.units) for card in board.to_release] == [(to_release.number, 3)]
    assert [task.quantity for task in board.to_put_back] == [4]
    board = login("pack").get("/wh/").context["board"]
    assert (board.to_pick, board.to_release, board.to_put_back) == ((), (), ())
    assert not board.is_empty


def test_chosen_work_becomes_one_list(login: Login) -> None:
    mug = stocked(50)
    orders = [ordered((mug, 1)), ordered((mug, 2))]
    client = login("release_pick_list")

    answer = client.post("/wh/release", {"work": [work_of(order).public_id for order in orders]}, follow=True)

    assert said(answer) == [f"Released as list {PickList.objects.get().public_id}."]
    answer = client.post("/wh/release", {"work": ["fo_none"]}, follow=True)
    assert said(answer) == ["Choose at least one fulfillment order."]
    for nonsense in ({}, {"work": ["\0"]}):
        assert said(client.post("/wh/release", nonsense, follow=True))[0].startswith("That could not be read.")


def test_a_scanned_code_opens_its_screen(login: Login) -> None:
    order = ordered((stocked(5), 1))
    package = packed(order)
    row, pick_list = work_of(order), PickList.objects.get()
    client = login("pick", "pack")

    for code in (order.number.lower(), row.public_id, package.public_id):
        assert client.get("/wh/find", {"code": code})["Location"] == f"/wh/pack/{row.public_id}"
    assert client.get("/wh/find", {"code": pick_list.public_id})["Location"] == f"/wh/lists/{pick_list.public_id}"
    assert said(client.get("/wh/find", {"code": "x\0y<b>"}, follow=True)) == ["Nothing here is called xy<b>."]


def test_a_scan_leads_to_a_screen_that_one_may_open(login: Login) -> None:
    mug = stocked(9)
    order = ordered((mug, 1))
    pick_list, row = on_a_list(order), work_of(order)
    screens = {"pick": f"/wh/lists/{pick_list.public_id}", "pack": f"/wh/pack/{row.public_id}"}

    for right, screen in screens.items():
        for code in (order.number, row.public_id, pick_list.public_id):
            assert login(right).get("/wh/find", {"code": code})["Location"] == screen
    client = login("pick", "pack")
    assert client.get("/wh/find", {"code": order.number})["Location"] == screens["pick"], "first it is fetched"
    pick_units(pick_list.tasks.get().pk, quantity=1, by=PICKER)
    assert client.get("/wh/find", {"code": order.number})["Location"] == screens["pack"]
    assert login("pick").get("/wh/find", {"code": order.number})["Location"] == screens["pick"]


def test_a_scan_that_leads_nowhere_says_what_is_missing(login: Login) -> None:
    mug = stocked(9)
    unlisted, unconfirmed = ordered((mug, 1)), ordered((mug, 1), confirmed=False)

    def told(code: str, *rights: str) -> list[str]:
        answer = login(*rights).get("/wh/find", {"code": code}, follow=True)
        assert answer.status_code == 200
        return said(answer)

    number = unlisted.number
    assert told(number, "pick") == [f"{number} is on no pick list yet. It has to be released first."]
    assert told(number, "release_pick_list") == [f"You may neither pick nor pack {number}. Ask for the right."]
    assert told(unconfirmed.number, "pick", "pack") == [
        f"Nothing of order {unconfirmed.number} is to be picked or packed."
    ]


@pytest.mark.parametrize(
    "scan",
    [
        {},
        {"code": "", "client_id": "1"},
        {"code": "MUG", "client_id": ""},
        {"code": "M\0G", "client_id": "1"},
        {"code": "MUG", "client_id": "x" * 65},
        {"code": "x" * 256, "client_id": "1"},
    ],
)
def test_what_can_not_be_read_changes_nothing(login: Login, scan: dict[str, str]) -> None:
    pick_list = on_a_list(ordered((stocked(5), 1)))

    answer = login("pick").post(f"/wh/lists/{pick_list.public_id}/scan", scan, follow=True)

    assert said(answer)[0].startswith("That could not be read.")
    assert not ScanEvent.objects.exists()


def test_a_double_click_picks_once(login: Login) -> None:
    mug = stocked(5, bin=BinFactory(code="A-01"), sku="MUG")
    pick_list = on_a_list(ordered((mug, 3)))
    client, url = login("pick"), f"/wh/lists/{pick_list.public_id}/scan"
    client.post(url, {"code": "A-01", "client_id": "1"}, follow=True)

    answers = [client.post(url, {"code": "MUG", "client_id": "2"}, follow=True) for _ in range(2)]

    assert [said(answer) for answer in answers] == [["1 of 3: MUG."]] * 2
    assert PickTask.objects.get().picked == 1


def test_the_first_bin_may_be_scanned_at_once(login: Login) -> None:
    mug = stocked(5, bin=BinFactory(code="A-01"), sku="MUG")
    pick_list = on_a_list(ordered((mug, 2)))
    client, url = login("pick"), f"/wh/lists/{pick_list.public_id}"
    assert "Scan bin A-01 to start" in client.get(url).content.decode()

    answer = client.post(f"{url}/scan", {"code": "A-01", "client_id": "1"}, follow=True)

    assert said(answer) == ["Bin A-01."]
    assert (answer.context["list"].status, answer.context["at"].is_at_bin) == ("in_progress", True)


def test_undo_is_offered_when_there_is_something_to_undo(login: Login) -> None:
    mug = stocked(5, bin=BinFactory(code="A-01"), sku="MUG", out_of_stock_policy=["backorder"])
    pick_list = on_a_list(ordered((mug, 3)))
    client, url = login("pick"), f"/wh/lists/{pick_list.public_id}"

    def offers_undo(path: str, **data: str) -> bool:
        return f"{url}/undo" in client.post(path, data, follow=True).content.decode()

    assert not offers_undo(f"{url}/start")
    assert not offers_undo(f"{url}/scan", code="A-01", client_id="1")
    assert offers_undo(f"{url}/scan", code="MUG", client_id="2")
    assert not offers_undo(f"{url}/undo", client_id="3")


def test_what_is_missing_is_no_longer_to_be_done(login: Login) -> None:
    mug = stocked(5, bin=BinFactory(code="A-01"), sku="MUG", out_of_stock_policy=["backorder"])
    cup = stocked(5, bin=BinFactory(code="B-01"), sku="CUP")
    pick_list = on_a_list(ordered((mug, 5), (cup, 1)))
    client, url = login("pick"), f"/wh/lists/{pick_list.public_id}"
    mugs, cups = pick_list.tasks.order_by("sequence")
    client.post(f"{url}/start")
    pick_units(mugs.pk, quantity=2, by=PICKER)
    client.post(f"/wh/tasks/{mugs.public_id}/short", {"reason": "not_found"})

    (card,) = client.get("/wh/").context["board"].mine
    assert (card.picked, card.units) == (2, 3)
    pick_units(cups.pk, quantity=1, by=PICKER)
    page = client.get(url).context
    assert (page["picked"], page["units"], page["list"].status) == (3, 3, "picked")


def test_a_list_that_one_cannot_go_on_with_leads_to_the_next_scan(login: Login) -> None:
    mug = stocked(5, bin=BinFactory(code="A-01"), sku="MUG")
    pick_list = on_a_list(ordered((mug, 1)))
    url = f"/wh/lists/{pick_list.public_id}"
    login("pick", name="petra").post(f"{url}/start")

    for name, words in (("paul", "petra works on this list."), ("petra", "All done.")):
        html = login("pick", name=name).get(url).content.decode()
        assert words in html
        assert 'action="/wh/find"' in html
        if name == "paul":
            pick_units(pick_list.tasks.get().pk, quantity=1, by=PICKER)


def test_short_skip_and_undo(login: Login) -> None:
    mug = stocked(5, bin=BinFactory(code="A-01"), sku="MUG", out_of_stock_policy=["backorder"])
    pick_list = on_a_list(ordered((mug, 5)))
    task, client = pick_list.tasks.get(), login("pick")

    def post(path: str, **data: str) -> list[str]:
        return said(client.post(f"/wh/{path}", data, follow=True))

    assert post(f"lists/{pick_list.public_id}/start") == ["The list is yours."]
    assert post(f"tasks/{task.public_id}/skip") == ["MUG comes at the end."]
    assert post(f"tasks/{task.public_id}/short", reason="stolen")[0].startswith("That could not be read.")
    pick_units(task.pk, quantity=2, by=PICKER)
    assert post(f"tasks/{task.public_id}/undo", client_id="u") == ["2 x MUG back in bin A-01."]
    assert post(f"tasks/{task.public_id}/undo")[0].startswith("That could not be read.")
    assert post(f"tasks/{task.public_id}/short", reason="not_found") == [
        "5 x MUG reported missing. The order is being looked after."
    ]
    assert PickTask.objects.get().status == "short"


def test_a_refused_seal_keeps_what_was_chosen(login: Login) -> None:
    package = packed(ordered((stocked(5), 1)))
    BoxTypeFactory(code="l", name="Large")
    BoxTypeFactory()
    client = login("pack")

    answer = client.post(f"/wh/packages/{package.public_id}/seal", {"box": "l", "weight_g": "99"}, follow=True)

    assert said(answer) == ["The scale says 99 g, the contents say 450 g. Count them again."]
    assert (answer.context["page"].box, answer.context["page"].weight) == ("l", "99")
    answer = client.post(f"/wh/packages/{package.public_id}/seal", {"box": "l", "weight_g": "heavy"}, follow=True)
    assert said(answer)[0].startswith("That could not be read.")
    answer = client.post(
        f"/wh/packages/{package.public_id}/seal", {"box": "l", "weight_g": "4006381333931"}, follow=True
    )
    assert said(answer)[0].endswith("Put the package on the scale and enter the grams that it says.")
    assert (answer.context["page"].box, answer.context["page"].weight) == ("l", "")
    assert Package.objects.get().status == "open"


def test_packages_are_opened_again_and_emptied(login: Login) -> None:
    order = ordered((stocked(5), 2))
    package, client = sealed(order), login("pack")

    answer = client.post(f"/wh/packages/{package.public_id}/void", follow=True)
    assert said(answer) == ["Opened again. Pack the goods anew."]

    scan = {"code": order.lines.get().sku, "client_id": "1"}
    client.post(f"/wh/pack/{work_of(order).public_id}/scan", scan, follow=True)
    again = Package.objects.get(status="open")
    line = work_of(order).lines.get()
    answer = client.post(f"/wh/packages/{again.public_id}/unpack", {"line": line.pk}, follow=True)
    assert said(answer) == ["One taken out again."]
    assert client.post(f"/wh/packages/{again.public_id}/unpack", {"line": "x"}).status_code == 302


def test_goods_are_put_back(login: Login) -> None:
    order = ordered((stocked(5, bin=BinFactory(code="A-01"), sku="MUG"), 2))
    picked(order)
    call_off(order, 2)
    task, client = PutBackTask.objects.get(), login("finish_put_back")

    assert said(client.post(f"/wh/put-back/{task.public_id}", follow=True)) == ["2 x MUG back in bin A-01."]
    assert client.post(f"/wh/put-back/{task.public_id}").status_code == 404


def test_a_list_is_its_pickers_alone(login: Login) -> None:
    pick_list = on_a_list(ordered((stocked(5), 2)))
    login("pick", name="anna").post(f"/wh/lists/{pick_list.public_id}/start", follow=True)
    task = pick_units(pick_list.tasks.get().pk, quantity=1, by=PICKER)
    bob = login("pick", name="bob")

    for path, data in (("short", {"reason": "not_found"}), ("skip", {}), ("undo", {"client_id": "b"})):
        answer = bob.post(f"/wh/tasks/{task.public_id}/{path}", data, follow=True)
        assert said(answer) == ["anna works on this list."], path

    assert list(PickTask.objects.values_list("status", "picked")) == [("open", 1)]
