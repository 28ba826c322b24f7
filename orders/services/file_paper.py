"""File legal papers: print each once, keep the file, and hand out the same bytes ever after.

The storage is outside of the house, so nothing of it happens inside a transaction: a row is claimed for a while,
the file is made and put under a name that its content gives it, then the row is marked if it is still owed. Whoever
comes second has made a file that nobody names.
"""

from datetime import timedelta
from hashlib import sha256

import structlog
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.db.models.functions import Now
from django.utils import timezone

from orders.documents.printing import Printed, print_paper
from orders.errors import PaperMissing
from orders.kernel.actor import SYSTEM
from orders.kernel.work import work
from orders.locks import locked_order
from orders.models import CreditNote, Invoice, PaperFile
from orders.services.exception import open_exception, resolve_exceptions
from orders.states import PaperStatus

Paper = Invoice | CreditNote
STORAGE = "papers"
_CLAIM = timedelta(minutes=2)
_FIRST_WAIT = timedelta(seconds=30)
_LONGEST_WAIT = timedelta(hours=6)
_PATIENCE = 5  # attempts, a quarter of an hour, before a person is asked

log = structlog.get_logger(__name__)

# Of the exceptions queue.
_NOT_FILED = "paper_not_filed"


def open_paper(paper: Paper) -> bytes:
    """The paper's PDF as it was filed; one that is still owed is filed now. Raises ``PaperMissing``."""
    row = PaperFile.objects.get(**_of(paper))
    if row.status != PaperStatus.FILED:
        row = _file(row, paper)
    try:
        with _storage().open(row.name) as stored:
            pdf: bytes = stored.read()
    except OSError as error:
        log.error("paper_unreadable", paper=paper.number, error=type(error).__name__)
        raise PaperMissing("The file of this paper can't be read right now. Try again later.") from error
    if sha256(pdf).hexdigest() != row.sha256:
        log.error("paper_changed", paper=paper.number)
        raise PaperMissing("The file of this paper isn't the one that was issued, so it is not handed out.")
    return pdf


def file_due_papers(limit: int = 20) -> int:
    """File what is owed, oldest first; returns how many were filed. One that fails is tried again, ever later."""
    filed = 0
    for row in _claimed(limit):
        paper = row.invoice or row.credit_note
        try:
            filed += paper is not None and _file(row, paper).status == PaperStatus.FILED
        except Exception as error:
            log.exception("paper_not_filed", paper=str(paper), error=type(error).__name__)
            _try_later(row, paper)
    return filed


def _try_later(row: PaperFile, paper: Paper | None) -> None:
    wait = min(_FIRST_WAIT * 2**row.attempts, _LONGEST_WAIT)
    with work(by=SYSTEM):
        if paper is not None and row.attempts == _PATIENCE:
            locked_order(paper.order_id)
            open_exception(
                order_id=paper.order_id,
                category=_NOT_FILED,
                subject_kind="paper",
                subject_id=paper.number,
                facts={"paper": paper.number},
                by=SYSTEM,
            )
        PaperFile.objects.filter(pk=row.pk, status=PaperStatus.OWED).update(due_at=timezone.now() + wait)


def _claimed(limit: int) -> list[PaperFile]:
    """Due rows, nobody else's for two minutes; by the database's clock."""
    with work(by=SYSTEM):
        due = PaperFile.objects.filter(status=PaperStatus.OWED, due_at__lte=Now()).order_by("due_at")
        rows = list(due.select_for_update(skip_locked=True, of=("self",))[:limit])
        for row in rows:
            row.attempts += 1
        PaperFile.objects.bulk_update(rows, ["attempts"])
        PaperFile.objects.filter(pk__in=[row.pk for row in rows]).update(due_at=Now() + _CLAIM)
    found = PaperFile.objects.filter(pk__in=[row.pk for row in rows]).order_by("pk")
    related = [
        f"{kind}__order__{link}" for kind in ("invoice", "credit_note") for link in ("channel", "shipping_method")
    ]
    return list(found.select_related(*related))


def _file(row: PaperFile, paper: Paper) -> PaperFile:
    """Make the file, put it into the storage, and mark the row; the first to mark it wins."""
    made = print_paper(paper)
    name = _stored(paper, made)
    with work(by=SYSTEM):
        locked_order(paper.order_id)
        held = PaperFile.objects.select_for_update(of=("self",)).get(pk=row.pk)
        if held.status == PaperStatus.FILED:
            return held
        held.file()
        held.name, held.sha256, held.size = name, made.sha256, len(made.pdf)
        held.has_xml, held.filed_at = made.has_xml, timezone.now()
        held.save()
        resolve_exceptions(
            category=_NOT_FILED, subject_kind="paper", subject_id=paper.number, resolution="It is filed.", by=SYSTEM
        )
        if made.lacks:
            open_exception(
                order_id=paper.order_id,
                category="e_invoice_incomplete",
                subject_kind="paper",
                subject_id=paper.number,
                facts={"paper": paper.number, "why": str(made.lacks)},
                by=SYSTEM,
            )
    return held


def _stored(paper: Paper, made: Printed) -> str:
    """Where the file is. Its name has the content's hash, so what is there under it already is the same."""
    name = f"{paper.issued_on:%Y/%m}/{paper.number}.{made.sha256[:16]}.pdf"
    storage = _storage()
    return name if storage.exists(name) else storage.save(name, ContentFile(made.pdf))


def _storage() -> Storage:
    return storages[STORAGE]


def _of(paper: Paper) -> dict[str, Paper]:
    return {"invoice": paper} if isinstance(paper, Invoice) else {"credit_note": paper}
