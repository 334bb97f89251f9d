"""A program: judges tasks on a Ray cluster of two nodes on this machine, of which it takes one away in the middle; then, on the node
that is left, some of them once more, where whatever judges the task FATAL dies at once, with all it works on.

usage: python -m tests.service.rescoring.losses FIELDS.json TASKS.jsonl FATAL
Prints "node" or "fatal", each key and what became of it, one a line.
"""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from service.cluster.ray_access import close_to_others
from service.rescoring.configuration import Configuration
from service.rescoring.scorer import Outcome, Scorer, Task

_FATAL = "FATAL_TASK"  # in the environment, which Ray's processes inherit
FEW = 6
"""So many tasks are judged once more."""


class FatalScorer(Scorer):
    """Dies of one task, as of one that needs more memory than there is."""

    async def judge(self, task: Task) -> Outcome:
        """Judge the task, or die of it."""
        if task.key == os.environ[_FATAL]:
            os._exit(1)
        return await super().judge(task)


async def main(fields: str, lines: str, fatal: str) -> None:
    """Judge all tasks while a node is lost, the first few while one of them is fatal."""
    close_to_others()
    os.environ[_FATAL] = fatal
    import ray
    from ray.cluster_utils import Cluster

    from service.rescoring import actors
    from tests.service.rescoring import losses  # by its name as a module: Ray's processes import it

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    second = cluster.add_node(num_cpus=1)
    ray.init(address=cluster.address, log_to_driver=False)
    given, tasks = json.loads(fields), [Task.model_validate_json(line) for line in lines.splitlines()]
    everywhere = actors.Scorers("two", given, Configuration(agents=False), actors.Size(2, at_once=1, cpus=0.5))
    await _judge("node", everywhere.outcomes(_each(tasks)), lambda: cluster.remove_node(second))
    everywhere.close()
    actors.Scorer = losses.FatalScorer  # type: ignore[attr-defined]
    here = actors.Scorers("fatal", given, Configuration(agents=False), actors.Size(actors=1))  # two tasks at once
    await _judge("fatal", here.outcomes(_each(tasks[:FEW])))
    here.close()
    ray.shutdown()
    cluster.shutdown()  # type: ignore[no-untyped-call]


async def _each(tasks: list[Task]) -> AsyncIterator[Task]:
    for task in tasks:
        yield task


async def _judge(kind: str, outcomes: AsyncIterator[Outcome], after_four: Callable[[], object] = lambda: None) -> None:
    judged = 0
    async for outcome in outcomes:
        culprit = outcome.found.verdict.culprit if outcome.found else ""
        print(kind, outcome.key, outcome.failure or culprit)  # noqa: T201
        judged += 1
        if judged == 4:
            await asyncio.to_thread(after_four)


if __name__ == "__main__":
    first, others, last = sys.argv[1:]
    asyncio.run(main(Path(first).read_text(encoding="utf-8"), Path(others).read_text(encoding="utf-8"), last))
