"""A triage replica as a process of its own, for tests that kill it: `python -m tests.service.triage_process ...`.

Everything is real but the language model, which says what the shop's script says, slowly.
"""

import asyncio
import json
import sys
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


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:4]))
