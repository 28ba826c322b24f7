"""How many examples a property that drives whole services takes.

The suite runs few; ``HYPOTHESIS_EXAMPLES=1000 uv run pytest tests/journeys/test_every_cent.py`` runs a thousand.
"""

import os

import pytest
from hypothesis import HealthCheck, Phase, settings

ASKED = int(os.environ.get("HYPOTHESIS_EXAMPLES", "0"))
SECONDS_EACH = 4  # at most, on a busy machine


def many(usual: int, *, without: Phase | None = None) -> settings:
    """Settings for ``usual`` examples, or as many as somebody asks for."""
    return settings(
        max_examples=ASKED or usual,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[phase for phase in Phase if phase is not without],
    )


def patience(usual: int) -> pytest.MarkDecorator:
    """The mark that gives so many examples their time."""
    return pytest.mark.timeout(max(120, SECONDS_EACH * (ASKED or usual)))
