"""Room for request bodies: how many, and how many bytes, may be under way at once."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Literal


class NoRoom(Exception):
    """Too much is under way; the sender should try again."""


@dataclass(eq=False, slots=True)
class Reading:
    """One body on its way in, and how many bytes of it have come."""

    deadline: asyncio.Timeout
    state: Literal["waiting", "reading", "complete", "cut off"] = "waiting"
    received: int = 0

    def cut(self) -> None:
        """Make room: the read ends with TimeoutError."""
        self.state = "cut off"
        self.deadline.reschedule(asyncio.get_running_loop().time())

    async def complete(self) -> None:
        """It is all there: no deadline from now on. Raises TimeoutError when that has just passed."""
        if self.state == "cut off" or self.deadline.expired():
            await asyncio.sleep(60)  # the cancellation is on its way already
        self.state = "complete"
        self.deadline.reschedule(None)


@dataclass(eq=False, slots=True)
class OpenRoom:
    """Room for bodies of which nothing is proven. It never waits: whoever came first, or sends most, gives way.

    So half-sent bodies cannot lock it: an honest sender needs milliseconds, and an attacker's stay the longest.
    """

    count: int
    size: int
    _inside: dict[Reading, None] = field(default_factory=dict)  # in the order in which they came
    _bytes: int = 0

    @asynccontextmanager
    async def enter(self, reading: Reading, sender: str, announced: int) -> AsyncIterator[None]:
        """A place until the request is answered. Raises NoRoom when all the others were read in full already."""
        if len(self._inside) >= self.count:
            first = next((each for each in self._inside if each.state == "reading"), None)
            if first is None:
                raise NoRoom
            self._leave(first)
            first.cut()
        self._inside[reading] = None
        reading.state = "reading"
        try:
            yield
        finally:
            self._leave(reading)

    def received(self, reading: Reading, size: int) -> None:
        """So many bytes more of it have come."""
        reading.received += size
        self._bytes += size
        if self._bytes > self.size:
            largest = max((each for each in self._inside if each.state == "reading"), key=lambda each: each.received)
            self._leave(largest)
            largest.cut()

    def _leave(self, reading: Reading) -> None:
        if reading in self._inside:
            del self._inside[reading]
            self._bytes -= reading.received


@dataclass(eq=False, slots=True)
class _Sender:
    """What one sender has inside, and who of his waits."""

    count: int = 0
    size: int = 0
    waiting: deque[tuple[int, asyncio.Future[None]]] = field(default_factory=deque)


@dataclass(eq=False, slots=True)
class FairRoom:
    """Room for bodies of proven senders. They wait for it, outside: nothing of the body is read meanwhile.

    One sender has at most half of it and senders take turns, so that none of them shuts the others out.
    """

    count: int
    size: int
    most_waiting: int
    _senders: dict[str, _Sender] = field(default_factory=dict)  # whose turn is next comes first
    _count: int = 0
    _size: int = 0
    _waiting: int = 0

    @asynccontextmanager
    async def enter(self, reading: Reading, sender: str, announced: int) -> AsyncIterator[None]:
        """A place until the request is answered. Raises NoRoom when too many wait, TimeoutError by the deadline."""
        size = min(announced, self.size // 2)
        if self._waiting >= self.most_waiting:
            raise NoRoom
        entered: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._senders.setdefault(sender, _Sender()).waiting.append((size, entered))
        self._waiting += 1
        self._admit()
        try:
            await entered
            reading.state = "reading"
            yield
        finally:
            self._leave(sender, size, entered)
            self._admit()

    def received(self, reading: Reading, size: int) -> None:
        """Its place was measured by what it announced."""

    def _admit(self) -> None:
        """Let in the first of each sender in turn, while there is room."""
        passed = 0
        while passed < len(self._senders):
            name, sender = next(iter(self._senders.items()))
            self._senders[name] = self._senders.pop(name)  # to the end
            if not sender.waiting or not self._has_share(sender, size := sender.waiting[0][0]):
                passed += 1
            elif self._count >= self.count or self._size + size > self.size:
                return  # it is next: smaller ones that came later must not pass it for ever
            else:
                passed = 0
                self._change(sender, 1, size)
                self._waiting -= 1
                sender.waiting.popleft()[1].set_result(None)

    def _has_share(self, sender: _Sender, size: int) -> bool:
        return sender.count < max(1, self.count // 2) and sender.size + size <= self.size // 2

    def _leave(self, name: str, size: int, entered: asyncio.Future[None]) -> None:
        sender = self._senders[name]
        if entered.done() and not entered.cancelled():
            self._change(sender, -1, -size)
        else:
            sender.waiting.remove((size, entered))
            self._waiting -= 1
        if not sender.count and not sender.waiting:
            del self._senders[name]

    def _change(self, sender: _Sender, count: int, size: int) -> None:
        sender.count, sender.size = sender.count + count, sender.size + size
        self._count, self._size = self._count + count, self._size + size
