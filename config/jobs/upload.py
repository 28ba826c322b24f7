"""The upload of a file to import: what is asked, and what is refused before a worker ever sees it."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django import forms
from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.imports.formats import FORMATS, Options, format_of, importer
from config.imports.products import STANDARD
from config.imports.source import UnreadableFile
from config.imports.table import check_magic
from config.jobs.files import beginning
from orders.admin.action import ActionForm
from orders.currencies import CURRENCIES
from orders.kernel.actor import SYSTEM
from orders.kernel.errors import DomainError
from warehouse.models import Warehouse

_SNIFFED = 64 * 1024


class UploadForm(ActionForm):
    """One file, and what its format can't know."""

    format = forms.ChoiceField(label=gettext_lazy("What is in the file"))
    file = forms.FileField(
        label=gettext_lazy("File"), help_text=gettext_lazy("CSV or NDJSON in UTF-8, plain or gzipped.")
    )
    dry_run = forms.BooleanField(label=gettext_lazy("Only try it: nothing is written"), required=False, initial=True)
    channel = forms.SlugField(
        label=gettext_lazy("Channel of the orders"),
        required=False,
        max_length=32,
        help_text=gettext_lazy("Its code; it is made when it is new. Empty: what the format or the file says."),
    )
    open = forms.BooleanField(label=gettext_lazy("Orders that are paid and haven't left become work"), required=False)
    shipping_method = forms.SlugField(
        label=gettext_lazy("Shipping method of such orders, by its code, where theirs isn't known here"),
        required=False,
        max_length=32,
    )
    currency = forms.CharField(
        label=gettext_lazy("Currency of the prices"),
        required=False,
        max_length=3,
        help_text=gettext_lazy("Shopify and WooCommerce products don't say it."),
    )
    tax_rate = forms.DecimalField(
        label=gettext_lazy("Tax rate, where the file names none"),
        required=False,
        min_value=Decimal(0),
        max_value=Decimal("0.99999"),
        help_text=gettext_lazy("A fraction such as 0.19."),
    )
    stock = forms.ChoiceField(label=gettext_lazy("Book the file's stock as opening stock of"), required=False)

    def build(self) -> None:
        self.fields["format"].choices = [(f"{each.subject}.{each.code}", _titled(each)) for each in FORMATS]  # type: ignore[attr-defined]
        houses = Warehouse.objects.filter(is_active=True).values_list("code", "name")
        self.fields["stock"].choices = [("", "–"), *houses]  # type: ignore[attr-defined]

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        most: int = settings.IMPORT_MOST_BYTES
        if (file.size or 0) > most:
            raise forms.ValidationError(_("At most %(size)s.") % {"size": filesizeformat(most)})
        try:
            head = beginning(file)
        except (OSError, EOFError) as error:
            raise forms.ValidationError(_("The file is broken.")) from error
        try:
            check_magic(_plain_name(file), head)
        except UnreadableFile as error:
            raise forms.ValidationError(str(error)) from error
        return file

    def clean_currency(self) -> str:
        currency = str(self.cleaned_data["currency"]).upper()
        if currency and currency not in CURRENCIES:
            raise forms.ValidationError(_("This is no ISO 4217 code, such as EUR."))
        return currency

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.errors or "file" not in data:
            return data
        subject, _dot, code = data["format"].partition(".")
        wanted = format_of(subject, code)
        if wanted.needs_currency and not data["currency"]:
            self.add_error("currency", _("Name it: the file doesn't say it."))
        if not wanted.needs_currency:
            data["currency"] = ""
        if subject == "orders" and data["channel"] != data["channel"].lower():
            self.add_error("channel", _("Small letters, digits, - and _."))
        if not self.errors:
            self._try_beginning(subject, code, data)
        return data

    def _try_beginning(self, subject: str, code: str, data: dict[str, Any]) -> None:
        """Whether the first lines are of the format: a wrong choice is noticed at once, not by a worker."""
        with _first_lines(data["file"]) as path:
            try:
                wanted = importer(subject, code, path, self.options(data), by=SYSTEM, is_rehearsal=True)
                wanted.survey(lambda _rows: None)
            except UnreadableFile as error:
                self.add_error("file", str(error))
            except DomainError as refusal:
                self.add_error(None, refusal.detail)

    @staticmethod
    def options(data: dict[str, Any]) -> Options:
        """What was said, for an importer."""
        rate = data.get("tax_rate")
        return Options(
            channel=data["channel"],
            is_open_taken=data["open"],
            shipping_method=data["shipping_method"],
            currency=data["currency"],
            tax_rates={} if rate is None else {STANDARD: rate},
            warehouse=data["stock"],
        )

    def told(self) -> dict[str, Any]:
        """What was said, for the job's row; what is empty is left out."""
        data = self.cleaned_data
        names = ("channel", "open", "shipping_method", "currency", "stock", "dry_run")
        told = {name: data[name] for name in names if data[name]}
        if data["tax_rate"] is not None:
            told["tax_rates"] = {STANDARD: f"{data['tax_rate']:f}"}
        return told


def _titled(each: Any) -> str:
    what = _("orders") if each.subject == "orders" else _("products")
    title = str(each.title)
    return title if each.code not in {"oms-csv", "oms-ndjson"} else f"{title}: {what}"


def _plain_name(file: Any) -> str:
    return Path(file.name or "file").name[:100]


@contextmanager
def _first_lines(file: Any) -> Iterator[Path]:
    """The beginning of the file, up to its last whole line outside of quotation marks, as a file of its own."""
    head = beginning(file, _SNIFFED)
    if len(head) >= _SNIFFED:
        end = len(head)
        while (end := head.rfind(b"\n", 0, end)) > 0 and head.count(b'"', 0, end) % 2:
            pass
        head = head[: end + 1] or head
    with NamedTemporaryFile(prefix="oms-head-", suffix=".csv") as beginning_file:
        beginning_file.write(head)
        beginning_file.flush()
        yield Path(beginning_file.name)
