"""The shops that call: a program of its own, so that its work isn't counted as the server's.

Reads a plan as JSON from its input and keeps every client's connection busy with one request at a time, from one
thread. Prints ``ready`` when the warm-up is over, and what it saw as one line of JSON at the end. Knows no Django.
"""

import json
import random
import selectors
import socket
import sys
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

_CRLF = b"\r\n"
_RANDOM = random.Random()  # noqa: S311 (spread, not secrets)
_BATCH, _PLACED = b'{"data":[{"status":', b'{"status":201,"body":'
_SILENCE = 30.0  # seconds without any answer after which we give up


@dataclass
class Seen:
    """What came back."""

    milliseconds: list[float] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)


@dataclass
class Client:
    """One connection: its request's start, and what has arrived of the answer."""

    connection: socket.socket
    sent_at: float = 0.0
    arrived: bytearray = field(default_factory=bytearray)

    def send(self, request: bytes) -> None:
        self.arrived.clear()
        self.sent_at = time.perf_counter()
        self.connection.sendall(request)

    def receive(self) -> tuple[int, bytes] | None:
        """Status and body once all of it has arrived."""
        piece = self.connection.recv(1 << 20)
        if not piece:
            raise ConnectionError("the server closed the connection")
        self.arrived += piece
        end = self.arrived.find(_CRLF * 2)
        if end < 0:
            return None
        head = bytes(self.arrived[:end]).lower()
        length = int(head.partition(b"content-length:")[2].partition(_CRLF)[0] or 0)
        if len(self.arrived) < end + 4 + length:
            return None
        return int(head[9:12]), bytes(self.arrived[end + 4 : end + 4 + length])


def placements(plan: dict[str, Any]) -> Iterator[bytes]:
    """Orders without end: new customers and old ones, spread products, a key and a reference of their own."""
    head = _head("POST", "/api/v1/orders", plan["key"])
    while True:
        order = _order(plan)
        yield _post(head, order, once=order["external_ref"])


def batches(plan: dict[str, Any]) -> Iterator[bytes]:
    """The same, many to a request."""
    head = _head("POST", "/api/v1/orders/batch", plan["key"])
    while True:
        yield _post(head, {"orders": [_order(plan) for _ in range(plan["batch"])]}, once=uuid.uuid4().hex)


def _order(plan: dict[str, Any]) -> dict[str, Any]:
    first, last = plan["products"]
    skus = _RANDOM.sample(range(first, last + 1), plan["lines"])
    return {
        **plan["order"],
        "external_ref": uuid.uuid4().hex,
        "customer": {"email": f"c{_RANDOM.randint(1, 100_000)}@example.com", "name": "Ann Bell"},
        "lines": [{"sku": f"SKU-{sku}", "quantity": i % 3 + 1} for i, sku in enumerate(skus)],
    }


def _post(head: bytes, said: dict[str, Any], *, once: str) -> bytes:
    body = json.dumps(said).encode()
    return b"%sIdempotency-Key: %s\r\nContent-Length: %d\r\n\r\n%s" % (head, once.encode(), len(body), body)


def reads(plan: dict[str, Any]) -> Iterator[bytes]:
    """The same pages again and again."""
    requests = [_head("GET", path, plan["key"]) + _CRLF for path in plan["paths"]]
    while True:
        yield _RANDOM.choice(requests)


def _head(method: str, path: str, key: str) -> bytes:
    accepts = "Accept: application/json\r\nContent-Type: application/json\r\n"
    return f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n{accepts}".encode()


def drive(clients: list[Client], requests: Iterator[bytes], *, go_on: Callable[[], bool], seen: Seen) -> None:
    """Keep every client busy for as long as ``go_on`` says so, and wait for what is under way then."""
    with selectors.DefaultSelector() as selector:
        for client in clients:
            selector.register(client.connection, selectors.EVENT_READ, client)
            if go_on():
                client.send(next(requests))
            else:
                selector.unregister(client.connection)
        while selector.get_map():
            ready = selector.select(_SILENCE)
            if not ready:
                raise TimeoutError("the server has stopped answering")
            for key, _ in ready:
                client = key.data
                answer = client.receive()
                if answer is None:
                    continue
                seen.milliseconds.append((time.perf_counter() - client.sent_at) * 1000)
                seen.answers[_word(*answer)] += 1
                if go_on():
                    client.send(next(requests))
                else:
                    selector.unregister(client.connection)


def _word(status: int, body: bytes) -> str:
    """``201``, or a refusal's status and code: ``409 out_of_stock``; of a batch how many orders it placed."""
    if body.startswith(_BATCH):
        return f"{body.count(_PLACED)} x 201"
    if status < 400:
        return str(status)
    try:
        return f"{status} {json.loads(body)['code']}"
    except (ValueError, KeyError, TypeError):
        return str(status)


def for_seconds(seconds: float) -> Callable[[], bool]:
    end = time.monotonic() + seconds
    return lambda: time.monotonic() < end


def times(attempts: int) -> Callable[[], bool]:
    left = iter(range(attempts))
    return lambda: next(left, None) is not None


def percentile(sorted_values: list[float], percent: int) -> float:
    """The smallest value that is at least as large as ``percent`` % of them; 0 when there are none."""
    if not sorted_values:
        return 0.0
    return sorted_values[max(0, -(-len(sorted_values) * percent // 100) - 1)]


def main() -> None:
    plan = json.load(sys.stdin)
    clients = [Client(socket.create_connection(("127.0.0.1", plan["port"]), 10)) for _ in range(plan["clients"])]
    for client in clients:
        client.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.connection.settimeout(_SILENCE)
    requests = batches(plan) if plan["batch"] else placements(plan) if "order" in plan else reads(plan)
    drive(clients, requests, go_on=for_seconds(plan["warmup"]), seen=Seen())
    print("ready", flush=True)  # noqa: T201
    sys.stdin.close()
    seen = Seen()
    started, busy = time.perf_counter(), time.process_time()
    go_on = times(plan["attempts"]) if plan["attempts"] else for_seconds(plan["seconds"])
    drive(clients, requests, go_on=go_on, seen=seen)
    told = {
        "seconds": time.perf_counter() - started,
        "cpu_seconds": time.process_time() - busy,
        "answers": dict(seen.answers),
        "p50": percentile(sorted(seen.milliseconds), 50),
        "p95": percentile(sorted(seen.milliseconds), 95),
    }
    print(json.dumps(told), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
