"""The front door, and pages that belong to no shop."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

pytestmark = pytest.mark.django_db
DOORS = ("/admin/", "/wh/", "/api/docs")


@pytest.fixture
def is_no_demo(settings):
    settings.MAIL_DIR = None


def doors(client: Client) -> list[str]:
    html = client.get("/").content.decode()
    assert "the link in our mails" in html
    return [door for door in DOORS if f'href="{door}"' in html]


@pytest.mark.usefixtures("is_no_demo")
def test_staff_find_their_doors_and_others_their_mails(client: Client) -> None:
    assert doors(client) == []
    user = get_user_model().objects.create_user("sam", is_staff=True)
    client.force_login(user)
    assert doors(client) == [*DOORS]


def test_in_the_demo_everybody_finds_all_doors(client: Client, settings, tmp_path) -> None:
    settings.MAIL_DIR = tmp_path
    assert doors(client) == [*DOORS]
    assert 'href="/mailbox/"' in client.get("/").content.decode()


@pytest.mark.parametrize("path", ["/o/or_unknown", "/nothing-here"])
def test_pages_of_no_shop_have_no_empty_bar_and_say_where_help_is(client: Client, path: str) -> None:
    answer = client.get(path)
    html = answer.content.decode()
    assert answer.status_code == 404
    assert "brand-bar" not in html
    assert "Just answer any of our mails" in html
