"""What the demo's shop consists of; every run calls this, and what is already there stays."""

from dataclasses import dataclass, field

from config.demo.staff import Login, build_staff


@dataclass(frozen=True)
class Shop:
    """What a visitor needs to know to get in: partners' API keys by name, and the staff's logins by role."""

    keys: dict[str, str] = field(default_factory=dict)
    staff: dict[str, Login] = field(default_factory=dict)


def build() -> Shop:
    """Make what is missing."""
    return Shop(staff=build_staff())
