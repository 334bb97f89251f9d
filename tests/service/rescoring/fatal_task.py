"""A program: judges tasks on a local Ray cluster; whatever judges the task FATAL dies at once, with all it works on.

usage: python -m tests.service.rescoring.fatal_task FIELDS.json TASKS.jsonl FATAL
Prints each key and what became of it, one a line.
"""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from service.cluster.ray_access import close_to_others
from service.rescoring.configuration import Configuration
from service.rescoring.scorer import Outcome, Scorer, Task

_FATAL = "FATAL_TASK"  # in the environment, which Ray's processes inherit


class FatalScorer(Scorer):
    """Dies of one task, as of one that needs more memory than there is."""

    async def judge(self, task: Task) -> Outcome:
        """Judge the task, or die of it."""
        if task.key == os.environ[_FATAL]:
            os._exit(1)
        return await super().judge(task)


async def main(fields: str, tasks: str, fatal: str) -> None:
    """Judge all tasks, two at once in one process."""
    close_to_others()
    os.environ[_FATAL] = fatal
    import ray

    from service.rescoring import actors
    from tests.service.rescoring import fatal_task  # by its name as a module: Ray's processes import it

    actors.Scorer = fatal_task.FatalScorer  # type: ignore[attr-defined]
    ray.init(address="local", num_cpus=2, include_dashboard=False, log_to_driver=False)
    scorers = actors.Scorers("fatal", json.loads(fields), Configuration(agents=False), actors.Size(actors=1))

    async def given() -> AsyncIterator[Task]:
        for line in tasks.splitlines():
            yield Task.model_validate_json(line)

    async for outcome in scorers.outcomes(given()):
        culprit = outcome.found.verdict.culprit if outcome.found else ""
        print(outcome.key, outcome.failure or culprit)  # noqa: T201
    scorers.close()
    ray.shutdown()


if __name__ == "__main__":
    fields, tasks, fatal = sys.argv[1:]
    asyncio.run(main(Path(fields).read_text(encoding="utf-8"), Path(tasks).read_text(encoding="utf-8"), fatal))
