"""Papers of before get the taxes that are printed on them, and a file that the queue makes."""

from collections import defaultdict
from decimal import Decimal

from django.db import migrations, transaction

from orders.kernel.money import spread

BATCH = 500


def fill(apps, schema_editor):
    """Both kinds of paper, batch by batch; may be run again."""
    for kind, tax, link in (("Invoice", "InvoiceTax", "invoice"), ("CreditNote", "CreditNoteTax", "credit_note")):
        _fill(apps, schema_editor.connection.alias, kind, tax, link)


def _fill(apps, using, kind, tax, link):
    papers = apps.get_model("orders", kind).objects.using(using)
    taxes = apps.get_model("orders", tax).objects.using(using)
    files = apps.get_model("orders", "PaperFile").objects.using(using)
    last = 0
    while batch := list(papers.filter(pk__gt=last, file=None).order_by("pk").prefetch_related("lines")[:BATCH]):
        with transaction.atomic(using=using):
            rows = [
                taxes.model(**{f"{link}_id": paper.pk}, tax_rate=rate, category="S" if rate else "Z", net=net, tax=part)
                for paper in batch
                for rate, (net, part) in _taxes(paper, link).items()
            ]
            taxes.bulk_create(rows)
            files.bulk_create(files.model(**{f"{link}_id": paper.pk}) for paper in batch)
        last = batch[-1].pk


def _taxes(paper, link):
    """Net and tax by rate; money without goods in the proportions of its invoice."""
    lines = list(paper.lines.all())
    if link == "credit_note" and not lines and not paper.shipping and paper.invoice:
        billed = _taxes(paper.invoice, "invoice")
        nets = spread(paper.net, [net for net, _ in billed.values()], paper.currency)
        taxes = spread(paper.tax, [tax for _, tax in billed.values()], paper.currency)
        return dict(zip(billed, zip(nets, taxes, strict=True), strict=True))
    includes_tax = paper.snapshot.get("prices_include_tax", True)
    sums = defaultdict(lambda: (Decimal(0), Decimal(0)))
    parts = [(line.tax_rate, line.amount, line.tax) for line in lines]
    if paper.shipping:
        parts.append((Decimal(paper.snapshot.get("shipping_tax_rate", "0")), paper.shipping, paper.shipping_tax))
    for rate, amount, tax in parts:
        net, before = sums[rate.normalize()]
        sums[rate.normalize()] = (net + (amount - tax if includes_tax else amount), before + tax)
    return sums


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("orders", "0016_papers_by_day")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
