"""Jobs: a row that a worker takes by lease, finishes once, and tells about; files that are gone after a week."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from config.imports.sample import SHOPIFY_ORDERS, SHOPIFY_PRODUCTS
from config.jobs.files import forget_old_files
from config.jobs.run import run_jobs
from orders.admin import export as pages
from orders.errors import JobLost
from orders.kernel.actor import SYSTEM
from orders.models import Job, Order, Product
from orders.roles import Role
from orders.services.job import claim_job, finish_job, keep_job, open_job
from orders.states import JobKind, JobStatus
from tests.factories.orders import OrderFactory, ProductFactory
from tests.races.runners import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def files(settings: Any, tmp_path: Path) -> Iterator[Path]:
    settings.MEDIA_ROOT = str(tmp_path / "files")
    yield tmp_path / "files"


def stored(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def upload(client: Client, content: bytes = SHOPIFY_PRODUCTS.read_bytes(), **answers: Any) -> Any:
    sent = {"once": "1", "format": "products.shopify-products", "currency": "eur", "tax_rate": "0.19", **answers}
    name = sent.pop("name", "products.csv")
    return client.post(reverse("admin:orders_job_import"), {**sent, "file": SimpleUploadedFile(name, content)})


def test_an_uploaded_file_is_taken_in_by_a_worker(boss: Client, files: Path) -> None:
    answer = upload(boss)

    job = Job.objects.get()
    assert answer["Location"] == reverse("admin:orders_job_change", args=[job.pk])
    assert (job.kind, job.subject, job.format, job.status) == ("import", "products", "shopify-products", "queued")
    assert job.options == {"currency": "EUR", "tax_rates": {"standard": "0.19"}}
    assert (job.requested_by, job.file_name, Product.objects.count(), len(stored(files))) == (
        "boss",
        "products.csv",
        0,
        1,
    )

    assert run_jobs() == 1

    job = Job.objects.get()
    assert (job.status, job.done, job.total, job.error) == ("done", 8, 8, "")
    assert (job.report["created"], job.report["rejected"], job.report["rules"]) == (6, 1, {"mangled_number": 1})
    assert Product.objects.count() == 6
    assert run_jobs() == 0


def test_its_page_tells_what_came_of_it_and_hands_out_the_rejects(boss: Client) -> None:
    upload(boss)
    run_jobs()
    job = Job.objects.get()

    words = boss.get(reverse("admin:orders_job_change", args=[job.pk])).content.decode()
    assert "6 products created, 0 were there before" in words
    assert "mangled_number: 1" in words
    answer: Any = boss.get(reverse("admin:orders_job_rejects", args=[job.pk]))
    assert b"10,mangled_number" in b"".join(answer.streaming_content)
    assert answer["Content-Disposition"] == f'attachment; filename="{job.public_id}-rejects.csv"'
    assert boss.get(reverse("admin:orders_job_file", args=[job.pk])).status_code == 404


def test_only_trying_writes_nothing(boss: Client) -> None:
    upload(boss, dry_run="on")
    run_jobs()
    job = Job.objects.get()
    assert (job.status, job.report["created"], Product.objects.count()) == ("done", 6, 0)
    assert "nothing was written" in job.report["outcome"]


def test_orders_are_taken_in_too(boss: Client) -> None:
    upload(boss, SHOPIFY_ORDERS.read_bytes(), format="orders.shopify-orders", currency="", tax_rate="", channel="old")
    run_jobs()
    job = Job.objects.get()
    assert (job.status, job.is_personal, job.options) == ("done", True, {"channel": "old"})
    assert Order.objects.filter(partner__code="old").count() == 4


@pytest.mark.parametrize(
    ("content", "answers", "field", "sentence"),
    [
        (b"PK\x03\x04", {}, "file", "Excel workbook"),
        (b"\x1f\x8bnot gzip", {}, "file", "broken"),
        (b"%PDF-1.7", {}, "file", "PDF"),
        (b"MZ\x00\x01", {}, "file", "isn't a text file"),
        (b"a,b\n1,2\n", {}, "file", "no Shopify products file"),
        (SHOPIFY_ORDERS.read_bytes(), {}, "file", "no Shopify products file"),
        (SHOPIFY_PRODUCTS.read_bytes(), {"currency": ""}, "currency", "Name it"),
        (SHOPIFY_PRODUCTS.read_bytes(), {"currency": "XXX"}, "currency", "ISO 4217"),
        (SHOPIFY_PRODUCTS.read_bytes(), {"tax_rate": "19"}, "tax_rate", "less than or equal"),
        (SHOPIFY_PRODUCTS.read_bytes(), {"format": "products.magic"}, "format", "valid choice"),
        (SHOPIFY_PRODUCTS.read_bytes(), {"stock": "MOON"}, "stock", "valid choice"),
        (b"", {}, "file", "empty"),
    ],
)
def test_a_wrong_upload_is_refused_at_once(
    boss: Client, files: Path, content: bytes, answers: dict[str, str], field: str, sentence: str
) -> None:
    answer = upload(boss, content, **answers)
    assert answer.status_code == 200
    assert sentence in " ".join(answer.context["form"].errors[field])
    assert (Job.objects.count(), stored(files)) == (0, [])


def test_a_file_that_is_too_large_is_refused(boss: Client, settings: Any, files: Path) -> None:
    settings.IMPORT_MOST_BYTES = 1000
    assert "At most" in str(upload(boss).context["form"].errors["file"])
    assert (Job.objects.count(), stored(files)) == (0, [])


def test_only_who_has_the_right_imports(signed_in: Callable[[Role], Client]) -> None:
    for role in Role:
        client = signed_in(role)
        may = role == Role.ADMIN
        assert client.get(reverse("admin:orders_job_import")).status_code == (200 if may else 403), role
        assert upload(client).status_code == (302 if may else 403), role
    assert Job.objects.count() == 1
    run_jobs()
    rejects = reverse("admin:orders_job_rejects", args=[Job.objects.get().pk])
    for role in Role:
        client = Client()
        client.force_login(User.objects.get(username=role.value))
        assert client.get(rejects).status_code == (200 if role == Role.ADMIN else 403), role


def test_a_big_export_is_made_by_a_worker(boss: Client, monkeypatch: pytest.MonkeyPatch, files: Path) -> None:
    monkeypatch.setattr(pages, "MOST_AT_ONCE", 2)
    OrderFactory.create_batch(3, payment_status="paid")
    OrderFactory()

    answer = boss.post("/admin/orders/order/export/?payment_status__exact=paid", {"format": "csv"})

    job = Job.objects.get()
    assert answer["Location"] == reverse("admin:orders_job_change", args=[job.pk])
    assert (job.status, job.is_streamed, job.options) == ("queued", False, {"payment_status__exact": "paid"})
    assert boss.get(reverse("admin:orders_job_file", args=[job.pk])).status_code == 404

    assert run_jobs() == 1

    job = Job.objects.get()
    assert (job.status, job.done, job.request) == ("done", 3, {})
    content: Any = boss.get(reverse("admin:orders_job_file", args=[job.pk]))
    assert content["Content-Disposition"].endswith(f'filename="{job.file_name}"')
    assert len(b"".join(content.streaming_content).decode("utf-8-sig").splitlines()) == 4
    assert [path.stat().st_mode & 0o777 for path in stored(files)] == [0o600]


def test_who_lost_the_right_gets_no_file(
    signed_in: Callable[[Role], Client], monkeypatch: pytest.MonkeyPatch, files: Path
) -> None:
    monkeypatch.setattr(pages, "MOST_AT_ONCE", 0)
    OrderFactory()
    client = signed_in(Role.FINANCE)
    client.post("/admin/orders/order/export/", {"format": "csv"})
    User.objects.get(username="finance").groups.clear()

    run_jobs()

    job = Job.objects.get()
    assert (job.status, job.error) == ("failed", "Whoever asked for it has no right to it any more.")
    assert stored(files) == []


def test_two_workers_never_take_the_same_job() -> None:
    for _ in range(4):
        open_job(JobKind.EXPORT, subject="orders.order", format="csv", options={}, by=SYSTEM)

    claimed = [job.pk for job in at_once([claim_job] * 4) if isinstance(job, Job)]

    assert sorted(claimed) == sorted(Job.objects.values_list("pk", flat=True))
    assert claim_job() is None


def test_a_job_whose_worker_died_is_taken_again_and_given_up_after_three() -> None:
    ProductFactory()
    open_job(JobKind.EXPORT, subject="orders.product", format="csv", options={}, by=SYSTEM)
    leases = []
    for _ in range(3):
        job = claim_job()
        assert job is not None
        leases.append(job.lease_token)
        Job.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    with pytest.raises(JobLost):
        keep_job(job.pk, lease=leases[0], done=1, total=1)
    with pytest.raises(JobLost):
        finish_job(job.pk, lease=leases[0], done=1, report={})

    given_up = claim_job()

    assert given_up is not None
    job = Job.objects.get()
    assert (job.status, job.error) == ("failed", "Its worker stopped three times without finishing it.")
    assert claim_job() is None


def test_a_job_that_breaks_off_says_so_and_the_next_one_is_done(boss: Client, files: Path) -> None:
    upload(boss)
    upload(boss, once="2")
    for path in stored(files)[:1]:
        path.unlink()

    assert run_jobs() == 2

    assert sorted(Job.objects.values_list("status", flat=True)) == ["done", "failed"]
    assert Job.objects.get(status="failed").error == "The uploaded file is gone; upload it again."


def test_files_are_gone_after_a_week(boss: Client, files: Path) -> None:
    upload(boss)
    run_jobs()
    assert (len(stored(files)), forget_old_files()) == (2, 0)  # the upload and its rejects

    Job.objects.update(finished_at=timezone.now() - timedelta(days=7, seconds=1))

    assert (forget_old_files(), stored(files), forget_old_files()) == (1, [], 0)
    job = Job.objects.get()
    assert (job.file, job.rejects_file, job.report["created"]) == ("", "", 6)
    assert boss.get(reverse("admin:orders_job_rejects", args=[job.pk])).status_code == 404


def test_a_stream_that_nobody_finished_is_closed() -> None:
    job = open_job(JobKind.EXPORT, subject="orders.order", format="csv", options={}, is_streamed=True, by=SYSTEM)
    forget_old_files()
    assert Job.objects.get().status == JobStatus.RUNNING
    Job.objects.filter(pk=job.pk).update(created_at=timezone.now() - timedelta(hours=2))
    forget_old_files()
    assert (Job.objects.get().status, claim_job()) == (JobStatus.FAILED, None)
