"""A batch: many bodies in one request, each answered as if it were sent alone."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from rest_framework import serializers

from orders.api.body import body_of, json_of
from orders.api.once import refusal_answer
from orders.api.problems import refusal_of
from orders.api.strict import read
from orders.services.idempotency import Answer


def items_of(request: HttpRequest, batch: type[serializers.Serializer[Any]]) -> Sequence[Any]:
    """The bodies, not read yet: what is wrong with one of them is that one's answer."""
    (items,) = read(batch, json_of(body_of(request))).values()
    return cast("Sequence[Any]", items)


def answered_one_by_one(
    request: HttpRequest, answers: Mapping[int, Answer], count: int, act: Callable[[int], Answer]
) -> list[Answer]:
    """``answers`` as far as there are any; all others from ``act``, whose refusals are answers too."""

    def told(i: int) -> Answer:
        try:
            return answers[i] if i in answers else act(i)
        except Exception as refusal:  # whatever it is: the others have their answers
            return refusal_answer(request, refusal_of(refusal, request))

    return [told(i) for i in range(count)]


def batch_response(answers: Sequence[Answer]) -> HttpResponse:
    """All answers in one; their bodies are JSON already."""
    rows = ",".join(f'{{"status":{answer.status},"body":{answer.body}}}' for answer in answers)
    return HttpResponse(f'{{"data":[{rows}]}}', content_type="application/json")


def canonical(item: Any) -> str:
    """The same text for the same JSON."""
    return json.dumps(item, sort_keys=True, separators=(",", ":"))
