"""Scorers on a Ray cluster: actors with names, restarted where they die, that are given a bounded number of tasks."""

import asyncio
import secrets
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import ray
from ray.exceptions import OutOfMemoryError, RayActorError, RayError, RayTaskError

from incidents.errors import ClusterNotStarted
from service.rescoring.configuration import Configuration
from service.rescoring.scorer import Outcome, Scorer, Task

_TRIES: Final = 3  # of a task that was alone on its actor when that died: then the task is held responsible
_START: Final = 120.0  # seconds for the actors to start
_PAUSE: Final = 0.5  # seconds between two looks, while live incidents go first
Room = Callable[[], Awaitable[int]]
"""How many tasks may run now."""
_Running = asyncio.Task[Outcome | None]


@dataclass(frozen=True, slots=True)
class Size:
    """How much of the cluster is used: `actors` processes, `at_once` tasks in each, and what Ray reserves for one.

    Little is reserved, so that the actors of a lost node find room on another.
    """

    actors: int = 2
    at_once: int = 2
    cpus: float = 0.1
    resources: Mapping[str, float] = field(default_factory=dict)


class Scorers:
    """Actors that judge tasks. They end with `close`, and with the process that made them."""

    def __init__(self, name: str, fields: dict[str, Any], configuration: Configuration, size: Size) -> None:
        self.most = size.actors * size.at_once
        self._at_once = size.at_once
        mark = secrets.token_hex(3)  # two drivers may make actors of one name
        self._actors = [
            _actor(f"rescore {name} {number + 1}/{size.actors} {mark}", size).remote(fields, configuration, nice=True)
            for number in range(size.actors)
        ]

    async def outcomes(self, tasks: AsyncIterator[Task], room: Room | None = None) -> AsyncGenerator[Outcome]:
        """Judge the tasks, as many at once as `room` allows, and yield each outcome when it is there.

        Tasks whose actor died are judged last, one at a time: which of them ended the actor is not known before. Raises
        ClusterNotStarted when the cluster is gone, has no room for the actors, or they cannot be made.
        """
        actors = await self._ready()
        free = actors * self._at_once
        running: dict[_Running, tuple[Any, Task]] = {}
        interrupted: list[Task] = []
        waiting = await anext(tasks, None)
        try:
            while running or waiting is not None:
                allowed = min(self.most, await room()) if room is not None else self.most
                while waiting is not None and free and len(running) < allowed:
                    actor = free.pop(0)
                    running[asyncio.create_task(_judged(actor, waiting))] = actor, waiting
                    waiting = await anext(tasks, None)
                for ended in await _ended(running):
                    actor, task = running.pop(ended)
                    free.append(actor)
                    if (outcome := ended.result()) is not None:
                        yield outcome
                    else:
                        interrupted.append(task)
        finally:
            for each in running:
                each.cancel()
        for number, task in enumerate(interrupted):
            yield await _judged_alone(actors[number % len(actors)], task)

    async def _ready(self) -> list[Any]:
        """Return the actors that have started. One that finds no room is left out, as long as another one did."""
        asked = {asyncio.create_task(_started(actor)): actor for actor in self._actors}
        done, late = await asyncio.wait(asked, timeout=_START)
        for each in late:
            each.cancel()
        problems = [problem for each in done if (problem := each.result())]
        if problems:
            raise ClusterNotStarted(f"the processes that judge could not be started: {problems[0]}")
        if not done:
            raise ClusterNotStarted(f"the cluster has no room for the processes that judge (waited {_START:g} s)")
        return [asked[each] for each in done]

    def close(self) -> None:
        """Stop the actors, and what they work on."""
        for actor in self._actors:
            ray.kill(actor)


def _actor(name: str, size: Size) -> Any:  # noqa: ANN401  (Ray's type of an actor class names no options)
    lasting = {"max_restarts": -1, "max_task_retries": 0, "scheduling_strategy": "SPREAD"}
    needs = {"num_cpus": size.cpus, "resources": dict(size.resources)}
    return ray.remote(Scorer).options(name=name, max_concurrency=size.at_once, **needs, **lasting)


async def _started(actor: Any) -> str:  # noqa: ANN401  (as above)
    """Return why the actor could not be made; "" when it is ready."""
    try:
        await actor.ready.remote()
    except RayError as error:
        lines = [line for line in str(error).splitlines() if line.strip()]
        return lines[-1].strip()[:500] if lines else type(error).__name__
    return ""


async def _ended(running: Collection[_Running]) -> Collection[_Running]:
    """Return those that have ended, after at most a pause: by then there may be room for more."""
    if not running:
        await asyncio.sleep(_PAUSE)
        return ()
    return (await asyncio.wait(running, timeout=_PAUSE, return_when=asyncio.FIRST_COMPLETED))[0]


async def _judged(actor: Any, task: Task) -> Outcome | None:  # noqa: ANN401  (as above)
    """Return the outcome; None when the actor died, of this task or of another one, and has started again since."""
    try:
        outcome: Outcome = await actor.judge.remote(task)
    except RayTaskError as error:  # a bug on this incident; the others go on
        return Outcome(key=task.key, failure=f"{type(error.cause).__name__}: {error.cause}"[:1_000])
    except (RayActorError, OutOfMemoryError) as error:
        await asyncio.to_thread(_require_cluster, error)
        await _restarted(actor)
        return None
    except RayError as error:
        raise ClusterNotStarted(f"the Ray cluster is gone ({type(error).__name__})") from error
    return outcome


async def _judged_alone(actor: Any, task: Task) -> Outcome:  # noqa: ANN401  (as above)
    """Judge a task while the actor has nothing else to do: when it dies again and again, it dies of this task."""
    for _ in range(_TRIES):
        if (outcome := await _judged(actor, task)) is not None:
            return outcome
    return Outcome(key=task.key, failure=f"the process that judges died {_TRIES} times on it")


async def _restarted(actor: Any) -> None:  # noqa: ANN401  (as above)
    """Return once Ray has started the actor again, here or on another node. Raises ClusterNotStarted."""
    end = time.monotonic() + _START
    while problem := await _started(actor):
        if time.monotonic() > end:
            raise ClusterNotStarted(f"a process that judges died and could not be started again: {problem}")
        await asyncio.sleep(_PAUSE)


def _require_cluster(error: Exception) -> None:
    """Raise ClusterNotStarted when it was the cluster, not the actor, that died."""
    try:
        alive = ray.is_initialized() and any(node["Alive"] for node in ray.nodes())  # type: ignore[no-untyped-call]
    except (RayError, ConnectionError, RuntimeError):
        alive = False
    if not alive:
        raise ClusterNotStarted(f"the Ray cluster is gone ({type(error).__name__})") from error
