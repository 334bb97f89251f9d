"""A small OpenID Connect provider over real HTTP, with real RS256 tokens; each of its rules can be broken on purpose."""

import asyncio
import base64
import hashlib
import hmac
import json
import secrets
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from joserfc import jwt
from joserfc.jwk import RSAKey

from service.cluster.ports import free_port
from tests.service.stand_ins import until

CLIENT, SECRET = "redtide", "a-client-secret-for-tests"


def _ada() -> dict[str, Any]:
    return {"email": "ada@example.org", "email_verified": True, "groups": ["oncall"]}


@dataclass
class LoginProvider:
    """`person` is who logs in. `token`: claims of the ID token that are changed. The rest is what goes wrong."""

    issuer: str
    person: dict[str, Any] = field(default_factory=_ada)
    token: dict[str, Any] = field(default_factory=dict)
    document: dict[str, Any] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    published: RSAKey | None = None
    signed_with: RSAKey | None = None
    with_public_key: bool = False
    codes_for_ever: bool = False
    moved: bool = False
    padding: str = ""
    asked: Counter[str] = field(default_factory=Counter)
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def metadata(self) -> dict[str, Any]:
        """The discovery document."""
        names = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        addresses = {name: f"{self.issuer}/{path}" for name, path in names.items()}
        return {"issuer": self.issuer, **addresses, **self.document, "padding": self.padding}

    def authorize(self, asked: dict[str, str]) -> str:
        """Let the person in at once; return where the browser is sent."""
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code = secrets.token_urlsafe(8)
        self._codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state'], 'iss': self.issuer})}"

    def exchange(self, form: dict[str, str], authorization: str) -> dict[str, Any] | None:
        """The tokens for a code, once; None for whoever may not have them."""
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        begun = self._codes.get(form["code"]) if self.codes_for_ever else self._codes.pop(form["code"], None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if (
            begun is None
            or authorization != f"Basic {basic}"
            or begun["redirect_uri"] != form["redirect_uri"]
            or begun["code_challenge"] != challenge.decode().rstrip("=")
        ):
            return None
        return {"access_token": "opaque", "token_type": "Bearer", "id_token": self._id_token(begun["nonce"])}

    def _id_token(self, nonce: str) -> str:
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "sub": "4711", "iat": now, "exp": now + 300, "nonce": nonce}
        said = {name: value for name, value in {**claims, **self.person, **self.token}.items() if value is not None}
        if self.with_public_key:  # with what everybody may read: the public key
            signed = f"{_encoded({'alg': 'HS256', 'kid': 'one'})}.{_encoded(said)}"
            mark = hmac.digest(self.key.as_pem(private=False), signed.encode(), "sha256")
            return f"{signed}.{base64.urlsafe_b64encode(mark).decode().rstrip('=')}"
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, said, self.signed_with or self.key)

    def app(self) -> FastAPI:
        """Its four addresses."""
        app = FastAPI()

        @app.get("/.well-known/openid-configuration")
        async def discovery() -> Response:
            self.asked["discovery"] += 1
            return RedirectResponse("/elsewhere") if self.moved else JSONResponse(self.metadata())

        @app.get("/authorize")
        async def authorize(request: Request) -> Response:
            return RedirectResponse(self.authorize(dict(request.query_params)), 303)

        @app.post("/token")
        async def token(request: Request) -> Response:
            self.asked["token"] += 1
            form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
            found = self.exchange(form, request.headers.get("authorization", ""))
            return JSONResponse(found or {"error": "invalid_grant"}, 200 if found else 400)

        @app.get("/keys")
        async def keys() -> Response:
            self.asked["keys"] += 1
            return JSONResponse({"keys": [(self.published or self.key).as_dict(private=False)]})

        return app


def _encoded(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


@asynccontextmanager
async def running() -> AsyncIterator[LoginProvider]:
    """A provider on a free port of this machine."""
    port = free_port()
    provider = LoginProvider(f"http://127.0.0.1:{port}")
    config = uvicorn.Config(provider.app(), port=port, log_level="error", lifespan="off", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    await until(lambda: asyncio.sleep(0, server.started))
    try:
        yield provider
    finally:
        server.should_exit = True
        await task
