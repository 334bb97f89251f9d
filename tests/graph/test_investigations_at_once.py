"""Questions and incidents side by side."""

import asyncio
from typing import Any

import pytest

from graph.investigation import investigate
from graph.state import Context
from models.door import Answer, Question, T
from models.scripted import ScriptedModel
from tests.shop import Shop, script


class Counting(ScriptedModel):
    """Counts how many questions are open at the same time."""

    open = most = 0

    async def ask(self, question: Question[T]) -> Answer[T]:
        """Answer after the others had a chance to ask too."""
        self.open += 1
        self.most = max(self.most, self.open)
        for _ in range(20):
            await asyncio.sleep(0)
        self.open -= 1
        return await super().ask(question)


@pytest.mark.parametrize("concurrency", [1, 3])
async def test_commits_are_judged_in_parallel_under_the_limit(shop: Shop, concurrency: int) -> None:
    model = Counting(script(shop))
    context = shop.context(model, concurrency=concurrency)
    await investigate(context, shop.request())
    assert model.most == concurrency


async def test_one_context_serves_several_investigations(shop: Shop) -> None:
    context: Context = shop.context()
    found: list[Any] = await asyncio.gather(*(investigate(context, shop.request()) for _ in range(3)))
    assert len({each.verdict.outcome for each in found}) == 1
