"""The formats that files may have: one table, which the commands and the back office read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from config.imports import oms_orders, oms_products, shopify_orders, shopify_products, woocommerce_products
from config.imports.engine import Importer
from config.imports.orders import OrderImport, OrderOptions
from config.imports.orders import Reader as OrderReader
from config.imports.products import ProductImport, ProductOptions
from config.imports.products import Reader as ProductReader
from config.imports.recorder import CURRENCY, OnlineRetailImport
from orders.currencies import CURRENCIES
from orders.errors import NotImportable
from orders.history import Source
from orders.kernel.actor import Actor


@dataclass(frozen=True, kw_only=True)
class Options:
    """Everything that a person may say beside the file; a format takes what it needs."""

    channel: str = ""
    is_open_taken: bool = False
    shipping_method: str = ""
    currency: str = ""
    tax_rates: Mapping[str, Decimal] | None = None
    warehouse: str = ""


Make = Callable[[Path, Options, Actor, bool], Importer]


@dataclass(frozen=True, kw_only=True)
class Format:
    """What the columns of a file mean."""

    code: str
    subject: str
    title: str | Promise
    make: Make
    channel: str = ""
    needs_currency: bool = False


def _orders(read: OrderReader, channel: str) -> Make:
    def make(path: Path, options: Options, by: Actor, is_rehearsal: bool) -> Importer:
        wanted = OrderOptions(
            channel=options.channel or channel,
            is_open_taken=options.is_open_taken,
            shipping_method=options.shipping_method,
            tax_rates=tuple((options.tax_rates or {}).values()),
        )
        return OrderImport(path=path, read=read, options=wanted, by=by, is_rehearsal=is_rehearsal)

    return make


def _products(read: ProductReader) -> Make:
    def make(path: Path, options: Options, by: Actor, is_rehearsal: bool) -> Importer:
        wanted = ProductOptions(
            currency=options.currency, tax_rates=options.tax_rates or {}, warehouse=options.warehouse
        )
        return ProductImport(path=path, read=read, options=wanted, by=by, is_rehearsal=is_rehearsal)

    return make


def _online_retail(path: Path, options: Options, by: Actor, is_rehearsal: bool) -> Importer:
    code = options.channel or "online-retail"
    source = Source(code=code, name=code.replace("-", " ").capitalize(), currency=CURRENCY)
    return OnlineRetailImport(path=path, source=source, until=timezone.now(), by=by, is_rehearsal=is_rehearsal)


FORMATS = (
    Format(
        code="shopify-orders",
        subject="orders",
        title=_("Shopify: orders"),
        make=_orders(shopify_orders.told, "shopify"),
        channel="shopify",
    ),
    Format(code="oms-csv", subject="orders", title=_("Our own CSV"), make=_orders(oms_orders.read_csv, "")),
    Format(code="oms-ndjson", subject="orders", title=_("Our own NDJSON"), make=_orders(oms_orders.read_ndjson, "")),
    Format(
        code="online-retail",
        subject="orders",
        title=_("Online Retail (UCI)"),
        make=_online_retail,
        channel="online-retail",
    ),
    Format(
        code="shopify-products",
        subject="products",
        title=_("Shopify: products"),
        make=_products(shopify_products.read_products),
        needs_currency=True,
    ),
    Format(
        code="woocommerce-products",
        subject="products",
        title=_("WooCommerce: products"),
        make=_products(woocommerce_products.read_products),
        needs_currency=True,
    ),
    Format(code="oms-csv", subject="products", title=_("Our own CSV"), make=_products(oms_products.read_csv)),
    Format(code="oms-ndjson", subject="products", title=_("Our own NDJSON"), make=_products(oms_products.read_ndjson)),
)


_BY_NAME = {(each.subject, each.code): each for each in FORMATS}


def format_of(subject: str, code: str) -> Format:
    """The format by its code. Raises KeyError."""
    return _BY_NAME[subject, code]


def importer(subject: str, code: str, path: Path, options: Options, *, by: Actor, is_rehearsal: bool) -> Importer:
    """The importer of a file. Raises ``NotImportable`` when something must be said or done before."""
    found = format_of(subject, code)
    if found.needs_currency and options.currency not in CURRENCIES:
        raise NotImportable("currency: the file doesn't say what its prices are in; name it, such as EUR.")
    if not found.needs_currency and options.currency:
        raise NotImportable("currency: the file says itself what its amounts are in.")
    expect_migrated()
    return found.make(path, options, by, is_rehearsal)


def expect_migrated() -> None:
    """Raises ``NotImportable`` when the database lacks what the code writes; better now than in the middle."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        raise NotImportable(
            f"The database is behind the code by {len(plan)} migrations: run `manage.py migrate` first, then import."
        )
