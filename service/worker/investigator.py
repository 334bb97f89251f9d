"""Wires an investigation to this replica: repositories, log store, recorded deploys and the language model."""

import asyncio
from collections.abc import Collection
from typing import TYPE_CHECKING

from graph.draining import Drain
from graph.investigation import Investigation, investigate
from graph.request import Request
from graph.state import Context
from incidents.errors import StoreUnavailable
from models.openai_server import OpenAIServer
from service.settings import Settings
from service.store.schemas import Claim
from service.worker.preparation import Preparation, RecordedDeploys

if TYPE_CHECKING:
    from graph.checkpoints import Checkpointer


class Investigator:
    """Investigates one incident at a call, several at once. All of them share the connections.

    With a `checkpointer` a piece of work that was begun elsewhere goes on where it was.
    """

    def __init__(
        self, settings: Settings, recorded: RecordedDeploys | None = None, checkpointer: "Checkpointer | None" = None
    ) -> None:
        self._settings = settings
        self._checkpointer = checkpointer
        self._model = _model(settings)
        self._preparation = Preparation(settings, recorded)
        self._drain = Drain()

    async def __call__(self, claim: Claim) -> Investigation:
        """Log, window, evidence, agents when there is a model and they are asked for, verdict and report.

        Raises InputError, WorkInterrupted after `drain`, StoreUnavailable when progress cannot be kept.
        """
        request = await asyncio.to_thread(Request.of, claim.incident)
        context = self._context(claim.agents)
        from graph.checkpoints import TROUBLE

        try:
            return await investigate(
                context, request, checkpointer=self._checkpointer, thread_id=claim.thread, drain=self._drain
            )
        except TROUBLE as error:
            raise StoreUnavailable(f"the checkpoints are unavailable: {type(error).__name__}") from error

    def _context(self, agents: bool) -> Context:
        model = self._model if agents else None
        return Context(
            repositories=self._preparation.repositories,
            logs=self._preparation.logs,
            deploys=self._preparation.deploys,
            window=self._settings.window,
            model=model,
            model_name=self._settings.model_name if model else None,
            limits=self._settings.limits,
        )

    def drain(self) -> None:
        """Ask what runs to stop at its next step."""
        self._drain.ask()

    async def forget(self, threads: Collection[str]) -> None:
        """Drop the progress of pieces of work that nobody will go on with."""
        if self._checkpointer is None:
            return
        from graph.checkpoints import TROUBLE, forget

        try:
            for thread in threads:
                await forget(self._checkpointer, thread)
        except TROUBLE:
            return  # it only takes room

    async def kept(self) -> Collection[str]:
        """The threads whose progress is kept; none while that cannot be told."""
        if self._checkpointer is None:
            return ()
        from graph.checkpoints import TROUBLE, threads

        try:
            return await threads(self._checkpointer)
        except TROUBLE:
            return ()

    async def close(self) -> None:
        """Give all connections back."""
        await self._preparation.close()
        if self._model is not None:
            await self._model.close()


def _model(settings: Settings) -> OpenAIServer | None:
    if settings.model_url is None or settings.model_name is None:
        return None
    key = settings.model_key()
    return OpenAIServer(
        settings.model_url,
        settings.model_name,
        api_key=key.get_secret_value() if key else None,
        timeout=settings.model_timeout_seconds,
    )
