"""Decide where a checkpointed investigation starts: at the beginning, where it stopped, or with the missing agents."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

from graph.request import Request
from graph.state import Heard, State
from incidents.opinion import SelfCritique
from incidents.reasoning import NodeRun, Step

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig

    from graph.checkpoints import Checkpointer
    from graph.workflow import Workflow


VERSION: Final = 3
"""The version of the state. Increase it when a node needs something that older checkpoints do not contain."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """How to start: with the input `given`, from the checkpoint (`given` is None), or not at all (`finished`)."""

    given: State | None = None
    finished: State | None = None


def new_start(request: Request) -> State:
    """Return the input of a new investigation."""
    return State(version=VERSION, request=request)


async def beginning(
    graph: "Workflow", config: "RunnableConfig", checkpointer: "Checkpointer", request: Request, *, asks: bool
) -> Beginning:
    """Decide from the checkpoints of the thread in `config`.

    A finished thread in which agents could not be reached is run again when the caller `asks` agents: its opinions are
    reused, so that only the other agents are asked. A thread that another version of the program wrote, or that was
    about other revisions, is deleted and started anew.
    """
    stored = await graph.aget_state(config)
    start = _continued(cast(State, stored.values), request, asks=asks)
    if start.given is not None and (stored.values or stored.next):
        from graph.checkpoints import forget

        await forget(checkpointer, config["configurable"]["thread_id"])  # a thread's lists can only grow
    return start


def _continued(before: State, request: Request, *, asks: bool) -> Beginning:
    if before.get("version") != VERSION or before["request"].asked != request.asked:
        return Beginning(new_start(request))
    if "report" not in before:  # written by the last node; "no next node" is also true for a step cut at its end
        return Beginning()
    if asks and before["verdict"].unreached:
        return Beginning(_with_earlier_opinions(before, request))
    return Beginning(finished=before)


def _with_earlier_opinions(before: State, request: Request) -> State:
    """Return the input of a new run that reuses the opinions of this one, with their steps."""
    opinions = [each for each in before.get("opinions", []) if not each.unreached]
    answered = {(each.agent, each.commit) for each in opinions} | {(each.agent, None) for each in opinions}
    steps: list[Step] = [
        step for step in before["steps"] if not isinstance(step, NodeRun) and (step.agent, step.commit) in answered
    ]
    earlier = Heard(
        revisions=before["window"].revisions,
        opinions=tuple(opinions),
        steps=tuple(steps),
        notes=before.get("notes", ()),
        critique=before.get("critique", SelfCritique()),
    )
    return State(**{**new_start(request), "heard": earlier})
