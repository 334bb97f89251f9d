"""Wires an investigation to this replica: the repositories it may read and the language model it may ask."""

import asyncio

from graph.investigation import Investigation, investigate
from graph.state import Context, Request
from incidents.errors import RepositoryNotFound, UnreadableTrace
from incidents.incident import Incident
from models.openai_server import OpenAIServer
from service.settings import Settings
from tools.repository import Repository


class Investigator:
    """Investigates one incident at a call, several at once. The model's connections are shared by all of them."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._model = _model(settings)

    async def __call__(self, incident: Incident) -> Investigation:
        """Evidence, agents when there is a model, verdict and report. Raises InputError."""
        request = Request.of(incident)
        if not request.trace.strip():
            raise UnreadableTrace("the alert holds neither a message nor a stack trace")
        repository = await asyncio.to_thread(self._repository, incident.alert.repository)
        context = Context(
            repository=repository,
            model=self._model,
            model_name=self._settings.model_name if self._model else None,
            limits=self._settings.limits,
        )
        return await investigate(context, request)

    async def close(self) -> None:
        """Give the model's connections back."""
        if self._model is not None:
            await self._model.close()

    def _repository(self, name: str) -> Repository:
        path = self._settings.repositories.get(name)
        if path is None:
            raise RepositoryNotFound(f"repository: {name} is no longer in the service's settings")
        return Repository.open(path)


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
