"""The step of the policy that runs the owner's command, beside all others: it may take an hour."""

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from incidents.confirmation import Confirmation
from incidents.errors import IncidentNotFound, InputError, StoreUnavailable
from service.json_logs import about
from service.repositories.clones import Clones
from service.settings import Settings
from service.store.decision_claims import Work
from service.store.decision_rows import POLICY
from service.store.schemas import StoredIncident
from service.store.store import Store
from tools.git.repository import Repository
from tools.trials.confirm import Runner, confirm
from tools.trials.window import window_around

_log: Final = logging.getLogger(__name__)
_LEASE_SECONDS: Final = 120.0
_STARTS: Final = 5
"""So often trials are begun that end without a result, as when they take the whole machine down."""


@dataclass(slots=True)
class Confirming:
    """Runs the commands of decisions that wait for them, one after the other, and stores what they showed."""

    store: Store
    settings: Settings
    owner: str = field(default_factory=lambda: secrets.token_hex(8))
    clones: Clones = field(init=False)

    def __post_init__(self) -> None:
        """Nothing is opened yet."""
        self.clones = Clones(self.settings)

    async def run(self, poll_seconds: float) -> None:
        """Look for work forever."""
        while True:
            try:
                while await self.step():
                    pass
            except StoreUnavailable as error:
                _log.warning("trials cannot use the store: %s", error)
            except Exception:  # noqa: BLE001  a bug about one incident must not end the trials of all
                _log.exception("trials failed")
            await asyncio.sleep(poll_seconds)

    async def step(self) -> bool:
        """Run the command of one decision. Returns False when none waits."""
        work = await self.store.decisions.claim(self.owner, _LEASE_SECONDS, confirming=True)
        if work is None:
            return False
        with about(work.incident):
            async with self._claimed(work):
                found = await self._found(work)
            try:
                await self.store.confirmations.add(work.incident, found, POLICY)
            except IncidentNotFound:
                return True
            _log.info("trials: %s", found.detail)
        return True

    async def _found(self, work: Work) -> Confirmation:
        """What the trials show; why there were none, where they cannot be run."""
        if work.tries > _STARTS:
            return _untold(work.commit, "the trials were begun several times and never ended")
        try:
            incident = await self.store.queries.incident(work.incident)
            name = incident.alert.repository
            command = self.settings.confirm_commands.get(name)
            if command is None:
                return _untold(work.commit, "confirm_commands of the settings no longer names the repository")
            return await self._tried(await self.clones.open(name), incident, work.commit, command)
        except InputError as error:
            return _untold(work.commit, f"not run: {error}")

    async def _tried(self, repository: Repository, incident: StoredIncident, commit: str, command: str) -> Confirmation:
        """Run it in a thread. When this task is cancelled the command ends, and so does the thread."""
        trials = self.settings.trials
        runner = Runner(repository, command, trials.seconds, trials.sandbox, trials.network)
        try:
            return await asyncio.to_thread(_run, runner, incident, commit, trials.runs)
        finally:
            runner.stop.set()

    @asynccontextmanager
    async def _claimed(self, work: Work) -> AsyncIterator[None]:
        """Keep the claim while the block runs."""
        kept = asyncio.create_task(self._extended(work), name=f"claim of {work.incident}")
        try:
            yield
        finally:
            kept.cancel()
            await asyncio.gather(kept, return_exceptions=True)

    async def _extended(self, work: Work) -> None:
        valid = True
        while valid:
            await asyncio.sleep(_LEASE_SECONDS / 4)
            try:
                valid = await self.store.decisions.extend(work, _LEASE_SECONDS)
            except StoreUnavailable:
                continue  # the next try may come in time


def _run(runner: Runner, incident: StoredIncident, commit: str, most: int) -> Confirmation:
    window = window_around(runner.repository, incident.base, incident.deployed, commit)
    suspects = incident.verdict.suspects if incident.verdict is not None else ()
    probabilities = {each.commit.sha: each.probability for each in suspects}
    return confirm(runner, window, probabilities, suspected=commit, most=most)


def _untold(commit: str, why: str) -> Confirmation:
    return Confirmation(command="", suspected=commit, detail=why)
