"""How the back office looks and what it offers; the callbacks are in ``config.admin`` and ``config.sidebar``."""

from typing import Any

from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _

# Tailwind's teal, one step darker, so that white words on it can be read (WCAG AA).
_PRIMARY = {
    "50": "oklch(98.4% .014 180.72)",
    "100": "oklch(95.3% .051 180.801)",
    "200": "oklch(91% .096 180.426)",
    "300": "oklch(85.5% .138 181.071)",
    "400": "oklch(77.7% .152 181.912)",
    "500": "oklch(60% .118 184.704)",
    "600": "oklch(51.1% .096 186.391)",
    "700": "oklch(43.7% .078 188.216)",
    "800": "oklch(38.6% .063 188.416)",
    "900": "oklch(34% .055 190)",
    "950": "oklch(27.7% .046 192.524)",
}

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": _("Orders"),
    "SITE_HEADER": _("Orders"),
    "SITE_SUBHEADER": _("Back office"),
    "SITE_SYMBOL": "deployed_code",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda _request: static("desk/favicon.svg")}],
    "SITE_URL": None,
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_BACK_BUTTON": True,
    "COLORS": {"primary": _PRIMARY},
    "STYLES": [lambda _request: static("desk/desk.css")],
    "DASHBOARD_CALLBACK": "config.admin.dashboard",
    "COMMAND": {"search_models": False, "show_history": True, "search_callback": "config.admin.palette"},
    "SIDEBAR": {
        "show_search": True,
        "command_search": True,
        "show_all_applications": True,
        "navigation": "config.sidebar.navigation",
    },
}
