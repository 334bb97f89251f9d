"""Where an investigation begins: at the start, where its thread was cut off, or with those who are still to be asked."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

from graph.request import Request
from graph.state import Heard, State
from incidents.reasoning import NodeRun, Step

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig

    from graph.checkpoints import Checkpointer
    from graph.workflow import Workflow


VERSION: Final = 2
"""Of what a checkpoint holds. To be raised when a node reads what an earlier program's checkpoints do not hold."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """`given` is what the graph is started with; None goes on from the checkpoint. `finished`: nothing is to be done."""

    given: State | None = None
    finished: State | None = None


def new_start(request: Request) -> State:
    """The state an investigation begins with."""
    return State(version=VERSION, request=request)


async def beginning(
    graph: "Workflow", config: "RunnableConfig", checkpointer: "Checkpointer", request: Request, *, asks: bool
) -> Beginning:
    """What the thread of `config` says. A finished one in which agents could not be reached is run again when the
    caller `asks` agents: with the opinions it has, so that only the others are asked.

    A thread that another version of the program wrote, or that was about other revisions, is dropped and begun anew.
    """
    stored = await graph.aget_state(config)
    start = _continued(cast(State, stored.values), request, asks=asks)
    if start.given is not None and (stored.values or stored.next):
        from graph.checkpoints import forget

        await forget(checkpointer, config["configurable"]["thread_id"])  # a thread's lists only grow
    return start


def _continued(before: State, request: Request, *, asks: bool) -> Beginning:
    if before.get("version") != VERSION or before["request"].asked != request.asked:
        return Beginning(new_start(request))
    if "report" not in before:  # the last node's; that nothing is next says the same of a step cut at its very end
        return Beginning()
    if asks and before["verdict"].unreached:
        return Beginning(_with_those_heard(before, request))
    return Beginning(finished=before)


def _with_those_heard(before: State, request: Request) -> State:
    """A new start that holds the opinions there are, and how they were reached."""
    opinions = [each for each in before.get("opinions", []) if not each.unreached]
    heard = {(each.agent, each.commit) for each in opinions}
    steps: list[Step] = [
        step for step in before["steps"] if not isinstance(step, NodeRun) and (step.agent, step.commit) in heard
    ]
    held = Heard(revisions=before["window"].revisions, opinions=tuple(opinions), steps=tuple(steps))
    return State(**{**new_start(request), "heard": held})
