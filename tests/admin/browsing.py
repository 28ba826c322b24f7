"""What a browser sends of a page that it has loaded: read from the HTML, as no test's own idea of it."""

from html.parser import HTMLParser
from typing import Any


class Form(HTMLParser):
    """The named fields of the form with that id; of a select without a chosen option, its first one."""

    def __init__(self, html: str, form: str) -> None:
        super().__init__()
        self.sent: dict[str, list[str]] = {}
        self.choices: dict[str, list[str]] = {}
        self._form, self._is_inside = form, False
        self._select, self._area, self._is_chosen = "", "", False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        name, value = told.get("name", ""), told.get("value", "")
        if tag == "form":
            self._is_inside = told.get("id") == self._form
        if not self._is_inside:
            return
        if tag == "select":
            self._select, self._is_chosen = name, False
            self.choices[name] = []
        elif tag == "option":
            self.choices[self._select].append(value)
            if "selected" in told or (not self._is_chosen and len(self.choices[self._select]) == 1):
                self.sent[self._select] = [value]
                self._is_chosen = "selected" in told
        elif tag == "textarea":
            self._area = name
            self.sent.setdefault(name, []).append("")
        elif tag == "input" and name and (told.get("type") != "checkbox" or "checked" in told):
            self.sent.setdefault(name, []).append(" ".join(value.splitlines()))

    def handle_data(self, data: str) -> None:
        if self._area:
            self.sent[self._area][-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = ""
        if tag == "form":
            self._is_inside = False


def browsed(page: Any, form: str, **typed: Any) -> dict[str, Any]:
    """What is sent when nothing but ``typed`` is touched."""
    return {**Form(page.content.decode(), form).sent, **typed}
