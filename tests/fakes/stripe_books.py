"""The books of the fake Stripe: intents, pages, refunds, disputes, and an event for everything that happens."""

import re
import time
from collections.abc import Callable
from itertools import count
from typing import Any

DAY = 24 * 60 * 60
Thing = dict[str, Any]


class Fault(Exception):
    """Stripe says no."""

    def __init__(self, status: int, **error: Any) -> None:
        super().__init__(error)
        self.status = status
        self.error = {"message": "No.", **error}


class Books:
    """What it knows. ``do`` is the API; the other methods are what customers, banks and staff do elsewhere."""

    def __init__(self) -> None:
        self.intents: dict[str, Thing] = {}
        self.pages: dict[str, Thing] = {}
        self.refunds: dict[str, Thing] = {}
        self.disputes: dict[str, Thing] = {}
        self.events: list[Thing] = []
        self.is_searchable = True
        self.account = ""
        self._numbers = count(1)
        self._refused_once: set[str] = set()

    # --- the API

    def do(self, method: str, path: str, params: Thing) -> Thing:
        """Carry a call out; raises ``Fault``."""
        routes: list[tuple[str, str, Callable[..., Thing]]] = [
            ("POST", r"/v1/payment_intents", self._create),
            ("GET", r"/v1/payment_intents/search", self._search),
            ("GET", r"/v1/payment_intents/(\w+)", self._intent),
            ("POST", r"/v1/payment_intents/(\w+)", self._note),
            ("POST", r"/v1/payment_intents/(\w+)/capture", self._capture),
            ("POST", r"/v1/payment_intents/(\w+)/cancel", self._cancel),
            ("POST", r"/v1/checkout/sessions", self._open_page),
            ("GET", r"/v1/checkout/sessions/(\w+)", self._page),
            ("POST", r"/v1/checkout/sessions/(\w+)/expire", self._expire_page),
            ("POST", r"/v1/refunds", self._refund),
            ("GET", r"/v1/refunds", self._list_refunds),
            ("GET", r"/v1/disputes", self._list_disputes),
        ]
        for verb, pattern, step in routes:
            found = re.fullmatch(pattern, path)
            if verb == method and found:
                return step(*found.groups(), params)
        raise Fault(404, type="invalid_request_error", code="resource_missing")

    def _create(self, params: Thing) -> Thing:
        method = params["payment_method"]
        intent = self._new_intent(int(params["amount"]), params["currency"], params["metadata"], method)
        assert params["capture_method"] == "manual"
        if method.endswith("decline"):
            raise self._decline(intent, "insufficient_funds")
        if method.endswith("3ds"):
            if params.get("off_session") == "true":
                raise self._decline(intent, "authentication_required")
            intent["status"] = "requires_action"
            url = f"https://hooks.example.com/{intent['id']}"
            intent["next_action"] = {"type": "redirect_to_url", "redirect_to_url": {"url": url}}
            self._tell("payment_intent.requires_action", intent)
            return intent
        self._reserve(intent)
        return intent

    def _new_intent(self, amount: int, currency: str, metadata: Thing, method: str) -> Thing:
        intent = {
            "id": self._name("pi"),
            "object": "payment_intent",
            "amount": amount,
            "amount_capturable": 0,
            "amount_received": 0,
            "currency": currency,
            "status": "requires_payment_method",
            "metadata": dict(metadata),
            "payment_method": method,
            "latest_charge": None,
            "next_action": None,
            "last_payment_error": None,
            "cancellation_reason": None,
            "livemode": False,
        }
        self.intents[intent["id"]] = intent
        return intent

    def _decline(self, intent: Thing, code: str) -> Fault:
        intent["last_payment_error"] = {"type": "card_error", "code": "card_declined", "decline_code": code}
        self._tell("payment_intent.payment_failed", intent)
        return Fault(402, type="card_error", code="card_declined", decline_code=code, payment_intent=intent)

    def _reserve(self, intent: Thing) -> None:
        often = "unavailable" if intent["payment_method"].endswith("once") else "available"
        card = {"multicapture": {"status": often}, "capture_before": int(time.time()) + 5 * DAY}
        intent["latest_charge"] = {
            "id": self._name("ch"),
            "object": "charge",
            "disputed": False,
            "payment_method_details": {"type": "card", "card": card},
        }
        intent |= {"status": "requires_capture", "amount_capturable": intent["amount"], "next_action": None}
        self._tell("payment_intent.amount_capturable_updated", intent)

    def _intent(self, name: str, _params: Thing) -> Thing:
        if name not in self.intents:
            raise Fault(404, type="invalid_request_error", code="resource_missing")
        return self.intents[name]

    def _search(self, params: Thing) -> Thing:
        payment = re.fullmatch(r"metadata\['payment'\]:'(\w+)'", params["query"])
        assert payment
        found = [i for i in self.intents.values() if i["metadata"].get("payment") == payment[1]]
        return _listed(found if self.is_searchable else [])

    def _note(self, name: str, params: Thing) -> Thing:
        intent = self._intent(name, params)
        intent["metadata"] |= params["metadata"]
        return intent

    def _capture(self, name: str, params: Thing) -> Thing:
        intent = self._intent(name, params)
        amount = int(params["amount_to_capture"])
        if intent["status"] != "requires_capture" or amount > intent["amount_capturable"]:
            raise Fault(400, type="invalid_request_error", code="payment_intent_unexpected_state")
        if intent["payment_method"].endswith("capture_fails") and name not in self._refused_once:
            self._refused_once.add(name)
            raise Fault(402, type="card_error", code="card_declined", decline_code="do_not_honor")
        is_last = params.get("final_capture", "true") == "true"
        if not is_last and intent["latest_charge"]["payment_method_details"]["card"]["multicapture"]["status"] != (
            "available"
        ):
            raise Fault(400, type="invalid_request_error", code="parameter_invalid")
        intent["metadata"] |= params.get("metadata", {})
        intent["amount_received"] += amount
        intent["amount_capturable"] = 0 if is_last else intent["amount_capturable"] - amount
        if not intent["amount_capturable"]:
            intent["status"] = "succeeded"
            self._tell("payment_intent.succeeded", intent)
        return intent

    def _cancel(self, name: str, params: Thing, *, reason: str | None = None) -> Thing:
        intent = self._intent(name, params)
        if intent["status"] in ("succeeded", "canceled"):
            raise Fault(400, type="invalid_request_error", code="payment_intent_unexpected_state")
        intent |= {"status": "canceled", "amount_capturable": 0, "cancellation_reason": reason, "next_action": None}
        self._tell("payment_intent.canceled", intent)
        return intent

    def _open_page(self, params: Thing) -> Thing:
        item = params["line_items"]["0"]["price_data"]
        assert params["payment_intent_data"]["capture_method"] == "manual"
        name = self._name("cs_test")
        page = {
            "id": name,
            "object": "checkout.session",
            "status": "open",
            "url": f"https://checkout.example.com/{name}",
            "payment_intent": None,
            "amount_total": int(item["unit_amount"]),
            "currency": item["currency"],
            "metadata": params["metadata"],
            "success_url": params["success_url"],
            "about": item["product_data"]["name"],
        }
        self.pages[name] = page
        return page

    def _page(self, name: str, _params: Thing) -> Thing:
        return self.pages[name]

    def _expire_page(self, name: str, _params: Thing) -> Thing:
        page = self.pages[name]
        if page["status"] != "open":
            raise Fault(400, type="invalid_request_error", code="resource_invalid_state")
        page |= {"status": "expired", "url": None}
        self._tell("checkout.session.expired", page)
        return page

    def _refund(self, params: Thing) -> Thing:
        intent = self._intent(params["payment_intent"], params)
        later = intent["payment_method"].endswith("refund_later")
        return self._give_back(intent, int(params["amount"]), params.get("metadata", {}), "pending" if later else None)

    def _give_back(self, intent: Thing, amount: int, metadata: Thing, status: str | None = None) -> Thing:
        back = sum(r["amount"] for r in self.refunds.values() if _goes(r, intent))
        if amount > intent["amount_received"] - back:
            raise Fault(400, type="invalid_request_error", code="charge_already_refunded")
        refund = {
            "id": self._name("re"),
            "object": "refund",
            "amount": amount,
            "currency": intent["currency"],
            "payment_intent": intent["id"],
            "status": status or "succeeded",
            "metadata": dict(metadata),
            "failure_reason": None,
        }
        self.refunds[refund["id"]] = refund
        self._tell("refund.created", refund)
        return refund

    def _list_refunds(self, params: Thing) -> Thing:
        return _listed([r for r in self.refunds.values() if r["payment_intent"] == params["payment_intent"]])

    def _list_disputes(self, params: Thing) -> Thing:
        return _listed([d for d in self.disputes.values() if d["payment_intent"] == params["payment_intent"]])

    # --- what others do

    def only_intent(self) -> Thing:
        """The one there is."""
        (intent,) = self.intents.values()
        return intent

    def approve(self, intent: Thing) -> None:
        """The customer approves on their bank's page."""
        self._reserve(intent)

    def reject(self, intent: Thing) -> None:
        """The customer can't, or won't."""
        intent |= {"status": "requires_payment_method", "next_action": None}
        self._decline(intent, "authentication_failed")

    def pay(self, page: Thing, *, method: str = "pm_ok") -> Thing:
        """The customer pays on Stripe's page."""
        intent = self._new_intent(page["amount_total"], page["currency"], page["metadata"], method)
        self._reserve(intent)
        page |= {"status": "complete", "payment_intent": intent["id"], "url": None}
        self._tell("checkout.session.completed", page)
        return intent

    def close(self, page: Thing) -> None:
        """Nobody came for a day."""
        self._expire_page(page["id"], {})

    def lapse(self, intent: Thing) -> None:
        """The banks let the reservation go."""
        if intent["amount_received"]:
            intent |= {"status": "succeeded", "amount_capturable": 0}
            self._tell("payment_intent.succeeded", intent)
        else:
            self._cancel(intent["id"], {}, reason="automatic")

    def refund_by_hand(self, intent: Thing, amount: int) -> Thing:
        """Somebody refunds on Stripe's own pages."""
        return self._give_back(intent, amount, {})

    def end_refund(self, refund: Thing, status: str) -> None:
        """The bank has, or has not, paid it out."""
        refund |= {"status": status, "failure_reason": "lost_or_stolen_card" if status == "failed" else None}
        self._tell("refund.failed" if status == "failed" else "refund.updated", refund)

    def dispute(self, intent: Thing, amount: int, *, status: str = "needs_response") -> Thing:
        """The customer's bank takes money back."""
        dispute = {
            "id": self._name("du"),
            "object": "dispute",
            "amount": amount,
            "currency": intent["currency"],
            "payment_intent": intent["id"],
            "reason": "product_not_received",
            "status": status,
            "evidence_details": {"due_by": 1_790_000_000},
        }
        self.disputes[dispute["id"]] = dispute
        intent["latest_charge"]["disputed"] = True
        self._tell("charge.dispute.created", dispute)
        return dispute

    def decide(self, dispute: Thing, status: str) -> None:
        """``won`` or ``lost``."""
        dispute["status"] = status
        self._tell("charge.dispute.closed", dispute)

    def event(self, kind: str, thing: Thing, **changes: Any) -> Thing:
        """An event as it is sent, with who it concerns in it, as Stripe's have."""
        people = {"billing_details": {"name": "Ada Byron", "email": "ada@example.com"}}
        return {
            "id": self._name("evt"),
            "object": "event",
            "type": kind,
            "livemode": False,
            "created": int(time.time()),
            "data": {"object": {**thing, **people}},
            **changes,
        }

    def _tell(self, kind: str, thing: Thing) -> None:
        self.events.append(self.event(kind, thing))

    def _name(self, prefix: str) -> str:
        return f"{prefix}_{id(self):x}{next(self._numbers):04d}"


def _goes(refund: Thing, intent: Thing) -> bool:
    return bool(refund["payment_intent"] == intent["id"] and refund["status"] != "failed")


def _listed(things: list[Thing]) -> Thing:
    return {"object": "list", "data": things[::-1], "has_more": False, "url": "/"}
