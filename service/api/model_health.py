"""Whether the language model can be reached now."""

import asyncio
import time

import httpx

from service.settings import Settings
from service.store.schemas import ModelHealth

_REMEMBERED_SECONDS = 10.0
_TIMEOUT_SECONDS = 3.0


class ModelProbe:
    """Asks the model server for its models, at most every few seconds however often health is asked for."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = asyncio.Lock()
        self._seen: tuple[float, ModelHealth] | None = None

    async def look(self) -> ModelHealth:
        """The state of the configured model server; never raises."""
        if self._settings.evidence_only:
            return ModelHealth(configured=False, detail="no model is configured: verdicts come from the evidence alone")
        async with self._lock:
            if self._seen is None or time.monotonic() - self._seen[0] > _REMEMBERED_SECONDS:
                self._seen = time.monotonic(), await self._ask()
            return self._seen[1]

    async def _ask(self) -> ModelHealth:
        name = self._settings.model_name
        key = self._settings.model_key()
        headers = {"Authorization": f"Bearer {key.get_secret_value()}"} if key else {}
        try:
            async with httpx.AsyncClient(timeout=_TIMEOUT_SECONDS, headers=headers) as client:
                answer = await client.get(f"{str(self._settings.model_url).rstrip('/')}/models")
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return ModelHealth(configured=True, name=name, reachable=False, detail=type(error).__name__)
        detail = "" if answer.is_success else f"the model server answered {answer.status_code}"
        return ModelHealth(configured=True, name=name, reachable=answer.is_success, detail=detail)
