"""A clean stop in the middle: the nodes that run are finished and checkpointed, the ones after them are not begun."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from langgraph.runtime import RunControl


class Drain:
    """One for all investigations of a process. Once asked for, each of them raises WorkInterrupted after its step."""

    def __init__(self) -> None:
        self._running: set[RunControl] = set()
        self._asked = False

    def ask(self) -> None:
        """Stop what runs at its next step, and what is started from now on after its first."""
        self._asked = True
        for control in self._running:
            control.request_drain("stop")

    @contextmanager
    def control(self) -> Iterator["RunControl"]:
        """What LangGraph looks at between the steps of one run."""
        from langgraph.runtime import RunControl

        control = RunControl()
        if self._asked:
            control.request_drain("stop")
        self._running.add(control)
        try:
            yield control
        finally:
            self._running.discard(control)
