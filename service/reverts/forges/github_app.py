"""A GitHub App's token: https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app."""

import time
from typing import Final

import jwt
from pydantic import BaseModel, SecretStr

from incidents.errors import InputError
from service.reverts.forges.github import HEADERS
from service.reverts.forges.http import ForgeHttp
from service.settings.reverts import GithubApp, secret_text

_EARLIER: Final = 60  # seconds: the clocks may differ
_VALID: Final = 540  # GitHub takes at most ten minutes


class _Token(BaseModel):
    token: SecretStr


async def installation_token(app: GithubApp, api_url: str, project: str, seconds: float) -> SecretStr:
    """Return a token of an hour for this one repository. Raises InputError, ForgeUnavailable, ForgeRefused."""
    http = ForgeHttp("github", api_url, _proof(app), seconds, headers=HEADERS)
    path = f"/app/installations/{app.installation_id}/access_tokens"
    return (await http.send(_Token, "POST", path, {"repositories": [project.rpartition("/")[2]]})).token


def _proof(app: GithubApp) -> SecretStr:
    now = int(time.time())
    claims = {"iat": now - _EARLIER, "exp": now + _VALID, "iss": app.app_id}
    try:
        return SecretStr(jwt.encode(claims, secret_text(app.key_file, "github_app.key_file"), algorithm="RS256"))
    except (jwt.PyJWTError, ValueError) as error:
        raise InputError(f"reverts.github_app.key_file: {str(app.key_file)!r} is no private key in PEM") from error
