"""The log store and deploys of the service, for `redtide investigate`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from graph.ports import OneRepository
from graph.state import Context
from service.cli.incident_store import read_store
from service.settings import Settings
from tools.git.repository import Repository
from tools.ranking.ranker import load_weights

if TYPE_CHECKING:
    from service.store.deploys import DeployRecords


def name_in(settings: Settings, repository: Repository, folder: str) -> str:
    """The name of the repository in the settings, which alerts and deploys use; else the name of its folder."""
    here = repository.folder.resolve()
    known = (name for name, path in settings.repositories.items() if here in (path, path / ".git"))
    return next(known, folder)


def has_deploys(settings: Settings) -> bool:
    """Whether deploys may be known: a store is there, or a log store is configured."""
    return settings.logs is not None or _is_there(settings)


@asynccontextmanager
async def configured(settings: Settings, repository: Repository) -> AsyncIterator[Context]:
    """The context of an investigation in `repository`, with the log store and deploys of the settings."""
    from service.worker.preparation import Preparation  # here: it loads the log store's client

    async with _recorded(settings) as recorded:
        preparation = Preparation(settings, recorded)
        try:
            yield Context(
                repositories=OneRepository(repository),
                logs=preparation.logs,
                deploys=preparation.deploys,
                window=settings.window,
                limits=settings.limits,
                weights=load_weights(settings.weights) if settings.weights is not None else None,
            )
        finally:
            await preparation.close()


@asynccontextmanager
async def _recorded(settings: Settings) -> "AsyncIterator[DeployRecords | None]":
    """The deploys in the service's store, which is only read; None when there is no such file."""
    if not _is_there(settings):
        yield None
        return
    async with read_store(settings) as store:
        yield store.deploys


def _is_there(settings: Settings) -> bool:
    file = settings.store_address().file
    return file is None or file.is_file()
