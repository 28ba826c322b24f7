"""Trying a rule out: a page beside a rule's own, that shows what it would have done with the newest orders."""

from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from orders.admin.action_pages import way
from orders.admin.chips import url_of


class TrialPage:
    """Gives the admin page of a kind of rules, of a channel or of all, its trial.

    ``told_of_trial`` is what ``trial_template`` shows: the rule as a ``sentence``, the ``trial``, and of how many
    orders at ``most``.
    """

    admin_site: Any
    model: Any
    trial_template: ClassVar[str]

    def told_of_trial(self, rule: Any) -> dict[str, Any]:
        """What came of it."""
        raise NotImplementedError

    def ways(self, request: HttpRequest, row: Any) -> list[dict[str, Any]]:
        return [way(_("Try it out"), url_of(row, "trial"), icon="experiment")]

    def get_urls(self) -> list[URLPattern]:
        meta = self.model._meta
        name = f"{meta.app_label}_{meta.model_name}_trial"
        own = path("<int:pk>/trial/", self.admin_site.admin_view(self.try_out), name=name)
        return [own, *super().get_urls()]  # type: ignore[misc]

    def try_out(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The page; nothing is kept of a trial."""
        if not self.has_view_permission(request):  # type: ignore[attr-defined]
            raise PermissionDenied
        rule = self.model.objects.select_related("channel").filter(pk=pk).first()
        if rule is None:
            raise Http404
        page = {
            **self.admin_site.each_context(request),
            "title": _("Try it out"),
            "opts": self.model._meta,
            "original": rule,
            "back": url_of(rule),
            **self.told_of_trial(rule),
        }
        return TemplateResponse(request, self.trial_template, page)
