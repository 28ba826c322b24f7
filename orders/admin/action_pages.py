"""The buttons and pages of a record's staff actions.

The button opens a dialog over the page; a selection, or a link from elsewhere, opens the action's own page. A POST
calls the service; what it refuses is shown on the form, and nothing has changed.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, ClassVar

from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.urls.resolvers import URLPattern
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from redis.exceptions import RedisError

from orders.admin.action import Action, ActionForm, Answer, Download, Words
from orders.kernel.actor import Actor, ActorKind
from orders.kernel.errors import DomainError

MOST_AT_ONCE = 100  # rows of one selection
_TOGGLE = "actionDropdownOpen = !actionDropdownOpen"
# unfold's menu is a link that leads nowhere: what makes it a button for keyboards and readers.
AS_BUTTON = {
    "role": "button",
    "tabindex": "0",
    "aria-haspopup": "menu",
    "x-bind:aria-expanded": "actionDropdownOpen",
    "x-on:keydown.enter.prevent": _TOGGLE,
    "x-on:keydown.space.prevent": _TOGGLE,
    "x-on:keydown.escape": "actionDropdownOpen = false",
}


class ActionPages:
    """Gives a ModelAdmin the buttons and pages of its ``staff_actions``."""

    staff_actions: ClassVar[Sequence[Action]] = ()
    model: Any
    admin_site: Any

    # --- buttons

    def declared(self) -> Sequence[Action]:
        """All actions of this page, whoever may do them."""
        return self.staff_actions

    def offered(self, request: HttpRequest) -> list[Action]:
        """The actions that the user may do at all."""
        user: Any = request.user
        return [action for action in self.declared() if user.has_perm(action.permission)]

    def changeform_view(self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any) -> Any:
        response = super().changeform_view(request, object_id, *args, **kwargs)  # type: ignore[misc]
        page = response.context_data if isinstance(response, TemplateResponse) else None
        if page and page.get("original") is not None:
            row = page["original"]
            fitting = [action for action in self.offered(request) if action.single and action.fits(row)]
            rare = [self._button(action, row.pk) for action in fitting if action.rare]
            more = [{"title": _("More"), "icon": "more_horiz", "items": rare, "attrs": AS_BUTTON}] if rare else []
            buttons = [self._button(action, row.pk) for action in fitting if not action.rare]
            page["actions_detail"] = [*buttons, *self.ways(request, row), *more]
        return response

    def ways(self, request: HttpRequest, row: Any) -> list[dict[str, Any]]:
        """Links beside the buttons, to where work with the row goes on."""
        return []

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        response = super().changelist_view(request, extra_context)  # type: ignore[misc]
        page = response.context_data if isinstance(response, TemplateResponse) else None
        if page and "cl" in page and not page["cl"].is_popup:
            in_rows = [action for action in self.offered(request) if action.in_rows]
            page["actions_row"] = [
                self._button(action, None) | {"raw_path": f"{self.admin_site.name}:{self._url_name(action)}"}
                for action in in_rows
            ]
            page["actions_list"] = self.list_ways(request)
        return response

    def list_ways(self, request: HttpRequest) -> list[dict[str, Any]]:
        """Links above the list, to what can be done with all of it, or with none yet."""
        return []

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """What can be done with a selection: nothing happens before the action's own page was confirmed."""
        chosen = {action.name: action for action in self.offered(request) if action.many}
        return {name: (_to_page(action), name, action.label) for name, action in chosen.items()}

    def _button(self, action: Action, pk: Any) -> dict[str, Any]:
        return {
            "title": action.label,
            "icon": action.icon,
            "variant": action.variant,
            "attrs": {},
            "dialog": True,
            "path": reverse(f"{self.admin_site.name}:{self._url_name(action)}", args=[pk]) if pk else "",
        }

    # --- pages

    def get_urls(self) -> list[URLPattern]:
        own = []
        for action in self.declared():
            one, many = partial(self._one, action=action), partial(self._many, action=action)
            name = self._url_name(action)
            if action.single:
                own.append(path(f"<path:object_id>/do/{action.name}/", self.admin_site.admin_view(one), name=name))
            if action.many:
                own.append(path(f"do/{action.name}/", self.admin_site.admin_view(many), name=f"{name}_many"))
        return own + super().get_urls()  # type: ignore[misc, no-any-return]

    def _url_name(self, action: Action) -> str:
        return f"{self.model._meta.app_label}_{self.model._meta.model_name}_do_{action.name}"

    def _one(self, request: HttpRequest, object_id: str, *, action: Action) -> HttpResponseBase:
        self._allow(request, action)
        row = self.get_object(request, object_id)  # type: ignore[attr-defined]
        if row is None:
            raise Http404
        return self._page(request, action, target=row, targets=[row])

    def _many(self, request: HttpRequest, *, action: Action) -> HttpResponseBase:
        self._allow(request, action)
        pks = [pk for pk in request.GET.get("ids", "").split(",") if pk.isdecimal()][:MOST_AT_ONCE]
        rows = list(self.get_queryset(request).filter(pk__in=pks).order_by("pk"))  # type: ignore[attr-defined]
        if not rows:
            raise Http404
        return self._page(request, action, target=rows, targets=rows)

    def _allow(self, request: HttpRequest, action: Action) -> None:
        may_see = self.has_view_permission(request)  # type: ignore[attr-defined]
        if not may_see or action not in self.offered(request):
            raise PermissionDenied

    def _page(self, request: HttpRequest, action: Action, *, target: Any, targets: list[Model]) -> HttpResponseBase:
        is_posted = request.method == "POST"
        form = action.form(
            request.POST if is_posted else None,
            target=target,
            user=request.user,
            initial={"next": request.GET.get("next") or request.headers.get("HX-Current-URL", "")},
        )
        if is_posted and form.is_valid():
            answer = self._do(request, action, form, target=target, targets=targets)
            if answer is not None:
                return answer
        return self._render(request, action, form, targets=targets)

    def _do(
        self, request: HttpRequest, action: Action, form: ActionForm, *, target: Any, targets: list[Model]
    ) -> HttpResponseBase | None:
        """Call the service; None: it refused, and the form says why."""
        key = f"staff-action:{request.user.pk}:{form.cleaned_data['once']}"
        if not is_first(key):
            messages.info(request, _("This was done already."))
            return self._leave(request, form, targets)
        if isinstance(target, list) and not action.together:
            self._do_each(request, action, form, targets)
            return self._leave(request, form, targets)
        try:
            said = action.call(target, form.cleaned_data, actor(request))
        except DomainError as refusal:
            cache.delete(key)
            for name, sentence in said_of(refusal, form):
                form.add_error(name, sentence)
            return None
        if isinstance(said, Download):
            return _sent(said)
        if isinstance(said, Answer):
            return self._show(request, said, targets[0])
        messages.success(request, str(said))
        return self._leave(request, form, targets)

    def _do_each(self, request: HttpRequest, action: Action, form: ActionForm, targets: list[Model]) -> None:
        done = 0
        for row in targets:
            try:
                action.call(row, form.cleaned_data, actor(request))
                done += 1
            except DomainError as refusal:
                messages.error(request, f"{row}: {' '.join(said for _name, said in said_of(refusal, form))}")
        if done:
            messages.success(request, ngettext("%(n)s done.", "%(n)s done.", done) % {"n": done})

    def _render(
        self, request: HttpRequest, action: Action, form: ActionForm, *, targets: list[Model]
    ) -> TemplateResponse:
        is_dialog = bool(request.headers.get("HX-Request"))
        context = {
            **self.admin_site.each_context(request),
            "title": action.label,
            "action": action,
            "form": form,
            "targets": targets,
            "is_many": len(targets) > 1,
            "opts": self.model._meta,
            "original": targets[0] if len(targets) == 1 else None,
            "back": self._way_back(request, form, targets),
            "here": request.get_full_path(),
        }
        template = "admin/action_dialog.html" if is_dialog else "admin/action_page.html"
        return TemplateResponse(request, template, context)

    def _show(self, request: HttpRequest, answer: Answer, row: Model) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "opts": self.model._meta, "original": row}
        is_dialog = bool(request.headers.get("HX-Request"))
        shown = {**context, "is_dialog": is_dialog, "back": self._home([row]), **answer.context}
        return TemplateResponse(request, answer.template, shown)

    def _leave(self, request: HttpRequest, form: ActionForm, targets: list[Model]) -> HttpResponse:
        url = self._way_back(request, form, targets)
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Redirect": url})
        return HttpResponseRedirect(url)

    def _way_back(self, request: HttpRequest, form: ActionForm, targets: list[Model]) -> str:
        asked = str(form["next"].value() or "")
        is_ours = url_has_allowed_host_and_scheme(asked, allowed_hosts={request.get_host()})
        return asked if asked and is_ours else self._home(targets)

    def _home(self, targets: list[Model]) -> str:
        name = f"{self.admin_site.name}:{self.model._meta.app_label}_{self.model._meta.model_name}"
        if len(targets) == 1:
            return reverse(f"{name}_change", args=[targets[0].pk])
        return reverse(f"{name}_changelist")


def way(title: Words, url: str, *, icon: str) -> dict[str, Any]:
    """A link that looks like the buttons of actions."""
    return {"title": title, "icon": icon, "variant": "default", "attrs": {}, "dialog": None, "path": url}


def actor(request: HttpRequest) -> Actor:
    """The member of staff who is signed in, as services want to know them."""
    user: Any = request.user
    return Actor(kind=ActorKind.STAFF, name=user.get_username(), id=user.pk)


def said_of(refusal: DomainError, form: ActionForm) -> list[tuple[str | None, str]]:
    """What a refusal says: sentences, each with the field of the form that it is about (None: all of it).

    A service names what it refuses by pointers, or begins its sentence with the argument: «amount: at most …».
    """
    path, _colon, rest = refusal.detail.partition(": ")
    parts = [(form.field_of(error.pointer.removeprefix("#/")), error.detail) for error in refusal.errors]
    parts = [(name, capfirst(rest) if name and rest and said == refusal.detail else said) for name, said in parts]
    if parts and all(said.lower() in refusal.detail.lower() for _name, said in parts):
        return parts
    name = form.field_of(path)
    return [(name, capfirst(rest)) if name else (None, refusal.detail), *parts]


def _sent(download: Download) -> StreamingHttpResponse:
    answer = StreamingHttpResponse(download.chunks, content_type=download.content_type)
    answer["Content-Disposition"] = f'attachment; filename="{download.name}"'
    answer["Cache-Control"] = "no-store"
    return answer


def is_first(key: str) -> bool:
    """Whether this form is posted for the first time; a double click is one wish. Open when Valkey is down."""
    try:
        return cache.add(key, 1, timeout=3600)
    except RedisError:
        return True


def _to_page(action: Action) -> Callable[[Any, HttpRequest, Any], HttpResponse]:
    def go(admin: Any, request: HttpRequest, rows: Any) -> HttpResponse:
        pks = ",".join(str(pk) for pk in rows.values_list("pk", flat=True)[:MOST_AT_ONCE])
        url = reverse(f"{admin.admin_site.name}:{admin._url_name(action)}_many")
        back = request.get_full_path()
        return HttpResponseRedirect(f"{url}?{urlencode({'ids': pks, 'next': back})}")

    return go
