"""Wires an investigation to this replica: repositories, log store, recorded deploys and the language model."""

from graph.investigation import Investigation, investigate
from graph.state import Context
from incidents.incident import Incident
from models.openai_server import OpenAIServer
from service.groundwork import DeploysTold, Groundwork
from service.settings import Settings
from tools.log_questions import LogQuestions


class Investigator:
    """Investigates one incident at a call, several at once. All of them share the connections."""

    def __init__(self, settings: Settings, recorded: DeploysTold | None = None) -> None:
        self._settings = settings
        self._model = _model(settings)
        self._groundwork = Groundwork(settings, recorded)

    async def __call__(self, incident: Incident) -> Investigation:
        """Log, window, evidence, agents when there is a model, verdict and report. Raises InputError."""
        prepared = await self._groundwork.prepare(incident)
        context = Context(
            repository=prepared.repository,
            model=self._model,
            model_name=self._settings.model_name if self._model else None,
            limits=self._settings.limits,
            log=LogQuestions.about(self._groundwork.connection, prepared.inquiry),
        )
        found = await investigate(context, prepared.request)
        return found.model_copy(update={"steps": (*prepared.steps, *found.steps)})

    async def close(self) -> None:
        """Give all connections back."""
        await self._groundwork.close()
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
