"""Who gets onto the floor: staff who are logged in and have the right that the screen asks for."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache

from orders.kernel.actor import Actor, ActorKind

PICK = "warehouse.pick"
PACK = "warehouse.pack"
RELEASE = "warehouse.release_pick_list"
PUT_BACK = "warehouse.finish_put_back"
FLOOR = (PICK, PACK, RELEASE, PUT_BACK)

View = Callable[..., HttpResponse]


def staff(*rights: str) -> Callable[[View], View]:
    """Let staff in who have one of ``rights``; everybody else logs in, or is refused."""

    def decorate(view: View) -> View:
        @never_cache
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            user = request.user
            if not user.is_authenticated:
                return redirect_to_login(request.get_full_path(), login_url=reverse("wh:login"))
            if not user.is_staff or not any(user.has_perm(right) for right in rights):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def user_of(request: HttpRequest) -> User:
    """Who is logged in; only behind ``staff``."""
    return cast("User", request.user)


def actor_of(request: HttpRequest) -> Actor:
    """The person, as the timeline names them."""
    user = user_of(request)
    return Actor(kind=ActorKind.STAFF, name=user.get_username(), id=user.pk)
