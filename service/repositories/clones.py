"""Open the repositories of the settings; mirrors of remotes are fetched when they are old."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from incidents.errors import FetchFailed, RepositoryNotFound
from service.settings import Settings
from tools.git.mirror import Mirror
from tools.git.repository import Repository


@dataclass(slots=True)
class Clones:
    """Opens repositories by name. A repository is fetched by one task at a time, at most every `refresh_seconds`.

    `clock` returns monotonic seconds.
    """

    settings: Settings
    clock: Callable[[], float] = time.monotonic
    _locks: dict[str, asyncio.Lock] = field(default_factory=dict)
    _fetched: dict[str, float] = field(default_factory=dict)
    _failed: dict[str, str] = field(default_factory=dict)

    async def open(self, name: str) -> Repository:
        """Open a repository; a mirror that is missing or old is fetched first. Raises RepositoryNotFound."""
        path = self._path(name)
        age = self.clock() - self._fetched.get(name, float("-inf"))
        if name in self.settings.remotes and age > self.settings.refresh_seconds:
            await self.refreshed(name)
        return await asyncio.to_thread(Repository.open, path)

    async def holding(self, name: str, sha: str) -> Repository:
        """Open a repository, however old: it is fetched only if it lacks the commit `sha`. Raises RepositoryNotFound."""
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
        """Fetch new commits. False when there is no remote, or it could not be reached (see `notes`)."""
        url = self.settings.remotes.get(name)
        if url is None:
            return False
        settings = self.settings
        mirror = Mirror(settings.repositories[name], url, settings.git_token_variable, settings.fetch)
        asked = self.clock()
        async with self._locks.setdefault(name, asyncio.Lock()):
            if self._fetched.get(name, float("-inf")) >= asked:
                return name not in self._failed  # another incident fetched it while we waited for the lock
            try:
                await asyncio.to_thread(mirror.refresh)
            except FetchFailed as error:
                self._failed[name] = f"The clone of {name} could not be refreshed, what it holds was used: {error}."
            else:
                self._failed.pop(name, None)
            self._fetched[name] = self.clock()
        return name not in self._failed

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
