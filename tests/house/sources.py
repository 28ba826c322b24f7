"""The project's own Python files, parsed."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from django.conf import settings

from config.docs.house import FLOORS

ROOT = Path(settings.BASE_DIR)


@dataclass(frozen=True)
class Source:
    """One module; ``name`` is its path within the project."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @property
    def module(self) -> str:
        return self.name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @property
    def room(self) -> str:
        """``services`` for ``orders/services/place.py``, ``handlers`` for ``orders/handlers.py``."""
        return Path(self.name).parts[1].removesuffix(".py")

    @cached_property
    def text(self) -> str:
        return self.path.read_text()

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node

    def public_functions(self) -> list[str]:
        """Functions of the module itself that others may call."""
        return [n.name for n in self.tree.body if isinstance(n, ast.FunctionDef) and not n.name.startswith("_")]


@cache
def sources() -> tuple[Source, ...]:
    """Every module of the floors and the roof, without migrations."""
    found = [path for folder in (*FLOORS, "config") for path in sorted((ROOT / folder).rglob("*.py"))]
    return tuple(Source(path) for path in found if "migrations" not in path.parts)


def services() -> list[Source]:
    """Every module of a ``services`` room."""
    return [source for source in sources() if source.room == "services" and source.path.name != "__init__.py"]
