"""Incidents of a small shop that were really investigated, so that they can be judged again."""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from service.rescoring.configuration import Configuration
from service.rescoring.scorer import Outcome, Scorer, Task
from service.settings import Settings
from service.store.store import Store
from service.worker.investigator import Investigator
from tests.service.store.channels import notice
from tests.shop import TRACE, Shop


async def investigated(store: Store, settings: Settings, shop: Shop, services: int = 1) -> list[str]:
    """One incident for each of so many services, with a verdict from the evidence; their ids."""
    revisions = {"repository": "shop", "base": shop.shas["import"], "deployed": shop.shas["readme"]}
    for number in range(services):
        await store.intake.register([notice(f"shop{number}", stack_trace=TRACE, **revisions)])
    investigator = Investigator(settings)
    found = []
    while (claim := await store.leases.claim("me")) is not None:
        assert await store.outcomes.finish(claim, await investigator(claim))
        found.append(claim.incident.id)
    await investigator.close()
    return sorted(found)


@dataclass
class InProcess:
    """Judges tasks one after another in this process; `before` is called with each task first."""

    settings: Settings
    configuration: Configuration = field(default_factory=Configuration)
    most: int = 1
    before: Callable[[Task], None] = lambda _: None
    judged: list[str] = field(default_factory=list)

    async def outcomes(self, tasks: AsyncIterator[Task], room: Callable[[], Awaitable[int]]) -> AsyncGenerator[Outcome]:
        """Judge the tasks."""
        fields: dict[str, Any] = self.settings.model_dump(mode="json")
        scorer = Scorer(fields, self.configuration)
        try:
            async for task in tasks:
                assert await room() >= 1
                self.before(task)
                self.judged.append(task.key)
                yield await scorer.judge(task)
        finally:
            await scorer.close()

    def close(self) -> None:
        """Nothing is held."""
