"""The demo's partners and their API keys."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings

from orders.kernel.actor import SYSTEM
from orders.models import ApiKey, Channel, Partner
from orders.scopes import Scope
from orders.services.key import hash_of, issue_key

_PARTNERS = {"partner": ("webshop", "Web shop"), "other_partner": ("marketplace", "Marketplace")}
_UNLIMITED = 100_000  # requests a minute: a demo is there to be tried


def build_partners() -> dict[str, str]:
    """Both partners with a live key each; keys of an earlier run stay when ``var/demo.json`` still knows them."""
    known = _known(settings.VAR_DIR / "demo.json")
    return {name: _key(code, title, known.get(name, "")) for name, (code, title) in _PARTNERS.items()}


def _key(code: str, title: str, earlier: str) -> str:
    partner, _ = Partner.objects.get_or_create(code=code, defaults={"name": title})
    partner.channels.add(Channel.objects.get(code="web"))
    live = ApiKey.objects.filter(partner=partner, revoked_at=None, key_hash=hash_of(earlier)).exists()
    if earlier and live:
        return earlier
    _, secret = issue_key(partner, name="demo", scopes=Scope.values, requests_per_minute=_UNLIMITED, by=SYSTEM)
    return secret


def _known(file: Path) -> dict[str, str]:
    try:
        content: dict[str, Any] = json.loads(file.read_text())
    except (OSError, ValueError):
        return {}
    return {name: content.get(name, {}).get("key", "") for name in _PARTNERS}
