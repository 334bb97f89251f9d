"""A clean stop: running nodes finish and are checkpointed, and no further node starts."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from langgraph.runtime import RunControl


class Drain:
    """Stops all investigations of a process: each raises WorkInterrupted after its current step."""

    def __init__(self) -> None:
        self._running: set[RunControl] = set()
        self._asked = False

    def ask(self) -> None:
        """Stop running investigations after their current step, and later ones after their first."""
        self._asked = True
        for control in self._running:
            control.request_drain("stop")

    @contextmanager
    def control(self) -> Iterator["RunControl"]:
        """Yield the control object that LangGraph checks between the steps of one run."""
        from langgraph.runtime import RunControl

        control = RunControl()
        if self._asked:
            control.request_drain("stop")
        self._running.add(control)
        try:
            yield control
        finally:
            self._running.discard(control)
