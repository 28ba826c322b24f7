"""The returns floor's tables."""

from returns.models.return_ import Return, ReturnLine, ReturnRule

__all__ = ["Return", "ReturnLine", "ReturnRule"]
