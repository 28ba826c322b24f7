"""The way into the schema is also a way out of it, and back in."""

from collections.abc import Iterator
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor

from config.docs.house import FLOORS
from config.patience import unhurried
from orders.addresses import fingerprint
from orders.models import Order, Partner
from tests.factories.orders import ADDRESS, CustomerFactory, OrderFactory

SCRATCH = "scratch"


@pytest.fixture
def scratch(django_db_setup, django_db_blocker) -> Iterator[str]:
    """A copy of the tests' own database, which all migrations have made."""
    own = connection.settings_dict["NAME"]
    name = f"{own}_scratch"
    with django_db_blocker.unblock():
        connection.close()  # whoever is connected keeps it from being copied
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {name}")
            cursor.execute(f"CREATE DATABASE {name} TEMPLATE {own}")
        connections.databases[SCRATCH] = connections["default"].settings_dict | {"NAME": name}
        try:
            yield SCRATCH
        finally:
            connections[SCRATCH].close()
            del connections[SCRATCH]
            del connections.databases[SCRATCH]
            with connection._nodb_cursor() as cursor:
                cursor.execute(f"DROP DATABASE {name}")


def schema(alias: str) -> dict[str, set[str]]:
    """The names of everything in it: tables, constraints, indexes and triggers."""
    queries = {
        "tables": "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
        "constraints": "SELECT conname FROM pg_constraint WHERE connamespace = 'public'::regnamespace",
        "indexes": "SELECT indexname FROM pg_indexes WHERE schemaname = 'public'",
        "triggers": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }
    found = {}
    with connections[alias].cursor() as cursor:
        for kind, query in queries.items():
            cursor.execute(query)
            found[kind] = {name for (name,) in cursor.fetchall()}
    return found


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_migrations_run_back_to_zero_and_forward_again(scratch: str) -> None:
    complete = schema(scratch)
    assert complete["triggers"]

    migrate(scratch, [("config", None), *((floor, None) for floor in FLOORS)])
    left = schema(scratch)
    assert [table for table in left["tables"] if table.startswith(FLOORS)] == []
    assert left["triggers"] == set()

    migrate(scratch)
    assert schema(scratch) == complete


def migrate(alias: str, targets: list[tuple[str, str | None]] | None = None) -> None:
    """To ``targets``, else to the newest of everything."""
    with unhurried(using=alias):
        executor = MigrationExecutor(connections[alias])
        executor.migrate(targets or executor.loader.graph.leaf_nodes())


@pytest.mark.django_db
def test_no_model_is_ahead_of_its_migrations() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.django_db
def test_older_orders_get_the_name_that_they_were_placed_with() -> None:
    one, other = (Partner.objects.create(code=code, name=code) for code in ("one", "other"))
    ada, nameless = CustomerFactory(name="Ada Byron"), CustomerFactory(name="")
    first, again = (OrderFactory(partner=one, customer=ada, customer_name="") for _ in range(2))
    others = OrderFactory(
        partner=other, customer=ada, customer_name="", shipping_address=ADDRESS | {"name": "Goods in"}
    )
    told = OrderFactory(partner=other, customer=ada, customer_name="A. B.")
    unknown = OrderFactory(customer=nameless, customer_name="")

    fill = import_module("orders.migrations.0004_fill_customer_name").fill
    for _ in range(2):
        fill(None, SimpleNamespace(connection=connection))

    assert [Order.objects.get(pk=o.pk).customer_name for o in (first, again, others, told, unknown)] == [
        "Ada Byron",
        "Ada Byron",
        "Goods in",
        "A. B.",
        "",
    ]


@pytest.mark.django_db
def test_older_phones_get_their_normal_form_and_older_orders_fill_the_address_book() -> None:
    ada = CustomerFactory(phone="0151 12345678", phone_e164="")
    first = OrderFactory(customer=ada, phone="0049 151 12345678", phone_e164="")
    swiss = ADDRESS | {"country": "CH", "line1": "Gasse 2"}
    again = OrderFactory(customer=ada, phone="call me", phone_e164="", billing_address=swiss)
    imported = OrderFactory(shipping_address={"name": "Customer 17", "country": "FR", "line1": ""})
    kept = OrderFactory(phone="030 999999", phone_e164="+4930111111")

    module = import_module("orders.migrations.0021_found_by_any_phone")
    for _ in range(2):
        for fill in (module.normalise_phones, module.remember_addresses):
            fill(None, SimpleNamespace(connection=connection))

    assert [Order.objects.get(pk=o.pk).phone_e164 for o in (first, again, kept)] == [
        "+4915112345678",
        "",
        "+4930111111",
    ]
    ada.refresh_from_db()
    assert ada.phone_e164 == "+4915112345678"
    book = {row.address["line1"]: row for row in ada.addresses.all()}
    assert book.keys() == {"Hauptstr. 1", "Gasse 2"}
    assert book["Hauptstr. 1"].last_used_at == again.created_at
    assert book["Gasse 2"].fingerprint == fingerprint(swiss)
    assert imported.customer.addresses.count() == 0
