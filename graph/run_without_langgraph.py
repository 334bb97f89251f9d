"""Run an evidence-only investigation without LangGraph: the five nodes that the workflow would run.

Importing LangGraph takes a second, which is most of the time of such an investigation on the command line.
"""

from dataclasses import dataclass
from typing import Final

from graph.nodes import find_window, gather_evidence, read_log, settle_verdict, write_report
from graph.recording import Node
from graph.state import RunContext, State

_NODES: Final[tuple[Node[State], ...]] = (read_log, find_window, gather_evidence, settle_verdict, write_report)


@dataclass(frozen=True, slots=True)
class _At:
    context: RunContext


async def run_nodes(runtime: RunContext, start: State) -> State:
    """Run the nodes in order. The final state equals that of the workflow. Raises InputError."""
    state = State(**{**start, "steps": []})
    for node in _NODES:
        update = await node(state, _At(runtime))
        state.update({**update, "steps": [*state["steps"], *update["steps"]]})
    return state
