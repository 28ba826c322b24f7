"""What a URL says: path and query are clean, every parameter is known and sent once; lists with commas or repeated."""

from collections.abc import Iterable, Mapping

from django.http import QueryDict
from drf_spectacular.utils import OpenApiParameter

from orders.api.strict import CONTROL
from orders.errors import InvalidRequest
from orders.kernel.errors import FieldError, at

_MOST_ERRORS = 50


def check_path(parts: Mapping[str, str]) -> None:
    """Raises ``InvalidRequest`` for control characters in a part of the path."""
    errors = [
        at(name, "control_character", "Must not contain control characters.")
        for name, value in parts.items()
        if CONTROL.search(value)
    ]
    if errors:
        raise InvalidRequest("The URL is not valid.", errors=errors)


def checked(query: QueryDict, declared: Iterable[OpenApiParameter]) -> QueryDict:
    """The query with one value for each name. Raises ``InvalidRequest`` for what isn't declared."""
    is_list = {parameter.name: parameter.explode is False for parameter in declared}
    single = QueryDict(mutable=True)
    wrong: list[FieldError] = []
    for name, values in query.lists():
        value = ",".join(values)
        if name not in is_list:
            shown = CONTROL.sub("\ufffd", name)[:64]
            wrong.append(at(f"?{shown}", "unknown_parameter", "There is no such parameter."))
        elif len(values) > 1 and not is_list[name]:
            wrong.append(at(f"?{name}", "repeated", "Send it once."))
        elif CONTROL.search(value):
            wrong.append(at(f"?{name}", "control_character", "Must not contain control characters."))
        single[name] = value
    if wrong:
        raise InvalidRequest(
            "Some query parameters are not valid; errors names each of them.", errors=wrong[:_MOST_ERRORS]
        )
    return single
