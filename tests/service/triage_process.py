"""A triage replica as a process of its own, for tests that kill it: the target of a `multiprocessing` process.

Everything is real but the language model, which says what the shop's script says, slowly.
"""

import asyncio
import json
import os
from pathlib import Path

from graph.investigation import Investigation
from models.door import Answer, Question, T
from models.scripted import ScriptedModel
from service.settings import Settings
from service.store.checkpoints import checkpoints
from service.store.schemas import Claim
from service.store.store import Store
from service.worker.investigator import Investigator
from service.worker.triage import Triage
from tests.shop import Shop, script

_SECONDS = 0.04


class Slow(ScriptedModel):
    """Takes its time."""

    async def ask(self, question: Question[T]) -> Answer[T]:
        """Answer after a while."""
        await asyncio.sleep(_SECONDS)
        return await super().ask(question)


async def main(fields: str, repository: str, shas: str) -> None:
    """Work until killed."""
    settings, shop = Settings(**json.loads(fields)), Shop(Path(repository), json.loads(shas))
    store = Store(settings.store_address(), settings.life)
    async with checkpoints(settings.store_address()) as kept:

        async def investigate(claim: Claim) -> Investigation:
            """The real investigator, with a script of its own for each incident."""
            investigator = Investigator(settings, checkpointer=kept)
            investigator._model = Slow(script(shop))  # type: ignore[assignment]
            return await investigator(claim)

        await Triage(store, investigate, settings).run()


def work(fields: str, repository: str, shas: str) -> None:
    """The whole life of the process; what it logs when it is killed is nobody's business."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    asyncio.run(main(fields, repository, shas))
