"""Runs investigations on this replica, with its repositories, log store, recorded deploys and language model."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from typing import TYPE_CHECKING

from graph.calibration import usable
from graph.draining import Drain
from graph.investigation import Investigation, investigate
from graph.request import Request
from graph.state import Context
from incidents.errors import StoreUnavailable
from service.render.revert_command import from_anywhere, revert_command
from service.repositories.clones import Clones
from service.settings import Settings
from service.store.schemas import Claim
from service.worker.model_server import model_server
from service.worker.preparation import Preparation, RecordedDeploys
from tools.ranking.ranker import load_weights

if TYPE_CHECKING:
    from graph.checkpoints import Checkpointer


def load() -> None:
    """Import what the first investigation needs, also what its checkpoints need: seconds of work."""
    import graph.checkpoints
    import graph.workflow  # noqa: F401


class Investigator:
    """Investigates one incident per call. Several may run at once and share the connections.

    With a `checkpointer`, work that another replica began is continued. Nobody waits for a fetch longer than
    `patience` seconds; `fetched` is called when such a fetch has ended.
    """

    def __init__(
        self,
        settings: Settings,
        recorded: RecordedDeploys | None = None,
        checkpointer: "Checkpointer | None" = None,
        *,
        patience: float = 20.0,
        fetched: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._settings = settings
        self._checkpointer = checkpointer
        self._model = model_server(settings)
        self._clones = Clones(settings, patience=patience, ended=fetched)
        self._preparation = Preparation(settings, recorded, self._clones)
        self._weights = load_weights(settings.weights) if settings.weights is not None else None
        self._reliability = usable(settings.calibration, settings.model_name if self._model else None)
        self._drain = Drain()

    async def __call__(self, claim: Claim) -> Investigation:
        """Run the investigation, with agents when there is a model and the claim asks for them.

        Raises InputError; WorkInterrupted after `drain`; StoreUnavailable when checkpoints cannot be written; FetchRunning.
        """
        incident = claim.incident
        command = revert_command(incident.id, from_anywhere(self._settings, incident.alert.repository))
        request = await asyncio.to_thread(Request.of, incident, command)
        context = self._context(claim.agents)
        from graph.checkpoints import STORE_ERRORS

        try:
            return await investigate(
                context, request, checkpointer=self._checkpointer, thread_id=claim.thread, drain=self._drain
            )
        except STORE_ERRORS as error:
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
            weights=self._weights,
            reliability=self._reliability if model else None,
        )

    def drain(self) -> None:
        """Ask running investigations to stop at their next step."""
        self._drain.ask()

    def fetching(self) -> frozenset[str]:
        """Return the repositories whose fetch takes so long that investigations gave up their places."""
        return self._clones.fetching()

    async def forget(self, threads: Collection[str]) -> None:
        """Delete the checkpoints of these threads. A failure is ignored: they only take up space."""
        if self._checkpointer is None:
            return
        from graph.checkpoints import STORE_ERRORS, forget

        try:
            for thread in threads:
                await forget(self._checkpointer, thread)
        except STORE_ERRORS:
            return

    async def threads(self) -> Collection[str]:
        """Return the threads that have checkpoints; none while the database is unavailable."""
        if self._checkpointer is None:
            return ()
        from graph.checkpoints import STORE_ERRORS, threads

        try:
            return await threads(self._checkpointer)
        except STORE_ERRORS:
            return ()

    async def close(self) -> None:
        """Close all connections."""
        await self._preparation.close()
        if self._model is not None:
            await self._model.close()
