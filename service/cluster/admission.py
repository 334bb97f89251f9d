"""Red Tide's own checks inside Ray Serve's proxy, before a request occupies a replica.

Serve passes a request to a replica as soon as its head has arrived, and reads the body at full speed, however large:
half-sent requests would occupy the replica, and large unwanted bodies would fill the proxy's memory.
"""

from collections.abc import Mapping

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict
from starlette.middleware import Middleware

from service.api.auth.middleware import Door
from service.api.auth.tokens import Trust
from service.api.bodies import Bodies
from service.api.docs import open_paths
from service.settings import Docs, Settings
from service.settings.limits import BodyBounds

_OURS = frozenset(("alerts", "deploys", "incidents", "notifications", "slack", "healthz", "docs", "openapi.json"))


class _Bounds(BaseSettings):
    """The fields of Settings that the proxy needs. It does not receive the application's `args`."""

    model_config = SettingsConfigDict(env_prefix="REDTIDE_", extra="ignore", hide_input_in_errors=True)

    max_body_bytes: int = Field(default=Settings.model_fields["max_body_bytes"].default, ge=1_024)
    bodies: BodyBounds = BodyBounds()
    docs: Docs = "token"


def environment_of(settings: Settings) -> dict[str, str]:
    """Return the variables that give the proxy the same bounds as the application."""
    return {
        "REDTIDE_MAX_BODY_BYTES": str(settings.max_body_bytes),
        "REDTIDE_BODIES": settings.bodies.model_dump_json(),
        "REDTIDE_DOCS": settings.docs,
    }


def admission(environment: Mapping[str, str]) -> list[Middleware]:
    """Return the middleware that reads bodies and, around it, the authentication: Serve puts the last one outermost.

    Only for Red Tide's paths. Raises InputError for tokens that cannot be used. If the environment has neither token
    nor secret, the replicas may have them from elsewhere, so the list is empty and they decide.
    """
    trust, bounds = Trust.of(environment), _Bounds()
    if not trust.tokens and not trust.secrets and not trust.topics:
        return []
    door = Middleware(Door, trust=trust, open_paths=open_paths(bounds.docs), guarded=_ours)
    return [Middleware(Bodies, limit=bounds.max_body_bytes, bounds=bounds.bodies), door]


def _ours(path: str) -> bool:
    return path.split("/")[1] in _OURS if path.startswith("/") else False
