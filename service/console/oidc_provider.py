"""The provider of single sign-on (OpenID Connect Core 1.0, code flow with PKCE): where people go, and who comes back.

Authlib speaks the protocol and checks the claims, joserfc the signatures.
"""

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from typing import Annotated, Any

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry
from pydantic import AfterValidator, BaseModel, ValidationError

from incidents.errors import InputError
from service.console.bounded_transport import SECONDS, BoundedTransport
from service.settings.sign_on import SignOn, closed_address

_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
"""Signatures with a key pair only: never `none`, and no HMAC with what may be public."""
_DOCUMENT_SECONDS = 3_600.0
_PAUSE_SECONDS = 30.0
"""Between two tries to read what could not be read, or keys that lacked one."""
_CLOCK_SECONDS = 60
_AT_ONCE = 8
"""Logins that wait for the provider: strangers cannot make this service send it more."""
_Address = Annotated[str, AfterValidator(closed_address)]


class SignOnFailed(InputError):
    """Nobody is logged in, for a reason that the person may read."""


class _Document(BaseModel):
    """The parts of the discovery document that are used."""

    issuer: str
    authorization_endpoint: _Address
    token_endpoint: _Address
    jwks_uri: _Address
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)


class _PublishedKeys(BaseModel):
    keys: tuple[dict[str, Any], ...]


class Provider:
    """One provider. What it publishes is asked for at most once an hour, and after a failure every 30 seconds."""

    def __init__(
        self,
        settings: SignOn,
        secret: Callable[[], str],
        back: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._secret = secret
        self._back = back
        self._clock = clock
        self._lock = asyncio.Lock()
        self._exchanges = asyncio.Semaphore(_AT_ONCE)
        self._document: _Document | None = None
        self._keys: KeySet | None = None
        self._next_look = 0.0
        self._next_keys = 0.0

    async def address(self, state: str, nonce: str, verifier: str) -> str:
        """Return where to send a person. Raises SignOnFailed."""
        document = await self._discovered()
        async with self._client(document) as client:
            url, _ = client.create_authorization_url(
                document.authorization_endpoint, state=state, code_verifier=verifier, nonce=nonce
            )
        return str(url)

    async def claims(self, code: str, nonce: str, verifier: str) -> Mapping[str, Any]:
        """Return what the provider says about who came back with this code. Raises SignOnFailed."""
        document = await self._discovered()
        if self._exchanges.locked():
            raise SignOnFailed("many people log in at this moment: try again")
        try:
            async with self._exchanges, self._client(document) as client:
                answer = await client.fetch_token(
                    document.token_endpoint, grant_type="authorization_code", code=code, code_verifier=verifier
                )
        except (httpx2.HTTPError, AuthlibBaseError, ValueError) as error:
            raise SignOnFailed(f"the provider did not confirm this login ({type(error).__name__})") from error
        return await self._checked(document, answer, nonce)

    async def _checked(self, document: _Document, answer: Mapping[str, Any], nonce: str) -> Mapping[str, Any]:
        text = answer.get("id_token")
        if not isinstance(text, str):
            raise SignOnFailed("the provider sent no ID token: is `openid` among oidc.scopes?")
        try:
            token = await self._decoded(document, text)
            claims = CodeIDToken(
                token.claims,
                token.header,
                {
                    "iss": {"essential": True, "value": self._settings.issuer},
                    "aud": {"essential": True, "value": self._settings.client_id},
                },
                {"nonce": nonce, "client_id": self._settings.client_id, "access_token": answer.get("access_token")},
            )
            claims.validate(leeway=_CLOCK_SECONDS)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise SignOnFailed(f"the provider's ID token is not valid ({type(error).__name__})") from error
        return dict(claims)

    async def _decoded(self, document: _Document, text: str) -> jwt.Token:
        registry = JWSRegistry(algorithms=_ALGORITHMS, strict_check_header=False)
        try:
            return jwt.decode(text, await self._known_keys(document), registry=registry)
        except InvalidKeyIdError:  # the provider has changed its keys
            return jwt.decode(text, await self._known_keys(document, anew=True), registry=registry)

    async def _known_keys(self, document: _Document, *, anew: bool = False) -> KeySet:
        async with self._lock:
            if self._keys is None or (anew and self._clock() >= self._next_keys):
                self._next_keys = self._clock() + _PAUSE_SECONDS
                self._keys = _keys(await self._read(document.jwks_uri))
            return self._keys

    async def _discovered(self) -> _Document:
        async with self._lock:
            if self._clock() >= self._next_look:
                self._document, self._next_look = None, self._clock() + _PAUSE_SECONDS
                self._document = await self._look()
                self._keys, self._next_look = None, self._clock() + _DOCUMENT_SECONDS
            if self._document is None:
                raise SignOnFailed("the provider could not be read a moment ago: try again in half a minute")
            return self._document

    async def _look(self) -> _Document:
        found = await self._read(f"{self._settings.issuer.rstrip('/')}/.well-known/openid-configuration")
        try:
            document = _Document.model_validate(found)
        except ValidationError as error:
            fields = ", ".join(sorted({str(each["loc"][0]) for each in error.errors() if each["loc"]}))
            raise SignOnFailed(f"the provider's discovery document cannot be used: {fields}") from error
        if document.issuer != self._settings.issuer:
            raise SignOnFailed("the provider names another issuer than oidc.issuer")
        return document

    async def _read(self, url: str) -> Any:  # noqa: ANN401 (JSON)
        try:
            async with httpx2.AsyncClient(transport=BoundedTransport(), timeout=SECONDS) as client:
                answer = await client.get(url)
                answer.raise_for_status()
                return json.loads(answer.content)
        except (httpx2.HTTPError, ValueError, RecursionError) as error:
            raise SignOnFailed(f"the provider cannot be read ({type(error).__name__})") from error

    def _client(self, document: _Document) -> AsyncOAuth2Client:
        basic = "client_secret_basic" in document.token_endpoint_auth_methods_supported
        return AsyncOAuth2Client(
            client_id=self._settings.client_id,
            client_secret=self._secret(),
            scope=" ".join(self._settings.scopes),
            redirect_uri=self._back,
            code_challenge_method="S256",
            token_endpoint_auth_method="client_secret_basic" if basic else "client_secret_post",
            transport=BoundedTransport(),
            timeout=SECONDS,
            follow_redirects=False,
        )


def _keys(found: object) -> KeySet:
    """Raises ValueError, JoseError."""
    return KeySet.import_key_set({"keys": list(_PublishedKeys.model_validate(found).keys)})
