"""An investigation without a language model, as the workflow would run it: the three nodes that then have work to do.

LangGraph takes a second to import. On the command line that is most of the time such an investigation takes.
"""

from dataclasses import dataclass
from typing import Final

from graph.nodes import gather_evidence, settle_verdict, write_report
from graph.recording import Node
from graph.state import Request, RunContext, State

_NODES: Final[tuple[Node[State], ...]] = (gather_evidence, settle_verdict, write_report)


@dataclass(frozen=True, slots=True)
class _At:
    context: RunContext


async def investigate_alone(runtime: RunContext, request: Request) -> State:
    """The final state, equal to the workflow's. Raises InputError."""
    state = State(request=request, steps=[])
    for node in _NODES:
        update = await node(state, _At(runtime))
        state.update({**update, "steps": [*state["steps"], *update["steps"]]})
    return state
