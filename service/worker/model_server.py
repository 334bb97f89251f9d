"""The language model that the settings name."""

from models.openai_server import OpenAIServer
from service.settings import Settings


def model_server(settings: Settings) -> OpenAIServer | None:
    """Return its client; None when none is configured."""
    if settings.model_url is None or settings.model_name is None:
        return None
    key = settings.model_key()
    return OpenAIServer(
        settings.model_url,
        settings.model_name,
        api_key=key.get_secret_value() if key else None,
        timeout=settings.model_timeout_seconds,
    )
