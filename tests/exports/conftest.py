"""Who looks at the back office."""

from tests.admin.conftest import boss, furnished, signed_in

__all__ = ["boss", "furnished", "signed_in"]
