"""What `redtide investigate` may read beside the repository: the log store and the deploys that the service uses."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import URL
from sqlalchemy.exc import SQLAlchemyError

from graph.ports import OneRepository
from graph.state import Context
from incidents.errors import InputError
from service.settings import Settings
from service.store.deploys import DeployRecord
from service.store.engine import connect, refuse_unready
from service.worker.preparation import Preparation
from tools.git.repository import Repository


def name_in(settings: Settings, repository: Repository, folder: str) -> str:
    """What alerts and deploys call the repository; its folder when the settings do not know it."""
    here = repository.folder.resolve()
    known = (name for name, path in settings.repositories.items() if here in (path, path / ".git"))
    return next(known, folder)


@asynccontextmanager
async def configured(settings: Settings, repository: Repository) -> AsyncIterator[Context]:
    """The context of an investigation in `repository` with all that the settings name, for the time of a block."""
    async with _recorded(settings) as recorded:
        preparation = Preparation(settings, recorded)
        try:
            yield Context(
                repositories=OneRepository(repository),
                logs=preparation.logs,
                deploys=preparation.deploys,
                window=settings.window,
                limits=settings.limits,
            )
        finally:
            await preparation.close()


@asynccontextmanager
async def _recorded(settings: Settings) -> AsyncIterator[DeployRecord | None]:
    """The deploys in the service's store; None where there is no such file. It is only read."""
    address = settings.store_address()
    if _lacks_file(address):
        yield None
        return
    engine = connect(address)
    try:
        await refuse_unready(engine)
        yield DeployRecord(engine)
    except SQLAlchemyError as error:
        raise InputError(f"REDTIDE_STORE_URL: {settings.store_url} cannot be read ({type(error).__name__})") from error
    finally:
        await engine.dispose()


def _lacks_file(address: URL) -> bool:
    return address.get_backend_name() == "sqlite" and not Path(address.database or "").is_file()
