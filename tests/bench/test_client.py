"""The load generator sees every answer whole, and counts what it saw."""

import json
import socket
from itertools import islice

from config.bench.client import Client, percentile, placements, times


def test_an_answer_that_arrives_in_pieces_is_one_answer() -> None:
    ours, theirs = socket.socketpair()
    client = Client(ours)
    with ours, theirs:
        theirs.sendall(b"HTTP/1.1 409 Conflict\r\nContent-")
        assert client.receive() is None
        theirs.sendall(b"Length: 7\r\n\r\n{}")
        assert client.receive() is None
        theirs.sendall(b"     ")
        assert client.receive() == (409, b"{}     ")


def test_every_order_has_its_own_key_and_as_many_lines_as_asked_for() -> None:
    plan = {"key": "secret", "lines": 3, "products": (7, 9), "order": {"channel": "web"}}

    first, second = islice(placements(plan), 2)

    head, _, body = first.partition(b"\r\n\r\n")
    order = json.loads(body)
    assert order["channel"] == "web"
    assert {line["sku"] for line in order["lines"]} == {"SKU-7", "SKU-8", "SKU-9"}
    assert f"Content-Length: {len(body)}".encode() in head
    assert f"Idempotency-Key: {order['external_ref']}".encode() in head
    assert order["external_ref"].encode() not in second


def test_percentiles_are_values_that_were_seen() -> None:
    values = [float(n) for n in range(1, 21)]
    assert (percentile(values, 50), percentile(values, 95), percentile([], 50)) == (10.0, 19.0, 0.0)


def test_attempts_are_counted() -> None:
    go_on = times(2)
    assert [go_on(), go_on(), go_on()] == [True, True, False]
