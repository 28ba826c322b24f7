"""What was issued is handed out as it was issued, whatever changes later."""

import io
from decimal import Decimal as D
from hashlib import sha256
from typing import Any
from unittest.mock import patch

import pytest
from django.core import mail
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import DatabaseError, transaction
from pypdf import PdfReader

from orders.documents import words as catalogue
from orders.errors import PaperMissing
from orders.exception_words import summary
from orders.kernel.actor import SYSTEM
from orders.mailer import send_due_messages
from orders.models import Channel, Notification, OrderLine, PaperFile, ProcessException
from orders.services.file_paper import file_due_papers, open_paper
from orders.services.refund import grant_refund
from orders.services.settle import settle_payments
from tests.orders.e_invoices import broken_rules
from tests.orders.papers import a_shop, billed, bought
from tests.papers import text_of

pytestmark = pytest.mark.django_db


def test_what_is_owed_is_filed_once() -> None:
    a_shop()
    invoice = billed(bought())

    assert (file_due_papers(), file_due_papers()) == (1, 0)

    row = PaperFile.objects.get()
    pdf = open_paper(invoice)
    assert (row.status, row.invoice, row.sha256, row.size) == ("filed", invoice, sha256(pdf).hexdigest(), len(pdf))
    assert row.name == f"{invoice.issued_on:%Y/%m}/{invoice.number}.{row.sha256[:16]}.pdf"


def test_a_filed_paper_stays_as_it_is_when_words_names_and_brand_change() -> None:
    a_shop()
    invoice = billed(bought())
    before = open_paper(invoice)
    OrderLine.objects.update(name="Renamed")
    Channel.objects.update(seller_name="Others", brand_colour="#ff0000", timezone="Asia/Tokyo")

    with patch.dict(catalogue._CATALOGUE, {"invoice": ("Bill", "Zettel", "Note", "Nota")}):
        assert open_paper(invoice) == before

    assert PaperFile.objects.count() == 1


def test_a_filed_row_refuses_every_change() -> None:
    a_shop()
    open_paper(billed(bought()))
    rows = PaperFile.objects.all()

    for change in ({"sha256": "0" * 64}, {"name": "x"}, {"status": "owed"}):
        with pytest.raises(DatabaseError, match=r"Cannot update|Invalid transition"), transaction.atomic():
            rows.update(**change)
    with pytest.raises(DatabaseError, match="Cannot delete"), transaction.atomic():
        rows._raw_delete(rows.db)


@pytest.mark.parametrize("fault", ["lost", "changed"])
def test_a_file_that_is_not_what_was_issued_is_not_handed_out(fault: str) -> None:
    a_shop()
    invoice = billed(bought())
    open_paper(invoice)
    name, storage = PaperFile.objects.get().name, storages["papers"]
    storage.delete(name)
    if fault == "changed":
        storage.save(name, ContentFile(b"%PDF-1.7 another"))

    with pytest.raises(PaperMissing):
        open_paper(invoice)


def test_a_storage_that_is_down_costs_a_delay_and_then_asks_a_person() -> None:
    a_shop()
    invoice = billed(bought())
    with patch("orders.services.file_paper._storage", side_effect=OSError("gone")):
        for _ in range(5):
            PaperFile.objects.update(due_at="2026-01-01T00:00:00Z")
            assert file_due_papers() == 0

    row = PaperFile.objects.get()
    assert (row.status, row.attempts) == ("owed", 5)
    assert ProcessException.objects.get().category == "paper_not_filed"
    PaperFile.objects.update(due_at="2026-01-01T00:00:00Z")
    assert file_due_papers() == 1
    assert open_paper(invoice).startswith(b"%PDF")


def test_the_e_invoice_goes_along_where_the_channel_wants_it() -> None:
    import facturx

    a_shop(e_invoice="en16931")
    order = bought()
    invoice = billed(order)
    settle_payments(order.pk)
    grant_refund(order.pk, amount=D("5.00"), reason="staff", by=SYSTEM)

    assert file_due_papers() == 2

    for paper, code in ((invoice, b"380"), (order.credit_notes.get(), b"381")):
        name, xml = facturx.get_xml_from_pdf(open_paper(paper))
        assert name == "factur-x.xml"
        assert broken_rules(xml) == []
        assert b"TypeCode>" + code in xml
        still_archivable(open_paper(paper))
    assert PaperFile.objects.filter(has_xml=True).count() == 2


def still_archivable(pdf: bytes) -> None:
    """The XML sits in the PDF/A-3 as its alternative, and both its standards are declared."""
    catalog: Any = PdfReader(io.BytesIO(pdf)).trailer["/Root"]
    (attached,) = catalog["/AF"]
    assert attached.get_object()["/AFRelationship"] == "/Alternative"
    assert "/OutputIntents" in catalog
    told = catalog["/Metadata"].get_object().get_data().decode()
    for fact in ("pdfaid:part>3<", "pdfaid:conformance>B<", "fx:ConformanceLevel>EN 16931<", "factur-x.xml"):
        assert fact in told, told


def test_a_paper_that_machines_cannot_read_is_filed_for_people_and_somebody_is_asked() -> None:
    a_shop(e_invoice="en16931", seller_vat_id="")
    invoice = billed(bought())

    assert file_due_papers() == 1

    assert not PaperFile.objects.get().has_xml
    problem = ProcessException.objects.get()
    assert (problem.category, problem.subject_id) == ("e_invoice_incomplete", invoice.number)
    assert "the seller's VAT ID" in summary(problem)


def test_papers_are_mailed_where_the_channel_wants_it() -> None:
    a_shop(papers_by_mail="attach")
    invoice = billed(bought())
    Notification.objects.exclude(template="orders/mail/invoiced").delete()

    assert send_due_messages() == 1

    (sent,) = mail.outbox
    (attached,) = sent.attachments
    assert tuple(attached) == (f"{invoice.number}.pdf", open_paper(invoice), "application/pdf")
    assert invoice.number in sent.subject


def test_nobody_is_mailed_where_papers_are_on_the_page() -> None:
    a_shop()
    billed(bought())

    assert not Notification.objects.filter(template="orders/mail/invoiced").exists()


def test_a_paper_names_its_seller_buyer_and_reference() -> None:
    a_shop(seller_tax_number="37/123/45678", seller_registration="HRB 123456")
    billing = {"name": "Ada", "company": "Byron SARL", "line1": "1 rue X", "city": "Paris", "country": "FR"}
    order = bought(billing_address=billing | {"vat_id": "FR12345678901"}, buyer_reference="PO-4711")

    text = text_of(open_paper(billed(order)))

    for words in (
        "Byron SARL Ada 1 rue X Paris Frankreich",
        "Ihre Referenz PO-4711 Ihre USt-IdNr. FR12345678901",
        "USt-IdNr. DE123456788 Steuernummer 37/123/45678",
        "HRB 123456 IBAN DE02 1203 0000 0000 2020 51 BIC BYLADEM1001",
        "Online bezahlt 59,87 € Zu zahlen 0,00 €",
    ):
        assert words in text, text
