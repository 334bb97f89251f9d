"""A program: judges tasks on a Ray cluster of two nodes on this machine, and takes one node away in the middle.

usage: python -m tests.service.rescoring.two_nodes FIELDS.json TASKS.jsonl
Prints the keys that were judged, one a line, and how many processes judged them.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from service.cluster.ray_access import close_to_others


async def main(fields: str, tasks: str) -> None:
    """Judge all tasks; the second node is removed after the first results."""
    close_to_others()
    import ray
    from ray.cluster_utils import Cluster

    from service.rescoring.actors import Scorers, Size
    from service.rescoring.configuration import Configuration
    from service.rescoring.scorer import Task

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    second = cluster.add_node(num_cpus=1)
    ray.init(address=cluster.address, log_to_driver=False)
    scorers = Scorers("two", json.loads(fields), Configuration(agents=False), Size(actors=2, at_once=1, cpus=0.5))

    async def given() -> AsyncIterator[Task]:
        for line in tasks.splitlines():
            yield Task.model_validate_json(line)

    judged = 0
    async for outcome in scorers.outcomes(given()):
        print(outcome.key, outcome.failure or outcome.found.verdict.culprit if outcome.found else "")  # noqa: T201
        judged += 1
        if judged == 4:
            await asyncio.to_thread(cluster.remove_node, second)
    ray.shutdown()
    cluster.shutdown()  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    asyncio.run(main(*(Path(each).read_text(encoding="utf-8") for each in sys.argv[1:])))
