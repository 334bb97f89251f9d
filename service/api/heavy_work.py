"""Work that takes the CPU for long, in another process: the one that answers requests goes on answering.

Threads would not do: reading and redacting text is Python, and only one thread of a process runs that at a time.
"""

import asyncio
import multiprocessing
import os
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from multiprocessing.context import BaseContext
from typing import TypeVar, TypeVarTuple

Arguments = TypeVarTuple("Arguments")
Made = TypeVar("Made")
PROCESSES: BaseContext = multiprocessing.get_context("spawn")
_NICER = 5  # answering and investigating come first
_JOBS_OF_A_PROCESS = 50  # then a new one takes its place: what a large body took of memory is given back


class WorkLost(Exception):
    """The process died, for want of memory as a rule; the next piece of work gets a new one."""


@dataclass(slots=True)
class HeavyWork:
    """One process at a time is at work. Senders take turns: each has one piece of work in the queue, the rest wait."""

    _pool: ProcessPoolExecutor | None = None
    _turn: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))
    _of_sender: defaultdict[str, asyncio.Semaphore] = field(
        default_factory=lambda: defaultdict(lambda: asyncio.Semaphore(1))
    )

    async def run(self, sender: str, work: Callable[[*Arguments], Made], *arguments: *Arguments) -> Made:
        """What `work` returns; it and its arguments must be picklable. Raises what it raises, and WorkLost."""
        async with self._of_sender[sender], self._turn:
            if self._pool is None:
                self._pool = ProcessPoolExecutor(
                    1, PROCESSES, initializer=os.nice, initargs=(_NICER,), max_tasks_per_child=_JOBS_OF_A_PROCESS
                )
            try:
                return await asyncio.get_running_loop().run_in_executor(self._pool, work, *arguments)
            except BrokenProcessPool as error:
                self.close()
                raise WorkLost from error

    def close(self) -> None:
        """End the process once it is idle."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None
