"""What the endpoints work with."""

import asyncio
from dataclasses import dataclass, field
from typing import Annotated, Protocol

from fastapi import Depends, Request

from service.api.auth.sessions import Sessions
from service.api.auth.tokens import Trust
from service.api.heavy_work import HeavyWork
from service.api.model_health import ModelProbe
from service.api.rate_limit import Rates
from service.api.sns import Sns
from service.api.store_health import StoreProbe
from service.api.watching import Watching
from service.reverts.reverts import Reverts
from service.settings import Settings
from service.store.batch_writer import BatchWriter
from service.store.store import Store


class Wakeable(Protocol):
    """Triage, as the interface sees it."""

    async def wake(self) -> None:
        """Say that there is a new open incident. It is only a hint and never fails: triage looks by itself too."""


@dataclass(slots=True)
class Parts:
    """What the endpoints work with. `draining`: no more alerts are taken. `starting`: no messages are sent yet.

    `storing`: bodies that are being stored, whether or not their senders still wait for the answer. `watching`: places for
    pages that wait for changes.
    """

    store: Store
    triage: Wakeable
    settings: Settings
    trust: Trust
    draining: bool = False
    starting: bool = False
    sessions: Sessions = field(init=False)
    reverts: Reverts = field(init=False)
    probe: ModelProbe = field(init=False)
    writes: StoreProbe = field(init=False)
    batch_writer: BatchWriter = field(init=False)
    rates: Rates = field(init=False)
    heavy: HeavyWork = field(default_factory=HeavyWork)
    sns: Sns = field(default_factory=Sns)
    storing: set[asyncio.Task[object]] = field(default_factory=set)
    watching: Watching = field(default_factory=Watching)
    _waking: asyncio.Lock = field(default_factory=asyncio.Lock)
    _news: bool = False

    def __post_init__(self) -> None:
        """There is one of each, because each remembers something."""
        intake = self.settings.intake
        self.sessions = Sessions(self.trust)
        self.reverts = Reverts(self.store, self.settings)
        self.probe = ModelProbe(self.settings)
        self.writes = StoreProbe(self.store.spent)
        self.batch_writer = BatchWriter(self.store.intake.register, intake.most_waiting, intake.most_together)
        self.rates = Rates(intake.rate_per_second, intake.rate_burst)

    async def close(self) -> None:
        """Finish what is being stored."""
        await asyncio.gather(*self.storing, return_exceptions=True)
        await self.batch_writer.close()
        self.heavy.close()

    async def wake(self) -> None:
        """Tell triage of news; in a tide one call tells all that came while the one before was under way."""
        self._news = True
        async with self._waking:
            if self._news:
                self._news = False
                await self.triage.wake()


def _parts(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


TheParts = Annotated[Parts, Depends(_parts)]
