"""SQL statements of one request, counted exactly: what libpq wrote on the wire while Django answered it.

A program of its own, because it runs with the settings of production on the scratch database, like the web server,
whose own connections nobody can look into. Reads requests as JSON lines, answers each with a number.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from io import BytesIO
from typing import Any
from wsgiref.util import setup_testing_defaults

# libpq's names of the messages that make the server run something.
_ASKS = (b"\tQuery\t", b"\tExecute\t")


def count(requests: list[dict[str, Any]], environment: Mapping[str, str]) -> list[int]:
    """Statements of each request (method, path, key, body), transaction control and health checks included."""
    done = subprocess.run(
        [sys.executable, "-m", "config.bench.statements"],
        input="\n".join(map(json.dumps, requests)),
        stdout=subprocess.PIPE,
        text=True,
        env={"PATH": os.defpath, "PYTHONPATH": os.pathsep.join(sys.path), **environment, "LOG_LEVEL": "WARNING"},
        check=True,
    )
    return [int(line) for line in done.stdout.split()]


def main() -> None:
    from django.core.wsgi import get_wsgi_application

    application = get_wsgi_application()
    for line in sys.stdin:
        request = json.loads(line)
        print(_statements(application, request))  # noqa: T201


def _statements(application: Callable[..., Any], request: dict[str, Any]) -> int:
    """Ask twice with keys of their own, so that what only a first request does isn't counted."""
    from django.db import connection

    _call(application, request, attempt="first")
    connection.ensure_connection()
    wire = connection.connection.pgconn
    with tempfile.TemporaryFile() as trace:
        wire.trace(trace.fileno())
        _call(application, request, attempt="second")
        wire.untrace()
        trace.seek(0)
        return sum(any(word in line for word in _ASKS) for line in trace)


def _call(application: Callable[..., Any], request: dict[str, Any], *, attempt: str) -> None:
    path, _, query = request["path"].partition("?")
    body = json.dumps(request["body"]).encode() if request["body"] else b""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request["method"],
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "HTTP_HOST": "127.0.0.1",
        "HTTP_AUTHORIZATION": f"Bearer {request['key']}",
        "HTTP_IDEMPOTENCY_KEY": f"{attempt}-{hash(body)}",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": BytesIO(body),
    }
    setup_testing_defaults(environ)
    seen: list[str] = []

    def start_response(status: str, _headers: Any, _error: Any = None) -> None:
        seen.append(status)

    answer: Iterable[bytes] = application(environ, start_response)
    words = b"".join(answer)
    answer.close()  # type: ignore[attr-defined]
    if not seen[0].startswith("2"):
        raise RuntimeError(f"{request['method']} {path}: {seen[0]} {words.decode(errors='replace')}")


if __name__ == "__main__":
    main()
