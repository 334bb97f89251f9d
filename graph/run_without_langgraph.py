"""An investigation without a language model, as the workflow would run it: the five nodes that then have work to do.

LangGraph takes a second to import. On the command line that is most of the time such an investigation takes.
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
    """The final state, equal to the workflow's. Raises InputError."""
    state = State(**{**start, "steps": []})
    for node in _NODES:
        update = await node(state, _At(runtime))
        state.update({**update, "steps": [*state["steps"], *update["steps"]]})
    return state
