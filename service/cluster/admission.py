"""What of Red Tide's own door stands in Ray Serve's proxy, before a request takes a place in a replica.

Serve hands a request to a replica as soon as its head is there, and reads the body as fast as it comes, however large:
half-sent requests would use up the replica's places, and bodies that nobody wants the proxy's memory.
"""

from collections.abc import Mapping

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict
from starlette.middleware import Middleware

from service.api.auth.middleware import Door
from service.api.auth.tokens import Trust
from service.api.bodies import Bodies
from service.api.docs import open_paths
from service.settings import BodyBounds, Docs, Settings

_OURS = frozenset(("alerts", "deploys", "incidents", "healthz", "docs", "openapi.json"))


class _Bounds(BaseSettings):
    """Those fields of Settings that the proxy needs. It is not told the `args` of the application."""

    model_config = SettingsConfigDict(env_prefix="REDTIDE_", extra="ignore", hide_input_in_errors=True)

    max_body_bytes: int = Field(default=Settings.model_fields["max_body_bytes"].default, ge=1_024)
    bodies: BodyBounds = BodyBounds()
    docs: Docs = "token"


def environment_of(settings: Settings) -> dict[str, str]:
    """What the proxy's environment must say to have the same bounds as the application."""
    return {
        "REDTIDE_MAX_BODY_BYTES": str(settings.max_body_bytes),
        "REDTIDE_BODIES": settings.bodies.model_dump_json(),
        "REDTIDE_DOCS": settings.docs,
    }


def admission(environment: Mapping[str, str]) -> list[Middleware]:
    """The reading of bodies and, around it, the door: Serve puts the last one of a list outside.

    Only for Red Tide's paths. Raises InputError for tokens that cannot be used. Where the environment holds neither
    token nor secret, replicas may have them from elsewhere: they decide.
    """
    trust, bounds = Trust.of(environment), _Bounds()
    if not trust.tokens and not trust.secrets and not trust.topics:
        return []
    door = Middleware(Door, trust=trust, open_paths=open_paths(bounds.docs), guarded=_ours)
    return [Middleware(Bodies, limit=bounds.max_body_bytes, bounds=bounds.bodies), door]


def _ours(path: str) -> bool:
    return path.split("/")[1] in _OURS if path.startswith("/") else False
