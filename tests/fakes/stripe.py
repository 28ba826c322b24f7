"""A Stripe that runs on this machine: real HTTP, its own books, idempotency keys, faults on demand, signed webhooks.

Payment methods decide what happens: ``pm_ok``, ``pm_decline``, ``pm_3ds`` (the customer must act), ``pm_once`` (the
card is captured only once), ``pm_capture_fails`` (the first capture is refused), ``pm_refund_later`` (refunds wait).
"""

import hashlib
import hmac
import json
import re
import time
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, RLock, Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.fakes.stripe_books import Books, Fault

SECRET = "whsec_of_the_fake"


class FakeStripe(Books):
    """The books, and how the world reaches them."""

    def __init__(self) -> None:
        super().__init__()
        self.url = ""
        self.calls: list[tuple[str, str, str]] = []  # method, path, key
        self.faults: dict[str, deque[str]] = defaultdict(deque)
        self.gate = Event()
        self.gate.set()
        self._answers: dict[str, dict[str, Any]] = {}
        self._guard = RLock()

    def fail(self, path: str, *faults: str) -> None:
        """What goes wrong at the next calls to a path that ends so.

        ``drop``: done, but the answer gets lost. ``unheard``: nothing done, no answer. ``broken``: done, and a stored
        500. ``fault``: nothing done, and a stored 500. ``busy``: 429. ``wait``: done; the answer waits for ``gate``.
        """
        self.faults[path].extend(faults)

    def asked(self, path: str) -> int:
        """How many calls there were to paths that end so."""
        return sum(called.endswith(path) for _method, called, _key in self.calls)

    def keys(self, path: str) -> list[str]:
        """The keys of calls to paths that end so."""
        return [key for _method, called, key in self.calls if called.endswith(path)]

    def forget_keys(self) -> None:
        """A day has gone by."""
        self._answers.clear()

    def signed(self, event: dict[str, Any], *, secret: str = SECRET, at: float | None = None) -> dict[str, Any]:
        """An event as Django's test client sends it: body and signature."""
        body = json.dumps(event)
        stamp = int(time.time() if at is None else at)
        sign = hmac.new(secret.encode(), f"{stamp}.{body}".encode(), hashlib.sha256).hexdigest()
        return {
            "data": body,
            "content_type": "application/json",
            "headers": {"Stripe-Signature": f"t={stamp},v1={sign}"},
        }

    def answer(self, method: str, path: str, params: dict[str, Any], key: str) -> tuple[int, dict[str, Any], bool, str]:
        """Status, body, whether it is a repetition, and the fault to make on the way back."""
        with self._guard:
            self.calls.append((method, path, key))
            fault = next((q.popleft() for end, q in self.faults.items() if q and path.endswith(end)), "")
            if fault == "unheard":
                return 0, {}, False, "drop"
            if fault == "busy":
                return 429, _error("rate_limit_error", "rate_limit"), False, ""
            known = self._answers.get(key) if key and method == "POST" else None
            if known is not None:
                if (known["path"], known["params"]) != (path, params):
                    return 400, _error("idempotency_error", ""), False, ""
                return known["status"], known["body"], True, fault
            status, body = self._carry_out(method, path, params, fault)
            if key and method == "POST":
                self._answers[key] = {"path": path, "params": params, "status": status, "body": body}
        return status, body, False, fault

    def _carry_out(self, method: str, path: str, params: dict[str, Any], fault: str) -> tuple[int, dict[str, Any]]:
        if fault == "fault":
            return 500, _error("api_error", "")
        try:
            status, body = 200, json.loads(json.dumps(self.do(method, path, params)))
        except Fault as wrong:
            status, body = wrong.status, json.loads(json.dumps({"error": wrong.error}))
        return (500, _error("api_error", "")) if fault == "broken" else (status, body)


def _error(kind: str, code: str) -> dict[str, Any]:
    return {"error": {"type": kind, "code": code or None, "message": kind}}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    fake: FakeStripe

    def do_GET(self) -> None:
        self._serve("GET", urlsplit(self.path).query)

    def do_POST(self) -> None:
        self._serve("POST", self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode())

    def log_message(self, *_args: object) -> None:
        """Nobody reads it."""

    def _serve(self, method: str, form: str) -> None:
        key = self.headers.get("Idempotency-Key", "") if method == "POST" else ""
        path = urlsplit(self.path).path
        if not self.headers.get("Authorization", "").endswith("sk_test_fake"):
            self._send(401, _error("invalid_request_error", ""), is_repeated=False)
            return
        status, body, is_repeated, fault = self.fake.answer(method, path, _nested(form), key)
        if fault == "drop":
            self.close_connection = True
            return
        if fault == "wait":
            self.fake.gate.wait(timeout=30)
        self._send(status, body, is_repeated=is_repeated)

    def _send(self, status: int, body: dict[str, Any], *, is_repeated: bool) -> None:
        content = json.dumps(body).encode()
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            if is_repeated:
                self.send_header("Idempotent-Replayed", "true")
            self.end_headers()
            self.wfile.write(content)
        except OSError:
            self.close_connection = True  # whoever asked has given up


def _nested(form: str) -> dict[str, Any]:
    """``a[b][0]=c`` as dictionaries."""
    found: dict[str, Any] = {}
    for name, value in parse_qsl(form, keep_blank_values=True):
        *path, last = re.findall(r"[^\[\]]+", name)
        place = found
        for part in path:
            place = place.setdefault(part, {})
        place[last] = value
    return found


@contextmanager
def running() -> Iterator[FakeStripe]:
    """A fake on a free port, for as long as the block lasts."""
    fake = FakeStripe()
    handler = type("Handler", (_Handler,), {"fake": fake})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    fake.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        fake.gate.set()
        server.shutdown()
        server.server_close()
        thread.join()
