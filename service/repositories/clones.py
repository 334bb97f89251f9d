"""Open the repositories of the settings; mirrors of remotes are fetched when they are old."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from incidents.errors import FetchFailed, FetchRunning, RepositoryNotFound
from service.settings import Settings
from tools.git.mirror import Mirror
from tools.git.repository import Repository

_MOST: Final = 32  # fetches at once; a remote that is silent holds one of them


@dataclass(slots=True)
class Clones:
    """Opens repositories by name. A repository is fetched by one task at a time, at most every `refresh_seconds`.

    Fetches have threads of their own: a remote that does not answer keeps nothing else from running. With `patience`,
    nobody waits for a fetch longer than so many seconds: it goes on, and FetchRunning is raised until it has ended;
    `ended` is called after every fetch. After such a slow one there is none for as long as it took, so that those who
    come back can use what it brought. `clock` returns monotonic seconds.
    """

    settings: Settings
    clock: Callable[[], float] = time.monotonic
    patience: float | None = None
    ended: Callable[[], Awaitable[None]] | None = None
    _fetches: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _fetched: dict[str, float] = field(default_factory=dict)
    _took: dict[str, float] = field(default_factory=dict)
    _failed: dict[str, str] = field(default_factory=dict)
    _slow: set[str] = field(default_factory=set)
    _threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(_MOST, "fetch"))

    async def open(self, name: str) -> Repository:
        """Open a repository; a mirror that is missing or old is fetched first. Raises RepositoryNotFound, FetchRunning."""
        path = self._path(name)
        if name in self.settings.remotes and self._is_old(name):
            await self._fetch(name)
        return await asyncio.to_thread(Repository.open, path)

    async def holding(self, name: str, sha: str) -> Repository:
        """Open a repository, however old: it is fetched only if it lacks the commit `sha`.

        Raises RepositoryNotFound, FetchRunning.
        """
        path = self._path(name)
        if not await asyncio.to_thread(_holds, path, sha):
            await self.refreshed(name)
        return await asyncio.to_thread(Repository.open, path)

    def _path(self, name: str) -> Path:
        path = self.settings.repositories.get(name)
        if path is None:
            raise RepositoryNotFound(
                f"repository: {name} is no longer in the service's settings; add it with REDTIDE_REPOSITORIES or --config"
            )
        return path

    async def refreshed(self, name: str) -> bool:
        """Fetch new commits. False when there is no remote, or it could not be reached (see `notes`).

        A slow fetch is not repeated at once: whoever gave up waiting for it comes back for its result.
        """
        if name not in self.settings.remotes:
            return False
        if name not in self._slow or name in self._fetches or self._is_old(name):
            await self._fetch(name)
        return name not in self._failed

    def fetching(self) -> frozenset[str]:
        """Return the repositories whose fetch takes longer than somebody waited."""
        return frozenset(self._slow & self._fetches.keys())

    async def _fetch(self, name: str) -> None:
        """Wait for the fetch that runs, else for a new one; only so long as `patience` allows."""
        if name not in self._fetches:
            self._slow.discard(name)  # how the last one went says nothing of this one
            self._fetches[name] = asyncio.create_task(self._run(name), name=f"fetch of {name}")
        patience = 0 if name in self._slow else self.patience
        done, _ = await asyncio.wait({self._fetches[name]}, timeout=patience)
        if not done:
            self._slow.add(name)
            raise FetchRunning(name)
        done.pop().result()

    async def _run(self, name: str) -> None:
        settings = self.settings
        mirror = Mirror(
            settings.repositories[name], settings.remotes[name], settings.git_token_variable, settings.fetch
        )
        began = self.clock()
        try:
            await asyncio.get_running_loop().run_in_executor(self._threads, mirror.refresh)
        except FetchFailed as error:
            self._failed[name] = f"The clone of {name} could not be refreshed, what it holds was used: {error}."
        else:
            self._failed.pop(name, None)
        finally:
            self._fetched[name] = self.clock()
            self._took[name] = self._fetched[name] - began
            del self._fetches[name]
            if self.ended is not None:
                await self.ended()

    def _is_old(self, name: str) -> bool:
        age = self.clock() - self._fetched.get(name, float("-inf"))
        pause = (
            self._took.get(name, 0.0) if name in self._slow else 0.0
        )  # a first fetch that still runs took nothing yet
        return age > max(self.settings.refresh_seconds, pause)

    def notes(self, name: str) -> tuple[str, ...]:
        """Return warnings about the clone for the report."""
        failed = self._failed.get(name)
        return (failed,) if failed else ()

    def of_service(self, service: str) -> tuple[str, ...]:
        """Return the names of the repositories that a service is built from."""
        return self.settings.services.get(service, ())


def _holds(path: Path, sha: str) -> bool:
    try:
        return Repository.open(path).has(sha)
    except RepositoryNotFound:  # it was never fetched
        return False
