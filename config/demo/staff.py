"""The demo's staff: one person per role, with passwords that anybody may know."""

from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from orders.kernel.actor import SYSTEM
from orders.roles import Role
from warehouse.services.issue_badge import issue_badge

PASSWORD = "let-me-in-please"  # noqa: S105 (the demo prints it)


@dataclass(frozen=True)
class Login:
    """How somebody gets in."""

    username: str
    password: str
    badge: str


def build_staff() -> dict[str, Login]:
    """Make the people who are missing, role by role; the admin is also a superuser."""
    return {role.value: _build(role) for role in Role}


def _build(role: Role) -> Login:
    users = get_user_model().objects
    user, is_new = users.get_or_create(
        username=role.value,
        defaults={"is_staff": True, "is_superuser": role is Role.ADMIN, "email": f"{role.value}@example.com"},
    )
    if is_new:
        user.set_password(PASSWORD)
        user.save(update_fields=["password"])
        user.groups.add(Group.objects.get(name=role.value))
    return Login(user.username, PASSWORD, issue_badge(user.pk, by=SYSTEM))
