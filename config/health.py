"""Health for load balancers and people: alive, ready (the database answers), and deep (is the work getting done?)."""

import hmac

from django.conf import settings
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@require_safe
@never_cache
def live(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """The process answers."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def ready(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Requests can be served: only the database is needed for that."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except OperationalError:
        return JsonResponse({"status": "failing"}, status=503)
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def deep(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Whether what is owed gets done in time; 503 names what doesn't."""
    from config.figures import figures

    found = figures()
    bad = sorted({figure.name for figure in found if figure.is_bad})
    body = {
        "status": "failing" if bad else "ok",
        "failing": bad,
        "figures": {figure.name + (f".{figure.queue}" if figure.queue else ""): figure.value for figure in found},
    }
    return JsonResponse(body, status=503 if bad else 200)


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """The same figures for Prometheus; outside development only for who has METRICS_TOKEN."""
    if not (settings.METRICS_OPEN or _has_token(request)):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    from prometheus_client import CollectorRegistry, Gauge, generate_latest

    from config.figures import figures

    registry = CollectorRegistry()
    gauges: dict[str, Gauge] = {}
    for figure in figures():
        if figure.name not in gauges:
            labels = ["queue"] if figure.queue else []
            gauges[figure.name] = Gauge(f"oms_{figure.name}", figure.says, labels, registry=registry)
        gauge = gauges[figure.name].labels(figure.queue) if figure.queue else gauges[figure.name]
        gauge.set(float("nan") if figure.value is None else figure.value)
    return HttpResponse(generate_latest(registry), content_type="text/plain; version=0.0.4; charset=utf-8")


def _has_token(request: HttpRequest) -> bool:
    token = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(token) and hmac.compare_digest(given.encode(), token.encode())
