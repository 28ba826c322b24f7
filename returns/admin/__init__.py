"""The returns floor's back office; importing it registers its pages."""

from returns.admin import return_
from returns.admin.return_actions import ORDER_ACTIONS

__all__ = ["ORDER_ACTIONS", "return_"]
