"""``states.md``: a diagram of every state machine, drawn from its declared transitions."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from config.docs.house import FLOORS, StateMachine, first_line, state_machines

HEAD = """# States

Every status that only declared transitions change. A trigger in PostgreSQL refuses every other change, and a
CHECK every other value. The derived axes of an order (payment, fulfillment, return) have no edges of their own:
`orders/derivation.py` computes them.
"""


@dataclass(frozen=True, kw_only=True)
class Edge:
    """One declared change of a status; ``verb`` is the transition's method."""

    verb: str
    source: str
    target: str
    words: str


def edges_of(machine: StateMachine) -> list[Edge]:
    """The machine's edges, in the order of its states."""
    states = [str(value) for value, _label in machine.field.choices or []]
    edges = [
        Edge(
            verb=declared.name,
            source=source,
            target=str(declared.target),
            words=first_line(getattr(machine.model, declared.name)),
        )
        for declared in machine.field.get_all_transitions(machine.model)
        for source in (states if declared.source == "*" else [str(declared.source)])
    ]
    return sorted(edges, key=lambda edge: (states.index(edge.source), states.index(edge.target), edge.verb))


def states_page() -> str:
    """The whole page."""
    floors = {
        floor: list(machines)
        for floor, machines in groupby(state_machines(), key=lambda machine: machine.model._meta.app_label)
    }
    return "\n".join([HEAD, *(text for floor in FLOORS for text in _floor(floor, floors.get(floor, [])))])


def _floor(floor: str, machines: list[StateMachine]) -> Iterator[str]:
    if machines:
        yield f"## {floor}\n"
        for machine in machines:
            yield _machine(machine)


def _machine(machine: StateMachine) -> str:
    edges = edges_of(machine)
    start = str(machine.field.get_default())
    ends = [str(value) for value, _label in machine.field.choices or [] if value not in {edge.source for edge in edges}]
    drawn = [f"    [*] --> {start}"]
    drawn += [f"    {edge.source} --> {edge.target}: {edge.verb}" for edge in edges]
    drawn += [f"    {end} --> [*]" for end in ends if end in {edge.target for edge in edges}]
    meanings = groupby(sorted(edges, key=attrgetter("verb")), key=attrgetter("verb"))
    table = [f"| `{verb}` | {next(same).words} |" for verb, same in meanings]
    return "\n".join(
        [
            f"### {machine.name}\n",
            f"{first_line(machine.model)}\n",
            "```mermaid",
            "stateDiagram-v2",
            *drawn,
            "```\n",
            "| transition | means |",
            "|---|---|",
            *table,
            "",
        ]
    )
