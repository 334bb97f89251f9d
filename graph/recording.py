"""Add a NodeRun to the reasoning trace for every node: when it ran, how long, and its outcome in one line."""

import functools
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Protocol, TypeVar

from graph.state import NodeRuntime, State
from incidents.reasoning import NodeRun

Given = TypeVar("Given", contravariant=True)
Update = tuple[State, str]


class Node(Protocol[Given]):
    """A node of the workflow, as LangGraph calls it."""

    def __call__(self, state: Given, runtime: NodeRuntime) -> Awaitable[State]: ...


def recorded(work: Callable[[Given, NodeRuntime], Awaitable[Update]]) -> Node[Given]:
    """Return a node made from a function that returns the state update and the outcome line."""

    @functools.wraps(work)
    async def node(state: Given, runtime: NodeRuntime) -> State:
        at, started = datetime.now(UTC), time.perf_counter()
        update, outcome = await work(state, runtime)
        run = NodeRun(node=node.__name__, at=at, seconds=time.perf_counter() - started, outcome=outcome)
        return {**update, "steps": [*update.get("steps", []), run]}

    return node
